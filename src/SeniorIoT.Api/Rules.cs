using System.Text.Json.Serialization;

namespace SeniorIoT.Api;

/// <summary>Places that may have rules of their own, the nearest first: the nearest that has a set decides, and its set counts whole.</summary>
public static class RuleScopes
{
    /// <summary>One household; the area is its id.</summary>
    public const string Household = "household";

    /// <summary>A neighbourhood committee by name.</summary>
    public const string Committee = "committee";

    /// <summary>A sub-district by name.</summary>
    public const string SubDistrict = "sub-district";

    /// <summary>The whole district; the area is <c>district</c> too.</summary>
    public const string District = "district";

    /// <summary>Nobody has a set: the preset that the server was started with (<c>--rules</c>). Cannot be changed over the API.</summary>
    public const string Preset = "preset";

    /// <summary>The four that can have a set, nearest first.</summary>
    public static IReadOnlyList<string> All { get; } = [Household, Committee, SubDistrict, District];
}

/// <summary>
/// All numbers of the rules, in the units people use. Answers hold every member. In a request a member that is left out is as in the preset
/// (see <see cref="NewRuleSet"/>), and a name that is none of these is an error.
/// </summary>
public sealed record RuleNumbers
{
    /// <summary><c>no-water</c>: how long, 1 to 168 hours. With <see cref="Adaptive"/> the habit of the home decides instead.</summary>
    public required double NoWaterHours { get; init; }

    /// <summary><c>no-water</c>: less than this many litres, 1 or more.</summary>
    public required long NoWaterLitres { get; init; }

    /// <summary><c>no-water</c> by each home's own habit; null for the fixed window.</summary>
    public required AdaptiveNumbers? Adaptive { get; init; }

    /// <summary><c>burst</c>: this many litres an hour or more, 1 or more.</summary>
    public required long BurstLitresPerHour { get; init; }

    /// <summary><c>burst</c>: on average over at least this many minutes, 1 or more.</summary>
    public required double BurstMinutes { get; init; }

    /// <summary><c>leak</c>, for meters read every half hour or oftener.</summary>
    public required LeakNumbers HalfHourLeak { get; init; }

    /// <summary><c>leak</c>, for meters read every hour.</summary>
    public required LeakNumbers HourlyLeak { get; init; }

    /// <summary><c>excess-water</c>: more than this many litres, 1 or more.</summary>
    public required long ExcessLitres { get; init; }

    /// <summary><c>excess-water</c>: within this many hours, 1 to 168.</summary>
    public required double ExcessHours { get; init; }

    /// <summary><c>no-water</c> after an absence: how long, 1 to 168 hours, where that is shorter.</summary>
    public required double ReturnHours { get; init; }

    /// <summary><c>use-while-away</c>: this many litres or more, 1 or more.</summary>
    public required long AwayUseLitres { get; init; }

    /// <summary><c>likely-away</c>: after so long without water, 6 to 48 hours.</summary>
    public required double LikelyAwayHours { get; init; }

    /// <summary><c>night-use</c>: when the night begins on the home's clock.</summary>
    [JsonConverter(typeof(HourMinute))]
    public required TimeOnly NightFrom { get; init; }

    /// <summary><c>night-use</c>: when it ends, at most 12 hours later.</summary>
    [JsonConverter(typeof(HourMinute))]
    public required TimeOnly NightUntil { get; init; }

    /// <summary><c>night-use</c>: at least so many litres a night more than before, 1 or more.</summary>
    public required long NightUseLitres { get; init; }

    /// <summary><c>less-water</c>: so much less than before, 10 to 90 %.</summary>
    public required int LessWaterPercent { get; init; }

    /// <summary><c>drip</c>: never without water over so many hours, 24 to 168.</summary>
    public required double DripHours { get; init; }

    /// <summary><c>drip</c>: never without water for so many hours, 2 to 12.</summary>
    public required double DripQuietHours { get; init; }

    /// <summary><c>more-water</c>: so many times the person's usual day, 1.5 to 10.</summary>
    public required double MoreWaterTimes { get; init; }

    /// <summary><c>more-water</c>: at least so many litres more than the usual day, 10 or more.</summary>
    public required long MoreWaterLitres { get; init; }

    /// <summary><c>smoke-nuisance</c>: so many alarms that were soon over, 2 to 20.</summary>
    public required int NuisanceAlarms { get; init; }

    /// <summary><c>smoke-nuisance</c>: within so many days, 1 to 90.</summary>
    public required double NuisanceDays { get; init; }

    /// <summary><c>smoke-nuisance</c>: an alarm that is over or silenced within so many minutes, 1 to 60.</summary>
    public required double NuisanceQuietMinutes { get; init; }

    /// <summary><c>untested</c>: a detector must be tested within so many days, 7 to 1,100.</summary>
    public required double DetectorTestDays { get; init; }

    /// <summary><c>untested</c>: a button must be pressed within so many days, 7 to 1,100.</summary>
    public required double ButtonTestDays { get; init; }

