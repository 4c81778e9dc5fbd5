using SeniorIoT.Api;
using SeniorIoT.Domain.Storms;
using Incident = SeniorIoT.Domain.Storms.Incident;
using Shelf = SeniorIoT.Domain.Storms.Shelf;

namespace SeniorIoT.Server.Storms;

/// <summary>Incidents and shelves as the API shows them.</summary>
internal static class IncidentView
{
    /// <summary>An incident. <paramref name="now"/>: its members as they are; null: as of its last look.</summary>
    public static Api.Incident Of(Incident incident, IncidentCommand.Look? now = null) => new()
    {
        IncidentId = incident.Id,
        Family = incident.Family,
        Scope = WordOf(incident.Place.Scope),
        Place = incident.Place.Name,
        Committee = incident.Committee,
        SubDistrict = incident.SubDistrict,
        State = incident.IsOver ? "ended" : "open",
        OpenedAt = incident.OpenedAt,
        Members = now?.Members ?? incident.Members,
        Homes = now?.Homes ?? incident.Homes,
        Standing = now?.Standing,
        AsksAgainAt = incident.DueAt,
        AnsweredAt = incident.AnsweredAt,
        AnsweredBy = incident.AnsweredBy,
        TextedBefore = incident.TextedBefore,
        HelpAskedBy = incident.HelpBy,
        HelpAskedAt = incident.HelpAt,
        TookIn = incident.TookIn,
        MergedInto = incident.MergedInto,
        EndedAt = incident.EndedAt,
        EndedBecause = incident.EndedBecause,
        Outcome = incident.Outcome,
        Version = incident.Version,
    };

    /// <summary>By which numbers it opened, and by which it ends.</summary>
    public static IncidentTerms TermsOf(Incident incident)
    {
        var limit = StormTable.LimitOf(incident.Place.Scope, incident.Family);
        return new IncidentTerms(
            limit.Homes, (int)Math.Round(100 * limit.Share), (int)limit.Within.TotalMinutes, (int)Math.Floor(StormTable.EndsAtShare * limit.Homes),
            incident.OpenedAt + StormTable.LastsAtMost(incident.Family),
            incident.IsOver || incident.AnsweredAt is not null ? null : incident.OpenedAt + IncidentRules.Ladder.Steps[^1].After);
    }

    /// <summary>A line of its timeline.</summary>
    public static TimelineEntry LineOf(IncidentEvent happened) => happened switch
    {
        IncidentEvent.Told { Texted: > 0 } e => new(e.At, "told", null, $"step {e.Step}: {e.Homes} homes, {e.Members} alerts; {e.Texted} were texted one by one before"),
        IncidentEvent.Told { Why: { } why } e => new(e.At, "told", null, $"step {e.Step}: {e.Homes} homes, {e.Members} alerts; {why}"),
        IncidentEvent.Told e => new(e.At, "told", null, $"step {e.Step}: {e.Homes} homes, {e.Members} alerts"),
        IncidentEvent.Noted e => new(e.At, "noted", e.By, e.Text),
        IncidentEvent.HelpAsked e => new(e.At, "help_asked", e.By, e.Text),
        IncidentEvent.Declined e => new(e.At, "declined", e.By, e.Text),
        IncidentEvent.TookIn { AnsweredBy: { } by } e => new(e.At, "took_in", null, $"incident {e.Incident}: {e.Homes} homes, answered by {by}"),
        IncidentEvent.TookIn e => new(e.At, "took_in", null, $"incident {e.Incident}: {e.Homes} homes, nobody had answered"),
        IncidentEvent.Merged e => new(e.At, "merged", null, $"part of incident {e.Into}"),
        IncidentEvent.Acknowledged e => new(e.At, "acknowledged", e.By, e.Text ?? ""),
        IncidentEvent.Ended e => new(e.At, "ended", null, e.Why),
        IncidentEvent.Closed e => new(e.At, "closed", e.By, string.IsNullOrWhiteSpace(e.Text) ? e.Outcome : $"{e.Outcome}: {e.Text}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A shelf at a moment.</summary>
    public static Api.Shelf Of(Shelf shelf, DateTimeOffset now) => new(
        shelf.Id, shelf.Household.Value, shelf.Device?.Value, shelf.RuleId, shelf.Reason, shelf.By, shelf.FromAt, shelf.UntilAt,
        shelf.EndedAt is null && now < shelf.UntilAt ? "on" : "ended", shelf.EndedAt ?? (now < shelf.UntilAt ? null : shelf.UntilAt), shelf.EndedBy, shelf.Held);

    /// <summary>Whether and for how long a rule can be shelved.</summary>
    public static ShelfRule ShelfOf(Domain.Alerts.Rule rule)
    {
        var why = ShelfRules.WhyNot(rule);
        return new ShelfRule(rule.Id, rule.Priority.ToString(), why is null ? (int)ShelfRules.LongestFor(rule.Priority).TotalHours : 0, why);
    }

    private static string WordOf(StormScope scope) => scope switch
    {
        StormScope.Building => "building",
        StormScope.Gateway => "gateway",
        StormScope.SubDistrict => "sub-district",
        _ => "district",
    };
}
