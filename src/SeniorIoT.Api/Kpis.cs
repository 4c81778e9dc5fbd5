namespace SeniorIoT.Api;

/// <summary>Answer of <c>GET /api/v1/kpi</c>, over alerts raised in <c>[from, to)</c>. Shares are 0 to 1, null when nothing counts.</summary>
public sealed record Kpi(
    DateTimeOffset From,
    DateTimeOffset To,
    int Alerts,
    int Open,
    IReadOnlyDictionary<string, int> ByPriority,
    IReadOnlyDictionary<string, int> ByRule,
    IReadOnlyDictionary<string, int> ByOutcome,
    int Answered,
    double? AnsweredWithin60s,
    double? AnsweredWithin180s,
    double? ArrivedWithin45Min,
    double? ArrivedWithin60Min,
    double? MedianSecondsToAnswer,
    double AlertsPerOperatorDay)
{
    /// <summary>The time that nine of ten answered calls did not exceed, in seconds.</summary>
    public double? P90SecondsToAnswer { get; init; }

    /// <summary>The time that 99 of 100 answered calls did not exceed, in seconds.</summary>
    public double? P99SecondsToAnswer { get; init; }

    /// <summary>False alarms by rule: which rule costs the trust.</summary>
    public IReadOnlyDictionary<string, int> FalseAlarmsByRule { get; init; } = new Dictionary<string, int>();

    /// <summary>Calls (P1, P2) by committee; committees of one name are told apart by <see cref="KpiPart.SubDistrict"/>.</summary>
    public IReadOnlyList<KpiPart> ByCommittee { get; init; } = [];

    /// <summary>Calls by hour of the district's day, <c>00</c> to <c>23</c>.</summary>
    public IReadOnlyList<KpiPart> ByHour { get; init; } = [];

    /// <summary>Calls by the district's day, <c>yyyy-MM-dd</c>.</summary>
    public IReadOnlyList<KpiPart> ByDay { get; init; } = [];

    /// <summary>Calls by who answered; people of one name are told apart by <see cref="KpiPart.Phone"/>.</summary>
    public IReadOnlyList<KpiPart> ByPerson { get; init; } = [];

    /// <summary>Alerts that took too long: see <c>GET /api/v1/kpi/exceptions</c>.</summary>
    public int Exceptions { get; init; }

    /// <summary>Of these, how many nobody has explained yet.</summary>
    public int ExceptionsOpen { get; init; }
}

/// <summary>An alert that took too long and must be explained (<c>GET /api/v1/kpi/exceptions</c>).</summary>
/// <param name="AlertId">The alert.</param>
/// <param name="Rule">What was found.</param>
/// <param name="Priority">How urgent.</param>
/// <param name="HouseholdId">Where.</param>
/// <param name="Committee">Its committee.</param>
/// <param name="RaisedAt">When it was raised.</param>
/// <param name="SecondsToAnswer">From asking to the answer; null while nobody has.</param>
/// <param name="MinutesToDoor">From raising to the door; null when nobody wrote it down.</param>
/// <param name="Kinds"><c>answered_late</c>, <c>unanswered</c>, <c>door_late</c>.</param>
/// <param name="Cause">What the supervisor found; null while it is open.</param>
/// <param name="Note">In words.</param>
/// <param name="ExplainedBy">By whom.</param>
/// <param name="ExplainedAt">When.</param>
public sealed record KpiException(
    string AlertId, string Rule, string Priority, string HouseholdId, string Committee, DateTimeOffset RaisedAt, double? SecondsToAnswer, double? MinutesToDoor, IReadOnlyList<string> Kinds,
    string? Cause, string? Note, string? ExplainedBy, DateTimeOffset? ExplainedAt)
{
    /// <summary>Sub-district of the committee.</summary>
    public string SubDistrict { get; init; } = "";
}

/// <summary>Body of <c>POST /api/v1/kpi/exceptions/{alertId}</c>.</summary>
/// <param name="Cause">One of <see cref="All"/>.</param>
/// <param name="Note">1 to 500 characters.</param>
public sealed record NewExplanation(string? Cause, string? Note)
{
    /// <summary>Causes that supervisors choose from.</summary>
    public static IReadOnlyList<string> All { get; } = ["busy", "not_noticed", "no_responder", "traffic", "not_recorded", "technical", "other"];
}

/// <summary>Calls of a part of the whole.</summary>
/// <param name="Name">Which part.</param>
/// <param name="Calls">P1 and P2 of households.</param>
/// <param name="Within60s">Share answered within 60 s; null when nothing counts.</param>
public sealed record KpiPart(string Name, int Calls, double? Within60s)
{
    /// <summary>Of a committee: its sub-district.</summary>
    public string? SubDistrict { get; init; }

    /// <summary>Of a person who answered by phone: the end of the number, <c>***1234</c>.</summary>
    public string? Phone { get; init; }
}
