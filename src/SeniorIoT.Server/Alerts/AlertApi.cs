using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Alerts;

/// <summary>Lists of alerts, one alert with all that belongs to it, and what a person may do with it.</summary>
internal static class AlertApi
{
    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapAlerts(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").RequireAuthorization().WithTags("Alerts");
        api.MapGet("/alerts", List).Produces<Page<Api.Alert>>().ProducesValidationProblem();
        api.MapGet("/alerts/{id}", Get).Produces<AlertDetail>().ProducesProblem(404);
        api.MapGet("/alerts/{id}/colleagues", (string id, HttpContext http, AreaScope scope, AlertQueries alerts, Colleagues colleagues) => alerts.Find(id, scope.Area) is { } found
            ? TypedResults.Ok(new Page<Colleague>(colleagues.Of(found.Alert, http.UserName), null)) : (IResult)Refusals.NotFound("alert", id)).Produces<Page<Colleague>>().ProducesProblem(404);
        foreach (var (verb, command) in Verbs)
        {
            api.MapPost($"/alerts/{{id}}/{verb}", (string id, AlertAction? action, HttpContext http, AreaScope scope, AlertPage page, UserDirectory users) =>
                ActAsync(id, Read(action), command, http, scope, page, users))
                .WithSummary(verb).Produces<AlertDetail>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        }

        api.MapGet("/notices", Notices).Produces<Page<Api.Notice>>().ProducesValidationProblem();
        return routes;
    }

    private static readonly (string Verb, Func<string, AlertAction, Faults, AlertCommand> Command)[] Verbs =
    [
        ("acknowledge", (by, action, _) => new AlertCommand.Acknowledge(by, action.Note)),
        ("dispatch", (by, action, faults) =>
        {
            faults.CheckText("to", action.To, 64, isRequired: false);
            return new AlertCommand.Dispatch(by, action.To ?? "", action.Note);
        }),
        ("arrive", (by, action, _) => new AlertCommand.Arrive(by, action.Note)),
        ("note", (by, action, faults) =>
        {
            if (string.IsNullOrWhiteSpace(action.Note)) faults.Add("note", $"Is required: 1 to {AlertRules.TextLengthMax} characters.");
            return new AlertCommand.Note(by, action.Note ?? "");
        }),
        ("close", (by, action, faults) =>
        {
            faults.CheckText("outcome", action.Outcome, 64);
            return new AlertCommand.Close(by, Outcome.Read(action.Outcome ?? ""), action.Note);
        }),
        ("reopen", (by, action, _) => new AlertCommand.Reopen(by, action.Note)),
        ("hand-over", (by, action, faults) =>
        {
            faults.CheckText("to", action.To, 64);
            return new AlertCommand.HandOver(by, action.To ?? "", action.Note);
        }),
        ("regrade", (by, action, faults) =>
        {
            if (string.IsNullOrWhiteSpace(action.Note)) faults.Add("note", "Is required: say why.");
            return new AlertCommand.Regrade(by, ReadPriority(action.Priority ?? "", faults) ?? default, action.Note ?? "");
        }),
    ];

    private static AlertAction Read(AlertAction? action) => action is null ? new() : action with { Note = action.Note ?? action.Text };

    private static async Task<IResult> ActAsync(
        string id, AlertAction action, Func<string, AlertAction, Faults, AlertCommand> toCommand, HttpContext http, AreaScope scope, AlertPage page, UserDirectory users)
    {
        var faults = new Faults();
        if (action.Note?.Length > AlertRules.TextLengthMax) faults.Add("note", $"Has {action.Note.Length} characters; shorten it to {AlertRules.TextLengthMax}.");
        var command = toCommand(http.UserName, action, faults);
        if (command is AlertCommand.HandOver { To.Length: > 0 } hand)
        {
            if (users.TryGet(hand.To, out var colleague)) command = hand with { To = colleague.Name };
            else faults.Add("to", $"There is no user '{hand.To}'.");
        }

        if (faults.Any) return faults.ToResult();
        if (page.Alerts.Find(id, scope.Area) is not { } found) return Refusals.NotFound("alert", id);
        if (command is AlertCommand.Dispatch sent) command = sent with { ToId = page.Meant(found.Alert, sent.To, action.ToPhone) };
        var answer = await page.Grains.GetGrain<IAlertGrain>(found.Key)
            .Act(found.Alert.Id, command, new Actor(http.UserName, $"console {http.Connection.RemoteIpAddress}", action.Version, Id: PersonId.OfUser(http.UserName)));
        return answer.Rejected is { } reason ? Refusals.Conflict(reason, Winner(answer.Winner)) : TypedResults.Ok(page.Of(answer.Alert!));
    }

