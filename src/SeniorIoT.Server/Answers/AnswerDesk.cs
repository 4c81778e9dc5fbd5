using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Storms;

namespace SeniorIoT.Server.Answers;

/// <summary>Somebody who was told answers, by text or on the page.</summary>
/// <param name="Name">Who, as the notice says it.</param>
/// <param name="Number">In E.164, or the key of a channel.</param>
/// <param name="From">From where, for the timeline: <c>SMS ***1234</c> or <c>phone page ***1234</c>.</param>
/// <param name="Cause">What the answer came with; the same cause acts once.</param>
/// <param name="Group">Key of the channel whose link it was, when a person of the group answers by name; null otherwise.</param>
internal sealed record Answerer(string Name, string Number, string From, string Cause, string? Group = null);

/// <summary>Gives an answer to the alert or the incident, whichever way it came. Safe to repeat with the same cause.</summary>
internal sealed class AnswerDesk(InboundStore store, AlertStore alerts, IGrainFactory grains)
{
    /// <summary>Does what the answer asks. False when the alert is over. Throws when it could not be saved: then nothing was done.</summary>
    public async Task<bool> GiveAsync(string alertId, Answer answer, string text, Answerer person)
    {
        if (Incident.IsCode(alertId)) return await GiveIncidentAsync(alertId, answer, text, person);
        if (alerts.ReadKey(alertId) is not { } key) return false;
        var grain = grains.GetGrain<IAlertGrain>(key);
        var command = AnswerRules.CommandOf(answer, person.Name, text);
        var actor = new Actor(person.Name, person.From, Cause: person.Cause, Id: person.Number.StartsWith('+') ? PersonId.OfPhone(person.Number) : null);
        var done = await grain.Act(new(alertId), command, actor);
        // Help is needed at this door: if the same trouble began anew since, it is a matter of that alert.
        if (done.Rejected is not null && command is AlertCommand.AskHelp && done.Alert is { } newer && newer.Id.Value != alertId)
            done = await grain.Act(newer.Id, command, actor);
        if (done.Rejected is not null) return false;
        await store.AnsweredAsync(alertId, person.Number, answer);
        // That one of a group cannot come says nothing about the others.
        if (person.Group is { } group && answer != Answer.CannotCome) await store.AnsweredAsync(alertId, group, answer);
        if (answer == Answer.CannotCome && done.Alert is { Response: Response.Awaited } alert && store.IsStepDeclined(alert.Id.Value, alert.Step))
            await grain.Handle(new AlertCommand.Undelivered(alert.Step, ReplyRules.EverybodyDeclined));
        return true;
    }

    private async Task<bool> GiveIncidentAsync(string id, Answer answer, string text, Answerer person)
    {
        var grain = grains.GetGrain<IIncidentGrain>(id);
        var done = await grain.Act(IncidentRules.CommandOf(answer, person.Name, text), new Actor(person.Name, person.From, Cause: person.Cause));
        // Its members are in a larger one, which this person may never have heard of.
        if (done is { Rejected: not null, Incident.MergedInto: { } larger } ? !await GiveIncidentAsync(larger, answer, text, person) : done.Rejected is not null) return false;
        await store.AnsweredAsync(id, person.Number, answer);
        if (answer == Answer.CannotCome && done.Incident is { AnsweredBy: null, IsOver: false } open && store.IsStepDeclined(id, open.Step))
            await grain.Act(new IncidentCommand.Undelivered(open.Step, ReplyRules.EverybodyDeclined), new Actor("the platform", null));
        return true;
    }
}
