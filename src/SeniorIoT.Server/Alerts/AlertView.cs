using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Server.Alerts;

/// <summary>An alert as the API and the hub show it.</summary>
internal static class AlertView
{
    public static Api.Alert Of(Alert alert) => new()
    {
        AlertId = alert.Id.Value,
        HouseholdId = alert.Place.Household.Value,
        DeviceId = alert.Device.Value,
        Rule = alert.Rule.Id,
        Priority = alert.Priority.ToString(),
        State = alert.IsClosed ? "closed" : "open",
        RaisedAt = alert.RaisedAt,
        OccurredAt = alert.OccurredAt,
        ClearedAt = alert.ClearedAt,
        AnsweredAt = (alert.Response as Response.Given)?.At,
        AnsweredBy = (alert.Response as Response.Given)?.By,
        HandledBy = alert.HandledBy,
        WaitsFor = alert.Offer?.To,
        HandedOverBy = alert.Offer?.By,
        WaitsUntil = alert.Offer?.ReturnsAt,
        LadderVersion = alert.Ladder.Version,
        IncidentId = alert.Incident,
        ShelvedUntil = alert.ShelvedUntil,
        DispatchedAt = alert.Dispatch?.At,
        DispatchedTo = alert.Dispatch?.To,
        ArrivedAt = alert.Dispatch?.ArrivedAt,
        ClosedAt = alert.Closing?.At,
        ClosedBy = alert.Closing?.By,
        Outcome = alert.Closing?.Outcome,
        HelpAskedAt = alert.Help?.At,
        HelpAskedBy = alert.Help?.By,
        Repeats = alert.Repeats,
        EscalationStep = alert.Step,
        EscalatesAt = alert.EscalatesAt,
        Address = alert.Place.Address,
        Resident = alert.Place.Resident,
        BirthYear = alert.Place.BirthYear,
        LivesAlone = alert.Place.LivesAlone,
        Committee = alert.Place.Committee,
        SubDistrict = alert.Place.SubDistrict,
        Evidence = Of(alert.Evidence),
        Version = alert.Version,
    };

    /// <summary>What a finding rests on.</summary>
    public static Api.Evidence Of(Domain.Detection.Evidence evidence) => new(
        evidence.RuleVersion, evidence.FromAt, evidence.UntilAt, evidence.CoveredHours, evidence.UsedLitres, evidence.LimitLitres, evidence.ResolutionLitres,
        evidence.LastUseAt, evidence.LastHeardAt,
        [.. (evidence.Readings ?? []).Select(reading => new Api.EvidenceReading(reading.At, reading.TotalMillilitres / 1000.0))], evidence.Note);
}