    private static Dictionary<string, object?>? Winner(Touch? touch) =>
        touch is null ? null : new() { ["by"] = touch.By, ["at"] = touch.At, ["kind"] = touch.Kind, ["version"] = touch.Version };

    private static Priority? ReadPriority(string written, Faults faults)
    {
        if (Enum.TryParse<Priority>(written, true, out var parsed) && Enum.IsDefined(parsed)) return parsed;
        faults.Add("priority", "Must be P1, P2 or P3.");
        return null;
    }

    private static IResult List(
        AreaScope scope, AlertQueries alerts, string? state, string? priority, string? committee, string? householdId, string? rule,
        string? outcome, string? from, string? to, string? order, string? cursor, int? limit)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        if (state is not (null or "" or "open" or "closed")) faults.Add("state", "Must be open or closed; leave it out for both.");
        if (order is not (null or "" or "newest" or "urgent")) faults.Add("order", "Must be newest or urgent; leave it out for newest.");
        else if (order == "urgent" && state != "open") faults.Add("order", "Only open alerts are listed by urgency: add state=open.");
        var wanted = string.IsNullOrEmpty(priority) ? null : ReadPriority(priority, faults);
        var filter = new AlertFilter(
            Given(state), wanted, scope.Area, Given(committee), Given(householdId), Given(rule), Instants.Read("from", from, faults), Instants.Read("to", to, faults), before == long.MaxValue ? null : before, count)
        {
            Outcome = Given(outcome),
            IsUrgentFirst = order == "urgent",
        };
        return faults.Any ? faults.ToResult() : TypedResults.Ok(alerts.List(filter));
    }

    /// <summary>A filter left blank does not restrict.</summary>
    private static string? Given(string? filter) => string.IsNullOrEmpty(filter) ? null : filter;

    private static IResult Get(string id, AreaScope scope, AlertPage page) =>
        page.Alerts.Find(id, scope.Area) is { } found ? TypedResults.Ok(page.Of(found.Alert)) : Refusals.NotFound("alert", id);

    private static IResult Notices(string? alertId, string? cursor, int? limit, AreaScope scope, AlertQueries alerts, NoticeStore notices)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        if (faults.Any) return faults.ToResult();
        if (string.IsNullOrEmpty(alertId)) return TypedResults.Ok(notices.List(scope.Area, before, count));
        return alerts.Find(alertId, scope.Area) is null
            ? Refusals.NotFound("alert", alertId)
            : TypedResults.Ok(new Page<Api.Notice>(notices.ReadOf(alertId), null));
    }
}

/// <summary>Gathers what the page of one alert shows.</summary>
internal sealed record AlertPage(AlertQueries Alerts, NoticeStore Notices, HouseholdView Households, AlertSurroundings Around, IGrainFactory Grains, TimeProvider Clock)
{
    /// <summary>Who is meant by a name: one of those who can be told of the alert; null when there is none, or several and no number. An emergency is not the time to ask back.</summary>
    public PersonId? Meant(Domain.Alerts.Alert alert, string name, string? phone) => NamedPeople.Only(Around.RespondersOf(alert.Place, Clock.GetUtcNow()), name, phone);


    /// <summary>The alert with its timeline, its notices and its household.</summary>
    public AlertDetail Of(Domain.Alerts.Alert alert) => new(AlertView.Of(alert))
    {
        Timeline = Alerts.TimelineOf(alert.Id.Value),
        Notices = Notices.ReadOf(alert.Id.Value),
        Household = Households.Show([alert.Place.Household.Value]) is [var home, ..] ? home : null,
    };
}
