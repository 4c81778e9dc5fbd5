namespace SeniorIoT.Api;

/// <summary>A person cared for.</summary>
public sealed record Resident(string Name, int? BirthYear = null, bool LivesAlone = false);

/// <summary>
/// Somebody who is told or goes and looks. Known roles: <c>committee_duty</c>, <c>committee_head</c>, <c>supervisor</c>,
/// <c>volunteer</c>, <c>second_volunteer</c>, <c>contact</c> (family, neighbour); any other role is told when <c>contact</c> is.
/// </summary>
public sealed record Contact(string Name, string Phone, string Role);

/// <summary>Time during which nobody is at home and <c>no-water</c> stays quiet. Ends by itself at <paramref name="Until"/>.</summary>
public sealed record Away(DateTimeOffset From, DateTimeOffset Until, string? Reason, string? By = null);

/// <summary>Answer to <c>POST /api/v1/households/{id}/away</c>: what was entered, and all absences that are not over.</summary>
public sealed record AwayMarked(DateTimeOffset From, DateTimeOffset Until, string? Reason, string? By, IReadOnlyList<Absence> Absences);

/// <summary>An absence that is not over: a single one, or with <paramref name="Weekly"/> one of every week.</summary>
/// <param name="AbsenceId">By which it is ended.</param>
/// <param name="From">Start of its current or next time.</param>
/// <param name="Until">End of that time.</param>
/// <param name="Weekly">When in the week; null for a single one.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Who entered it.</param>
public sealed record Absence(string AbsenceId, DateTimeOffset From, DateTimeOffset Until, WeeklyTimes? Weekly, string? Reason, string? By);

/// <summary>When in the week, on the district's clock.</summary>
/// <param name="Weekdays"><c>monday</c> to <c>sunday</c>: days on which it begins.</param>
/// <param name="From">Start, <c>08:00</c>.</param>
/// <param name="Until">End, <c>20:00</c>; on the next day when that is not after the start.</param>
/// <param name="StartsOn">First day.</param>
/// <param name="EndsOn">Last day: renew it before.</param>
public sealed record WeeklyTimes(IReadOnlyList<string> Weekdays, string From, string Until, DateOnly StartsOn, DateOnly EndsOn);

/// <summary>Body of <c>POST /api/v1/households/{id}/absences</c>, a weekly absence; see <see cref="WeeklyTimes"/>. Starts today unless said otherwise; lasts a year at most.</summary>
/// <param name="Weekday">One day; or <paramref name="Weekdays"/>.</param>
/// <param name="Weekdays">Several days.</param>
/// <param name="From">Start, <c>HH:mm</c>.</param>
/// <param name="Until">End, <c>HH:mm</c>.</param>
/// <param name="StartsOn">First day, <c>yyyy-MM-dd</c>.</param>
/// <param name="EndsOn">Last day, <c>yyyy-MM-dd</c>; required.</param>
/// <param name="Reason">Why, up to 200 characters.</param>
public sealed record NewAbsence(
    string? Weekday = null,
    IReadOnlyList<string>? Weekdays = null,
    string? From = null,
    string? Until = null,
    string? StartsOn = null,
    string? EndsOn = null,
    string? Reason = null);

/// <summary>
/// Body of <c>POST /api/v1/households</c>; <c>PATCH</c> takes any subset. <c>ContactFirst</c>: of what is no call for help the household's
/// own contacts are told first, and a few minutes later whoever is told elsewhere.
/// </summary>
public sealed record NewHousehold(
    string HouseholdId,
    string Address,
    string Committee,
    string SubDistrict,
    IReadOnlyList<Resident>? Residents = null,
    IReadOnlyList<Contact>? Contacts = null,
    bool ContactFirst = false);

/// <summary>Body of <c>PATCH /api/v1/households/{id}</c>: members left out stay as they are.</summary>
public sealed record HouseholdPatch(
    string? Address = null,
    string? Committee = null,
    string? SubDistrict = null,
    IReadOnlyList<Resident>? Residents = null,
    IReadOnlyList<Contact>? Contacts = null,
    bool? ContactFirst = null);

/// <summary>A household as the API shows it. <see cref="Away"/> is the absence that goes on, or else the next one.</summary>
public sealed record Household(
    string HouseholdId,
    string Address,
    string Committee,
    string SubDistrict,
    IReadOnlyList<Resident> Residents,
    IReadOnlyList<Contact> Contacts,
    Away? Away,
    IReadOnlyList<Device> Devices)
{
    /// <summary>Whether its own contacts are told first of what is no call for help.</summary>
    public bool ContactFirst { get; init; }

    /// <summary>
    /// Committee, sub-district and district as every route takes them: the plain name where no other area has it, else with the sub-district, e.g.
    /// <c>江苏路街道·北一居委会</c>.
    /// </summary>
    public IReadOnlyList<string> Areas { get; init; } = [];
}

/// <summary>A line of a household's history: conditions over before they became known, tests, service calls.</summary>
public sealed record HistoryEntry(DateTimeOffset At, string Kind, string Note);

/// <summary>People told for every household of an area: <c>PUT /api/v1/responders/{area}</c> replaces the list.</summary>
public sealed record AreaResponders(string Area, IReadOnlyList<Contact> Responders);

/// <summary>A press of a service key: not an alert, its own list (<c>GET /api/v1/service-requests</c>).</summary>
public sealed record ServiceRequest(string RequestId, string HouseholdId, string DeviceId, string Service, DateTimeOffset At, DateTimeOffset? DoneAt, string? DoneBy)
{
    /// <summary>Where that is; empty when the household is gone.</summary>
    public string Address { get; init; } = "";

    /// <summary>Names of the residents.</summary>
    public string Residents { get; init; } = "";
}

/// <summary>What an import found. Nothing is written unless <see cref="Errors"/> is empty or bad rows are skipped by choice.</summary>
public sealed record ImportReport(
    int Rows,
    int Households,
    int Devices,
    bool DryRun,
    bool Written,
    IReadOnlyList<ImportError> Errors,
    IReadOnlyList<EnrolledDevice> Credentials);

/// <summary>One bad cell: the row as the spreadsheet numbers it, the column, what is wrong and the remedy.</summary>
public sealed record ImportError(int Row, string Column, string Problem);
