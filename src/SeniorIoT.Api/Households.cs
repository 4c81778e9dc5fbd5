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

/// <summary>Body of <c>POST /api/v1/households</c>; <c>PATCH</c> takes any subset.</summary>
public sealed record NewHousehold(
    string HouseholdId,
    string Address,
    string Committee,
    string SubDistrict,
    IReadOnlyList<Resident>? Residents = null,
    IReadOnlyList<Contact>? Contacts = null);

/// <summary>Body of <c>PATCH /api/v1/households/{id}</c>: members left out stay as they are.</summary>
public sealed record HouseholdPatch(
    string? Address = null,
    string? Committee = null,
    string? SubDistrict = null,
    IReadOnlyList<Resident>? Residents = null,
    IReadOnlyList<Contact>? Contacts = null);

/// <summary>A household as the API shows it.</summary>
public sealed record Household(
    string HouseholdId,
    string Address,
    string Committee,
    string SubDistrict,
    IReadOnlyList<Resident> Residents,
    IReadOnlyList<Contact> Contacts,
    Away? Away,
    IReadOnlyList<Device> Devices);

/// <summary>A line of a household's history: conditions over before they became known, tests, service calls.</summary>
public sealed record HistoryEntry(DateTimeOffset At, string Kind, string Note);

/// <summary>People told for every household of an area: <c>PUT /api/v1/responders/{area}</c> replaces the list.</summary>
public sealed record AreaResponders(string Area, IReadOnlyList<Contact> Responders);

/// <summary>A press of a service key: not an alert, its own list (<c>GET /api/v1/service-requests</c>).</summary>
public sealed record ServiceRequest(string RequestId, string HouseholdId, string DeviceId, string Service, DateTimeOffset At, DateTimeOffset? DoneAt, string? DoneBy);

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