    /// <summary><c>end-of-life</c>: a detector is replaced after so many days, 365 to 7,305.</summary>
    public required double DetectorLifeDays { get; init; }

    /// <summary><c>low-battery</c>: this charge or less, 0 to 100 %.</summary>
    public required int LowBatteryPercent { get; init; }

    /// <summary><c>low-battery</c> is over above this, <see cref="LowBatteryPercent"/> to 100 %.</summary>
    public required int BatteryRecoveredPercent { get; init; }

    /// <summary>Ids of rules that are switched off, e.g. <c>leak</c>; never one that calls for help (P1) or is about the platform.</summary>
    public required IReadOnlyList<string> Off { get; init; }
}

/// <summary>Numbers of <c>no-water</c> by habit.</summary>
/// <param name="AtLeastHours">No alert before so long without water, 1 to 48 hours.</param>
/// <param name="AtMostHours">An alert at the latest after so long, up to 48 hours.</param>
/// <param name="Patience">0.3 to 3: below 1 alerts sooner and oftener, above 1 later and more seldom.</param>
public sealed record AdaptiveNumbers(double AtLeastHours, double AtMostHours, double Patience);

/// <summary>Use that never stops.</summary>
/// <param name="OverHours">How long it must last, 1 to 168 hours.</param>
/// <param name="QuietMinutes">A register that stands still for so long is a pause.</param>
/// <param name="SpacingMinutes">Readings further apart than this prove nothing about pauses.</param>
public sealed record LeakNumbers(double OverHours, double QuietMinutes, double SpacingMinutes);

/// <summary>Rules that come with the program (<c>GET /api/v1/rules/presets</c>).</summary>
/// <param name="Preset">Its name, e.g. <c>changning</c>.</param>
/// <param name="Name">What alerts carry as <see cref="Evidence.RuleVersion"/>, e.g. <c>changning-1</c>.</param>
/// <param name="Numbers">Its numbers.</param>
public sealed record RulePreset(string Preset, string Name, RuleNumbers Numbers);

/// <summary>The rules of a place (<c>GET /api/v1/rules/{scope}/{area}</c>).</summary>
/// <param name="Scope">One of <see cref="RuleScopes"/>.</param>
/// <param name="Area">Name of the committee or sub-district, id of the household, or <c>district</c>.</param>
/// <param name="Version">1, 2, …: grows with every change of the place. Send it with the next change.</param>
/// <param name="Name">What alerts carry as <see cref="Evidence.RuleVersion"/>, e.g. <c>committee:江苏路一居-3</c>.</param>
/// <param name="BasedOn">Name of the preset it was made from.</param>
/// <param name="Numbers">The numbers in force.</param>
/// <param name="Shadow">A second set that runs beside it and tells nobody, or null. See <see cref="RuleComparison"/>.</param>
/// <param name="ShadowSince">Since when these two sets run beside each other unchanged; null without a shadow.</param>
/// <param name="ChangedAt">When this version was made.</param>
/// <param name="ChangedBy">By whom.</param>
/// <param name="Note">Why, in the words of whoever made it.</param>
public sealed record RuleSet(
    string Scope,
    string Area,
    int Version,
    string Name,
    string BasedOn,
    RuleNumbers Numbers,
    RuleNumbers? Shadow,
    DateTimeOffset? ShadowSince,
    DateTimeOffset ChangedAt,
    string ChangedBy,
    string Note);

/// <summary>Answer of <c>GET /api/v1/rules</c>: one page of the places that have a set, those that the caller's area lets them see, widest first.</summary>
/// <param name="Preset">What is in force where no place has a set.</param>
/// <param name="Items">The sets.</param>
/// <param name="Next">Cursor of the following page, null on the last.</param>
public sealed record RuleSets(RulePreset Preset, IReadOnlyList<RuleSet> Items, string? Next);

/// <summary>Body of <c>PUT /api/v1/rules/{scope}/{area}</c>. The set counts whole: nothing is taken from places further up.</summary>
/// <param name="Preset">Name of the preset to begin with; left out: the one the server was started with.</param>
/// <param name="Numbers">Numbers that differ from the preset, or all of them; left out: the preset as it is.</param>
/// <param name="Shadow">A second set that runs beside it and tells nobody: what differs from the first, or everything. Left out: none.</param>
/// <param name="Version">Version of the set that this one replaces; left out when the place has none. 409 when somebody else changed it meanwhile.</param>
/// <param name="Note">Why: 1 to 200 characters, no personal data.</param>
public sealed record NewRuleSet(
    string? Preset = null, RuleNumbers? Numbers = null, RuleNumbers? Shadow = null, int? Version = null, string Note = "");

