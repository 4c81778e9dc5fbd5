namespace SeniorIoT.Api;

/// <summary>Many alerts of one kind in one place at one time, told and answered as one. Its members carry its id (<see cref="Alert.IncidentId"/>).</summary>
public record Incident
{
    /// <summary>Short id, e.g. <c>I0007</c>.</summary>
    public required string IncidentId { get; init; }

    /// <summary><c>silence</c> (power or network), <c>water</c>, or the id of the one rule.</summary>
    public required string Family { get; init; }

    /// <summary><c>building</c>, <c>gateway</c>, <c>sub-district</c> or <c>district</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>Address of the building, id of the gateway, name of the sub-district; empty for the district.</summary>
    public required string Place { get; init; }

    /// <summary>Neighbourhood committee; empty when it is of several.</summary>
    public required string Committee { get; init; }

    /// <summary>Sub-district; empty for the whole district.</summary>
    public required string SubDistrict { get; init; }

    /// <summary><c>open</c> or <c>ended</c>.</summary>
    public required string State { get; init; }

    /// <summary>When it was one alert too many.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Alerts that were ever in it.</summary>
    public required int Members { get; init; }

    /// <summary>Homes of those.</summary>
    public required int Homes { get; init; }

    /// <summary>Homes whose trouble is still there; null where it was not counted.</summary>
    public int? Standing { get; init; }

    /// <summary>When people are asked again, or it gives up and its members go their own way; null when somebody answered.</summary>
    public DateTimeOffset? AsksAgainAt { get; init; }

    /// <summary>When a person answered.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>Who.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>Alerts of it that people had been texted one by one, before it was told as one.</summary>
    public int TextedBefore { get; init; }

    /// <summary>Who asked for help there, which is told until another person answers; null: nobody.</summary>
    public string? HelpAskedBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? HelpAskedAt { get; init; }

    /// <summary>Smaller incidents that were merged into it.</summary>
    public IReadOnlyList<string> TookIn { get; init; } = [];

    /// <summary>The larger incident that has its members since; null: none.</summary>
    public string? MergedInto { get; init; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public string? EndedBecause { get; init; }

    /// <summary>As what a person closed it, with all its members; null when it ended otherwise.</summary>
    public string? Outcome { get; init; }

    /// <summary>Grows with every change of its own.</summary>
    public required int Version { get; init; }
}

/// <summary>Answer of <c>GET /api/v1/incidents/{id}</c>.</summary>
public sealed record IncidentDetail : Incident
{
    /// <summary>For deserialization.</summary>
    public IncidentDetail()
    {
    }

    /// <summary>The detail of <paramref name="incident"/>; set the other members after.</summary>
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public IncidentDetail(Incident incident)
        : base(incident)
    {
    }

    /// <summary>What happened to it, oldest first.</summary>
    public IReadOnlyList<TimelineEntry> Timeline { get; init; } = [];

    /// <summary>Alerts that were ever in it, open ones and the most urgent first; as many as <c>?members</c> asks for, at most 500. All of them: <c>GET …/{id}/alerts</c>.</summary>
    public IReadOnlyList<Alert> Alerts { get; init; } = [];

    /// <summary>Everybody who was or is to be told of it. Its members have notices of their own only from before they joined it, and after.</summary>
    public IReadOnlyList<Notice> Notices { get; init; } = [];

