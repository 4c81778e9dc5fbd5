namespace SeniorIoT.Api;

/// <summary>Somebody on a rota, told apart from others by the phone number.</summary>
public sealed record DutyPerson(string Name, string Phone);

/// <summary>One line of a rota's week, on the district's clock.</summary>
/// <param name="Weekdays"><c>monday</c> to <c>sunday</c>: days on which it begins.</param>
/// <param name="From">Start, <c>08:00</c>.</param>
/// <param name="Until">End, <c>20:00</c>; on the next day when that is not after the start, so the same time is a whole day.</param>
/// <param name="People">Phone numbers of those on duty together, of the rota's people.</param>
public sealed record DutyShift(IReadOnlyList<string> Weekdays, string From, string Until, IReadOnlyList<string> People);

/// <summary>A date that is not as its weekday: it follows the pattern of another day, or its shifts have people of their own, or both.</summary>
/// <param name="On">The date, <c>yyyy-MM-dd</c>.</param>
/// <param name="Like"><c>monday</c> to <c>sunday</c>; null: its own weekday.</param>
/// <param name="People">Phone numbers of its own people; null or empty: those of the pattern.</param>
public sealed record DutyHoliday(string On, string? Like = null, IReadOnlyList<string>? People = null);

/// <summary>Body of <c>PUT /api/v1/duty/rotas/{area}/{role}</c>: the whole rota. Swaps stay.</summary>
public sealed record NewRota(IReadOnlyList<DutyPerson>? People, IReadOnlyList<DutyShift>? Shifts, IReadOnlyList<DutyHoliday>? Holidays = null);

/// <summary>A stretch of time in which the same people are on duty; none: nobody is.</summary>
public sealed record DutySpan(DateTimeOffset From, DateTimeOffset Until, IReadOnlyList<DutyPerson> People);

/// <summary>A rota of <c>GET /api/v1/duty/rotas?area&amp;from</c>, as entered and as it comes out with holidays, swaps and absences.</summary>
/// <param name="Area">A committee, a sub-district, or <c>district</c>.</param>
/// <param name="Role">Whose duty it is: any known role but <c>contact</c>.</param>
/// <param name="People">Everybody on it.</param>
/// <param name="Shifts">The weekly pattern.</param>
/// <param name="Holidays">Dates of its own; the district's are in the calendar.</param>
/// <param name="OnDuty">Who is on duty now; nobody: everybody of the role is told.</param>
/// <param name="Spans">The seven days from <c>from</c> on (now this week), without a hole.</param>
/// <param name="Gaps">When nobody is on duty in the coming days; everybody of the role is told then.</param>
public sealed record DutyRota(
    string Area,
    string Role,
    IReadOnlyList<DutyPerson> People,
    IReadOnlyList<DutyShift> Shifts,
    IReadOnlyList<DutyHoliday> Holidays,
    IReadOnlyList<DutyPerson> OnDuty,
    IReadOnlyList<DutySpan> Spans,
    IReadOnlyList<DutySpan> Gaps);

/// <summary>Holidays of the whole district, <c>GET</c> and <c>PUT /api/v1/duty/calendar</c>: dates that follow another day's pattern in every rota that does not say otherwise.</summary>
public sealed record DutyCalendar(IReadOnlyList<DutyHoliday>? Holidays);

/// <summary>Body of <c>POST /api/v1/duty/swaps</c>: <paramref name="In"/> instead of <paramref name="Out"/> (a phone number) for a while.</summary>
public sealed record NewDutySwap(string? Area, string? Role, string? Out, DutyPerson? In, DateTimeOffset? From, DateTimeOffset? Until, string? Reason = null);

/// <summary>A swap that is not over.</summary>
public sealed record DutySwap(
    string SwapId, string Area, string Role, DutyPerson Out, DutyPerson In, DateTimeOffset From, DateTimeOffset Until, string? Reason, string By);

/// <summary>Body of <c>POST /api/v1/duty/absences</c>: a responder is on holiday, or sick; from now unless said otherwise.</summary>
public sealed record NewDutyAbsence(string? Phone, DateTimeOffset? Until, DateTimeOffset? From = null, string? Reason = null);

/// <summary>An absence of a responder that is not over.</summary>
public sealed record DutyAbsence(string AbsenceId, string Name, string Phone, DateTimeOffset From, DateTimeOffset Until, string? Reason, string By);

/// <summary>Body of <c>PUT /api/v1/duty/quiet-hours/{phone}</c>: times of day on the district's clock, <c>22:00</c> to <c>07:00</c>.</summary>
public sealed record NewQuietHours(string? From, string? Until);