/// <summary>One version of a place's rules (<c>GET /api/v1/rules/{scope}/{area}/versions</c>, newest first). Versions are never changed or removed.</summary>
/// <param name="Version">1, 2, ….</param>
/// <param name="Set">The set; null when this version took the place's set away.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="ChangedBy">By whom.</param>
/// <param name="Note">Why.</param>
/// <param name="Changes">What changed from the version before (of the first: from the preset it was made from).</param>
public sealed record RuleVersion(
    int Version, RuleSet? Set, DateTimeOffset ChangedAt, string ChangedBy, string Note, IReadOnlyList<RuleChange> Changes);

/// <summary>A number that changed.</summary>
/// <param name="Field">As in the JSON, e.g. <c>noWaterHours</c>, <c>adaptive.patience</c>, <c>shadow.noWaterHours</c>.</param>
/// <param name="From">The value before; null when there was none.</param>
/// <param name="To">The value after; null when there is none any more.</param>
public sealed record RuleChange(string Field, string? From, string? To);

/// <summary>Answer of <c>GET /api/v1/households/{id}/rules</c>: which rules are in force there, and where they come from.</summary>
/// <param name="HouseholdId">Which household.</param>
/// <param name="Scope">One of <see cref="RuleScopes"/>; <c>preset</c> when no place has a set.</param>
/// <param name="Area">The place whose set it is; the name of the preset when there is none.</param>
/// <param name="Name">What alerts carry.</param>
/// <param name="Numbers">The numbers in force.</param>
/// <param name="Set">The set; null when the preset is in force.</param>
public sealed record RulesInForce(string HouseholdId, string Scope, string Area, string Name, RuleNumbers Numbers, RuleSet? Set);

/// <summary>
/// Answer of <c>GET /api/v1/rules/comparison?from&amp;to&amp;scope&amp;area&amp;rule</c>: the rules in force against their shadow, over the same time in the same homes
/// (those whose rules have a shadow; without a scope the area is a sub-district or a committee). Each is what the rules found, whether or not an operator closed the alert meanwhile.
/// </summary>
/// <param name="From">Start of the time asked for.</param>
/// <param name="To">End of it, not later than now.</param>
/// <param name="Homes">How many homes.</param>
/// <param name="HouseholdMonths">Time in which both sets ran, in months of 730.5 hours, over all homes.</param>
/// <param name="Rules">One line for each rule that found something.</param>
/// <param name="Items">A page of the findings, newest first: what one found beside what the other found.</param>
/// <param name="Next">Cursor of the following page, null on the last.</param>
public sealed record RuleComparison(
    DateTimeOffset From,
    DateTimeOffset To,
    int Homes,
    double HouseholdMonths,
    IReadOnlyList<RuleComparisonLine> Rules,
    IReadOnlyList<ComparedFinding> Items,
    string? Next);

/// <summary>One rule in a comparison. Findings of both sets agree when they lie within 12 hours of each other.</summary>
/// <param name="Rule">Its id.</param>
/// <param name="Live">Findings of the set in force.</param>
/// <param name="Shadow">Findings of the shadow.</param>
/// <param name="LivePerMonth">The same for each household-month of homes with a device that it judges; null until a day of one home has passed.</param>
/// <param name="ShadowPerMonth">The same for each household-month; null until a day of one home has passed.</param>
/// <param name="LiveHomes">Homes with any of the set in force.</param>
/// <param name="ShadowHomes">Homes with any of the shadow.</param>
/// <param name="Both">Findings on which both agree.</param>
/// <param name="LiveOnly">Findings of the set in force that the shadow does not have.</param>
/// <param name="ShadowOnly">Findings of the shadow that the set in force does not have.</param>
/// <param name="MedianHoursEarlier">How much earlier the shadow was where both agree; below 0 when it was later; null when they never do.</param>
/// <param name="LiveKnownLate">Conditions that were over before they became known, so that nobody would be told. In none of the other figures.</param>
/// <param name="ShadowKnownLate">The same, of the shadow.</param>
public sealed record RuleComparisonLine(
    string Rule,
    int Live,
    int Shadow,
    double? LivePerMonth,
    double? ShadowPerMonth,
    int LiveHomes,
    int ShadowHomes,
    int Both,
    int LiveOnly,
    int ShadowOnly,
    double? MedianHoursEarlier,
    int LiveKnownLate,
    int ShadowKnownLate);

/// <summary>What one set found beside what the other found; one of the two may be missing.</summary>
/// <param name="HouseholdId">Where.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Rule">Which rule.</param>
/// <param name="At">When the earlier of the two was true.</param>
/// <param name="Live">Of the set in force.</param>
/// <param name="Shadow">Of the shadow.</param>
public sealed record ComparedFinding(string HouseholdId, string DeviceId, string Rule, DateTimeOffset At, RecordedFinding? Live, RecordedFinding? Shadow);

/// <summary>A finding as it was written down for the comparison.</summary>
/// <param name="At">When the condition became true.</param>
/// <param name="ClearedAt">When it was over; null while it lasts.</param>
/// <param name="Evidence">What it rests on, without the readings.</param>
public sealed record RecordedFinding(DateTimeOffset At, DateTimeOffset? ClearedAt, Evidence Evidence);
