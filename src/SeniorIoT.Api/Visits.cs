namespace SeniorIoT.Api;

/// <summary>A record that somebody saw, or tried to see, the people of a household (<c>GET /api/v1/visits</c>).</summary>
/// <param name="VisitId">Its id; of an alert <c>V-</c> and the alert's.</param>
/// <param name="HouseholdId">Whom.</param>
/// <param name="Committee">Committee of the household then.</param>
/// <param name="SubDistrict">Sub-district of the household then.</param>
/// <param name="Kind"><c>alert</c>, <c>round</c> (monthly round) or <c>phone</c>.</param>
/// <param name="At">When somebody was at the door, or called.</param>
/// <param name="By">Who went or called.</param>
/// <param name="Minutes">How long it took, 1 to 240; null when nobody knows.</param>
/// <param name="Outcome">One of <see cref="Outcomes"/>, or words of the district's own.</param>
/// <param name="AlertId">The alert; null when there was none.</param>
/// <param name="Note">What else was said.</param>
/// <param name="IsSeen">Whether it satisfies the monthly duty.</param>
/// <param name="EnteredAt">When it was written down.</param>
/// <param name="EnteredBy">By whom.</param>
/// <param name="Correction">Why an earlier record was corrected by this one; null for a first record.</param>
public sealed record Visit(
    string VisitId, string HouseholdId, string Committee, string SubDistrict, string Kind, DateTimeOffset At, string By, int? Minutes, string Outcome, string? AlertId,
    string? Note, bool IsSeen, DateTimeOffset EnteredAt, string EnteredBy, string? Correction)
{
    /// <summary>The number of <see cref="By"/>, in E.164, as known when it was written down; <c>***1234</c> for those who may not see it; null: a user, or nobody knows.</summary>
    public string? ByPhone { get; init; }

    /// <summary>The user that <see cref="By"/> is; null: somebody with a phone, or nobody knows.</summary>
    public string? ByUser { get; init; }

    /// <summary>Whoever else was there.</summary>
    public IReadOnlyList<VisitHelper> Helpers { get; init; } = [];

    /// <summary>Address of the household now; empty when it is gone. In lists only.</summary>
    public string Address { get; init; } = "";
}

/// <summary>Somebody who was at a visit besides whoever went.</summary>
/// <param name="Name">Who.</param>
/// <param name="Minutes">How long, 1 to 240; null when nobody knows.</param>
public sealed record VisitHelper(string Name, int? Minutes)
{
    /// <summary>The number; see <see cref="Visit.ByPhone"/>. Sent to us: the number, or its last four digits where it is a number of the household's people; required where several of those have the name.</summary>
    public string? Phone { get; init; }

    /// <summary>The user; null: somebody with a phone, or nobody knows. Not read when sent to us.</summary>
    public string? User { get; init; }
}

/// <summary>Body of <c>POST /api/v1/visits</c> and, with a reason, of <c>POST /api/v1/visits/{id}/correct</c>, where members left out stay as they were.</summary>
public sealed record NewVisit
{
    /// <summary>Whom.</summary>
    public string? HouseholdId { get; init; }

    /// <summary><c>round</c> (the default) or <c>phone</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>When; not in the future, at most 62 days ago. Left out: now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Who went; left out: the user.</summary>
    public string? By { get; init; }

    /// <summary>The number of whoever went, or its last four digits where it is a number of the household's people. Required where several of those have the name.</summary>
    public string? ByPhone { get; init; }

    /// <summary>1 to 240; null when nobody knows.</summary>
    public int? Minutes { get; init; }

    /// <summary>Everybody else who was there, at most 10, nobody twice; time accounts count each. Left out: nobody, and in a correction as before.</summary>
    public IReadOnlyList<VisitHelper>? Helpers { get; init; }

    /// <summary>One of <see cref="Outcomes"/>, or words of your own; left out: <c>safe</c>.</summary>
    public string? Outcome { get; init; }

    /// <summary>Free text, at most 200 characters.</summary>
    public string? Note { get; init; }

    /// <summary>Why it is corrected; required there.</summary>
    public string? Reason { get; init; }
}

/// <summary>How far the monthly duty is met in a committee.</summary>
public sealed record VisitArea(string SubDistrict, string Committee, int Households, int Seen, double Share);

/// <summary>Answer of <c>GET /api/v1/visits/coverage</c>.</summary>
/// <param name="Month"><c>yyyy-MM</c>.</param>
/// <param name="Households">Households in the area of the user.</param>
/// <param name="Seen">Of these, seen in the month.</param>
/// <param name="Share">0 to 1; the goal is 1.</param>
/// <param name="Areas">By committee, the lowest share first.</param>
public sealed record VisitMonth(string Month, int Households, int Seen, double Share, IReadOnlyList<VisitArea> Areas);

/// <summary>A household that nobody has seen for too long (<c>GET /api/v1/visits/overdue</c>).</summary>
public sealed record OverdueVisit(string HouseholdId, string Address, string Residents, string Committee, string SubDistrict, DateTimeOffset? SeenAt, int? Days, bool IsAway);

/// <summary>What a person did in a time (<c>GET /api/v1/visits/people</c>).</summary>
/// <param name="Name">Who, as entered last.</param>
/// <param name="Visits">Visits and rounds.</param>
/// <param name="Calls">Settled by phone.</param>
/// <param name="Minutes">Minutes that are known.</param>
/// <param name="ContactsAWeek">Visits and calls a week; the programme asks for two for each elder.</param>
public sealed record VisitPerson(string Name, int Visits, int Calls, int Minutes, double ContactsAWeek)
{
    /// <summary>The number, which tells this person from others of the name; see <see cref="Visit.ByPhone"/>.</summary>
    public string? Phone { get; init; }

    /// <summary>The user; null: somebody with a phone, or nobody knows.</summary>
    public string? User { get; init; }
}

/// <summary>A monthly report that was written (<c>GET /api/v1/reports</c>).</summary>
/// <param name="Month"><c>yyyy-MM</c>.</param>
/// <param name="Page">Address of the page, good for a few minutes.</param>
/// <param name="Workbook">Address of the workbook, good for a few minutes.</param>
/// <param name="WrittenAt">When it was written; null: it is made when it is fetched.</param>
public sealed record MonthlyReport(string Month, string Page, string Workbook, DateTimeOffset? WrittenAt)
{
    /// <summary>Address of the minutes of those who went, as signed CSV for a time bank.</summary>
    public string? TimeAccounts { get; init; }
}