    /// <summary>The numbers it opened by, and those it will end by.</summary>
    public IncidentTerms? Terms { get; init; }
}

/// <summary>By which numbers an incident opened, and by which it ends.</summary>
/// <param name="OpensAtHomes">It opened because at least so many homes …</param>
/// <param name="OpensAtPercent">… and at least so much of the homes there, 0 to 100 % …</param>
/// <param name="WithinMinutes">… raised an alert within so many minutes.</param>
/// <param name="EndsAtHomes">It ends when the trouble is left in no more homes than this …</param>
/// <param name="EndsBy">… and at this time whatever is left …</param>
/// <param name="GivesUpAt">… and at this time if nobody has answered; null: somebody has, or it is over.</param>
public sealed record IncidentTerms(int OpensAtHomes, int OpensAtPercent, int WithinMinutes, int EndsAtHomes, DateTimeOffset EndsBy, DateTimeOffset? GivesUpAt);

/// <summary>Body of <c>POST /api/v1/incidents/{id}/acknowledge|close|take-out</c>.</summary>
/// <param name="Note">Free text.</param>
/// <param name="Outcome">For <c>close</c>: as what; see <see cref="Outcomes"/>.</param>
/// <param name="AlertId">For <c>take-out</c>: which alert goes its own way.</param>
public sealed record IncidentAction(string? Note = null, string? Outcome = null, string? AlertId = null)
{
    /// <summary>
    /// The version the person was looking at. When another person has acted since, the answer is 409 with <c>by</c>, <c>at</c> and
    /// <c>kind</c>; left out, the newest wins.
    /// </summary>
    public int? Version { get; init; }
}

/// <summary>Body of <c>POST /api/v1/shelves</c>: findings of a rule raise no alert for a time.</summary>
/// <param name="HouseholdId">Where.</param>
/// <param name="Rule">Which; never one that calls for help.</param>
/// <param name="DeviceId">Of which device only; null: of all.</param>
/// <param name="Until">When it ends by itself: within a day for P2, 30 days for P3.</param>
/// <param name="Reason">Why, 1 to 200 characters.</param>
public sealed record NewShelf(string HouseholdId, string Rule, string? DeviceId, DateTimeOffset Until, string Reason);

/// <summary>A time in which findings of a rule raise no alert: they are written into the home's history and counted.</summary>
/// <param name="ShelfId">Number.</param>
/// <param name="HouseholdId">Where.</param>
/// <param name="DeviceId">Of which device only; null: of all.</param>
/// <param name="Rule">Which.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Who decided it.</param>
/// <param name="From">Since when.</param>
/// <param name="Until">When it ends by itself.</param>
/// <param name="State"><c>on</c> or <c>ended</c>.</param>
/// <param name="EndedAt">When it ended; null while it is on.</param>
/// <param name="EndedBy">Who ended it before its time; null: nobody.</param>
/// <param name="Held">How many findings it held back.</param>
public sealed record Shelf(
    long ShelfId, string HouseholdId, string? DeviceId, string Rule, string Reason, string By, DateTimeOffset From, DateTimeOffset Until, string State, DateTimeOffset? EndedAt, string? EndedBy, int Held)
{
    /// <summary>Address of the household; empty when it was deleted.</summary>
    public string Address { get; init; } = "";
}

/// <summary>Whether and for how long findings of a rule can be shelved (<c>GET /api/v1/shelves/rules</c>).</summary>
/// <param name="Rule">Rule id.</param>
/// <param name="Priority">Priority of the alerts it raises.</param>
/// <param name="LongestHours">The longest time; 0: never.</param>
/// <param name="WhyNot">Why it cannot be shelved; null when it can.</param>
public sealed record ShelfRule(string Rule, string Priority, int LongestHours, string? WhyNot);

/// <summary>Answer of <c>GET /api/v1/load</c>: how much people have to look at.</summary>
/// <param name="At">As of when.</param>
/// <param name="RaisedLastHour">Alerts that began in the last hour; those of an incident count as one.</param>
/// <param name="RaisedLastDay">The same in the last 24 hours.</param>
/// <param name="Standing">Alerts that are open.</param>
/// <param name="Unanswered">Of these, those that nobody has answered.</param>
/// <param name="Stale">Of the open ones, those raised more than 24 hours ago.</param>
/// <param name="Incidents">Incidents that are open.</param>
/// <param name="Shelved">Shelves that are on.</param>
/// <param name="LimitHour">More than this an hour and an operator no longer looks at each: one in ten minutes.</param>
/// <param name="LimitDay">The same for a day: 150.</param>
/// <param name="IsOver">Whether an operator, or the whole centre by its operators of the last day, is over one of the limits.</param>
/// <param name="Operators">Who answered in the last 24 hours, the busiest first.</param>
/// <param name="Chattering">What was raised most often in the last 24 hours, at most ten.</param>
public sealed record Load(
    DateTimeOffset At, int RaisedLastHour, int RaisedLastDay, int Standing, int Unanswered, int Stale, int Incidents, int Shelved, int LimitHour, int LimitDay, bool IsOver,
    IReadOnlyList<OperatorLoad> Operators, IReadOnlyList<Chatter> Chattering);

/// <summary>What one person answered; the members of an incident count as one.</summary>
/// <param name="User">Who.</param>
/// <param name="LastHour">In the last hour.</param>
/// <param name="LastDay">In the last 24 hours.</param>
/// <param name="IsOver">Whether that is over a limit.</param>
public sealed record OperatorLoad(string User, int LastHour, int LastDay, bool IsOver);

/// <summary>A finding that comes again and again.</summary>
/// <param name="HouseholdId">Where.</param>
/// <param name="DeviceId">Of which device.</param>
/// <param name="Rule">Which.</param>
/// <param name="Address">Address of the household.</param>
/// <param name="Raises">How often in the last 24 hours.</param>
public sealed record Chatter(string HouseholdId, string DeviceId, string Rule, string Address, int Raises);