/// <summary>When a person is not told of what can wait, every day. Calls for help are told always.</summary>
public sealed record QuietHours(string Name, string Phone, string From, string Until);

/// <summary>A volunteer with the households that he or she looks after, as first or second.</summary>
/// <param name="Name">Name.</param>
/// <param name="Phone">Number; two entries with the same number are one volunteer.</param>
/// <param name="Households">Ids of the households.</param>
/// <param name="IsOverloaded">Whether these are more than the ratio allows.</param>
public sealed record Pairing(string Name, string Phone, IReadOnlyList<string> Households, bool IsOverloaded)
{
    /// <summary>Their addresses, in the same order.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}

/// <summary>Somebody who may be told, and whether texts get there (<c>GET /api/v1/duty/people</c>).</summary>
/// <param name="Name">Name.</param>
/// <param name="Phone">Number as written.</param>
/// <param name="Roles">Roles.</param>
/// <param name="Area">An area that the person belongs to.</param>
/// <param name="Households">Households that name the person.</param>
/// <param name="Reach"><c>fine</c>, <c>untested</c>, or out of reach: <c>no_number</c>, <c>landline</c>, <c>failing</c>, <c>unconfirmed</c>.</param>
/// <param name="DeliveredAt">When a text last arrived, as far as receipts of the last weeks say.</param>
/// <param name="HeardAt">When the person last answered by text.</param>
/// <param name="TestedAt">When a test text was last sent.</param>
public sealed record DutyContact(
    string Name, string Phone, IReadOnlyList<string> Roles, string Area, int Households, string Reach,
    DateTimeOffset? DeliveredAt, DateTimeOffset? HeardAt, DateTimeOffset? TestedAt);

/// <summary>
/// A household about whose people something must be done (<c>GET /api/v1/duty/warnings?kind&amp;householdId</c>), the worst first. Kinds: those of <paramref name="Urgent"/>,
/// <c>short</c> for any of them, <c>lacks_volunteer</c>, <c>lacks_second_volunteer</c>.
/// </summary>
/// <param name="HouseholdId">Its id.</param>
/// <param name="Address">Its address.</param>
/// <param name="Committee">Its committee.</param>
/// <param name="SubDistrict">Its sub-district.</param>
/// <param name="Urgent">Whom the ladder of calls for help would tell: <c>nobody</c>, <c>only_unreachable</c>, <c>only_one</c>; null: enough people.</param>
/// <param name="Welfare">The same for the ladder of P2.</param>
/// <param name="LacksVolunteer">No volunteer is paired with it.</param>
/// <param name="LacksSecondVolunteer">No second one is.</param>
public sealed record DutyWarning(
    string HouseholdId, string Address, string Committee, string SubDistrict, string? Urgent, string? Welfare, bool LacksVolunteer, bool LacksSecondVolunteer);

/// <summary>Answer of <c>GET /api/v1/duty/summary</c>, for one's own area. A household counts once, for the worse of its two ladders.</summary>
/// <param name="Households">All households.</param>
/// <param name="Nobody">Of these nobody can be told.</param>
/// <param name="OnlyUnreachable">Of these only people whom no text gets to.</param>
/// <param name="OnlyOne">Of these only one person.</param>
/// <param name="LacksVolunteer">Without a volunteer.</param>
/// <param name="LacksSecondVolunteer">Without a second one.</param>
/// <param name="Volunteers">Volunteers with households.</param>
/// <param name="OverloadedVolunteers">Those with more than <paramref name="PairingMax"/>.</param>
/// <param name="PairingMax">Households that one volunteer may have.</param>
/// <param name="People">Everybody who may be told.</param>
/// <param name="Unreachable">Those whom no text gets to.</param>
/// <param name="Untested">Those of whom nobody knows.</param>
/// <param name="Gaps">Stretches in the coming <paramref name="GapDays"/> days in which a rota has nobody.</param>
/// <param name="GapDays">How far ahead rotas are looked at.</param>
/// <param name="Areas">Areas one may see: committees, sub-districts, <c>district</c>.</param>
/// <param name="AsOf">The moment of counting; texts are looked at once in ten minutes.</param>
public sealed record DutySummary(
    int Households, int Nobody, int OnlyUnreachable, int OnlyOne, int LacksVolunteer, int LacksSecondVolunteer,
    int Volunteers, int OverloadedVolunteers, int PairingMax, int People, int Unreachable, int Untested, int Gaps, int GapDays,
    IReadOnlyList<string> Areas, DateTimeOffset AsOf);
