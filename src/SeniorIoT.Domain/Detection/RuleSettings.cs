using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>A pattern of use that never stops: over <paramref name="Over"/> no proven pause as long as <paramref name="QuietBelow"/>.</summary>
/// <param name="Over">How long it must last.</param>
/// <param name="QuietBelow">A constant register for this long is a pause.</param>
/// <param name="SpacingMax">Readings further apart than this prove nothing about pauses.</param>
public sealed record LeakPattern(TimeSpan Over, TimeSpan QuietBelow, TimeSpan SpacingMax);

/// <summary>The numbers of all rules, under a name that alerts carry.</summary>
/// <param name="Version">Name and number, e.g. <c>changning-1</c>.</param>
/// <param name="NoWaterWindow"><c>no-water</c>: how long, 1 hour to 7 days.</param>
/// <param name="NoWaterLitres"><c>no-water</c>: less than this, 1 or more.</param>
public sealed record RuleSettings(string Version, TimeSpan NoWaterWindow, long NoWaterLitres)
{
    /// <summary>
    /// Rules that are off unless a set says otherwise: signs of how somebody lives are nobody's business unless the person wants them to be.
    /// </summary>
    public static ImmutableSortedSet<string> OffUnlessWanted { get; } = [Rule.NightUse.Id, Rule.LessWater.Id, Rule.Drip.Id, Rule.MoreWater.Id];

    /// <summary>Jiangsu Road: 12 h, 10 L. The default.</summary>
    public static RuleSettings Changning { get; } = new("changning-1", TimeSpan.FromHours(12), 10);

    /// <summary>Daning Road: 24 h, 10 L; more than 2 m³ a day.</summary>
    public static RuleSettings Jingan { get; } = new("jingan-1", TimeSpan.FromHours(24), 10);

    /// <summary>24 h, 6 L.</summary>
    public static RuleSettings Zhenhai { get; } = new("zhenhai-1", TimeSpan.FromHours(24), 6);

    /// <summary>12 h, 10 L; use in every half hour of a day is a leak.</summary>
    public static RuleSettings Longgang { get; } = new("longgang-1", TimeSpan.FromHours(12), 10);

    /// <summary>Each home's own habit instead of a fixed window; not a step of the register. See <see cref="AdaptiveRule"/>.</summary>
    public static RuleSettings ByHabit { get; } = new("adaptive-1", TimeSpan.FromHours(15.5), 1) { Adaptive = AdaptiveRule.Default };

    /// <summary>The presets by name: <c>changning</c>, <c>jingan</c>, <c>zhenhai</c>, <c>longgang</c>, <c>adaptive</c>.</summary>
    public static ImmutableSortedDictionary<string, RuleSettings> Presets { get; } = ImmutableSortedDictionary<string, RuleSettings>.Empty
        .Add("changning", Changning).Add("jingan", Jingan).Add("zhenhai", Zhenhai).Add("longgang", Longgang).Add("adaptive", ByHabit);

    /// <summary><c>no-water</c> by habit; null for the fixed window.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AdaptiveRule? Adaptive { get; init; }

    /// <summary><c>no-water</c> after an absence: told when nothing was used for this long since its end, 1 hour to 7 days; a shorter window of the rule stays as it is.</summary>
    public TimeSpan ReturnWindow { get; init; } = TimeSpan.FromHours(12);

    /// <summary>The shorter of <see cref="NoWaterWindow"/> and <see cref="ReturnWindow"/>.</summary>
    [JsonIgnore]
    internal TimeSpan NoWaterWindowAfterReturn => ReturnWindow < NoWaterWindow ? ReturnWindow : NoWaterWindow;

    /// <summary><c>burst</c>: this flow or more, 1 or more.</summary>
    public long BurstLitresPerHour { get; init; } = 1_000;

    /// <summary><c>burst</c>: on average over at least this long.</summary>
    public TimeSpan BurstFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary><c>leak</c>: for meters read every half hour or oftener.</summary>
    public LeakPattern HalfHourLeak { get; init; } = new(TimeSpan.FromHours(24), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(35));

    /// <summary><c>leak</c>: for meters read every hour.</summary>
    public LeakPattern HourlyLeak { get; init; } = new(TimeSpan.FromHours(48), TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(70));

    /// <summary><c>excess-water</c>: more than this, 1 or more.</summary>
    public long ExcessLitres { get; init; } = 2_000;

    /// <summary><c>excess-water</c>: within this time.</summary>
    public TimeSpan ExcessWindow { get; init; } = TimeSpan.FromHours(24);

    /// <summary><c>use-while-away</c>: this much or more within two hours, 1 or more. A flush is 3 to 9 L; a tap that drips takes hours for it.</summary>
    public long AwayUseLitres { get; init; } = 5;

    /// <summary>
    /// <c>likely-away</c>: after so long without water, 6 hours to 2 days. Of 100 proposals at 13 h 78 were absences of a day or longer, at 14 h
    /// 82, at 16 h 84 (44 real homes).
    /// </summary>
    public TimeSpan LikelyAwayAfter { get; init; } = TimeSpan.FromHours(14);

    /// <summary><c>night-use</c>: the person's own night begins, on the clock of the home.</summary>
    public TimeOnly NightFrom { get; init; } = new(0, 0);

    /// <summary><c>night-use</c>: and ends. May lie beyond midnight; at most 12 hours later.</summary>
    public TimeOnly NightUntil { get; init; } = new(5, 0);

    /// <summary><c>night-use</c>: so much more a night than usual, at least, 1 or more. A flush is 3 to 9 L: this is one or two visits more.</summary>
    public long NightUseLitres { get; init; } = 10;

    /// <summary><c>less-water</c>: so much less a day than before, 10 to 90 percent. On 44 real homes that came once in 17 months.</summary>
    public int LessWaterPercent { get; init; } = 40;

    /// <summary><c>drip</c>: never without water over so long, 1 to 7 days.</summary>
    public TimeSpan DripOver { get; init; } = TimeSpan.FromHours(72);

    /// <summary><c>drip</c>: never without water for so long, 2 to 12 hours. At 6 h what drips 0.2 to 0.25 L/h is seen, read by the hour from a register of litres.</summary>
    public TimeSpan DripQuietBelow { get; init; } = TimeSpan.FromHours(6);

    /// <summary><c>more-water</c>: so many times the usual day, 1.5 to 10.</summary>
    public double MoreWaterTimes { get; init; } = 3;

    /// <summary><c>more-water</c>: so much more than the usual day, at least, 10 or more. A bath is 150 L.</summary>
    public long MoreWaterLitres { get; init; } = 200;

    /// <summary><c>low-battery</c>: this or less, 0 to 100.</summary>
    public int LowBatteryPercent { get; init; } = 15;

    /// <summary><c>low-battery</c> is over above this, which lies higher so that a cold night does not ring twice.</summary>
    public int BatteryRecoveredPercent { get; init; } = 20;

    /// <summary><c>smoke-nuisance</c>: this many alarms that were soon over or silenced, 2 to 20.</summary>
    public int NuisanceAlarms { get; init; } = 3;

    /// <summary><c>smoke-nuisance</c>: within this time, 1 to 90 days. It is over when none came for as long.</summary>
    public TimeSpan NuisanceWithin { get; init; } = TimeSpan.FromDays(14);

    /// <summary><c>smoke-nuisance</c>: over or silenced this soon, 1 minute to 1 hour. What burns is not over in a quarter of an hour.</summary>
    public TimeSpan NuisanceQuietAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary><c>untested</c>: a detector without a test for this long, 7 to 1,100 days. Half a year: makers ask for a test a month, and volunteers come less often.</summary>
    public TimeSpan DetectorTestEvery { get; init; } = TimeSpan.FromDays(180);

    /// <summary><c>untested</c>: a button that nobody pressed for this long, 7 to 1,100 days.</summary>
    public TimeSpan ButtonTestEvery { get; init; } = TimeSpan.FromDays(90);

    /// <summary><c>end-of-life</c>: a detector in use for this long, 1 to 20 years: makers name ten years.</summary>
    public TimeSpan DetectorLife { get; init; } = TimeSpan.FromDays(3653);

    /// <summary>Rules that are switched off, by id. Never one of P1.</summary>
    public ImmutableSortedSet<string> Off { get; init; } = OffUnlessWanted;

    /// <summary>Whether a rule is on.</summary>
    public bool IsOn(Rule rule)
    {
        // Few, and asked of every rule at every reading: Contains would compare by culture.
        for (var i = 0; i < Off.Count; i++)
            if (Off[i] == rule.Id) return false;
        return true;
    }

    /// <summary>Whether a rule asks how much ran on each day.</summary>
    [JsonIgnore]
    internal bool IsDaysAsked => IsOn(Rule.LessWater) || IsOn(Rule.MoreWater);

    /// <summary>The longest time any rule looks back: what a <see cref="ReadingWindow"/> must hold.</summary>
    [JsonIgnore]
    public TimeSpan LookBack
    {
        get
        {
            var longest = default(TimeSpan);
            ReadOnlySpan<TimeSpan> spans =
            [
                NoWaterWindow, ExcessWindow, HalfHourLeak.Over, HourlyLeak.Over, BurstFor, Adaptive?.AtMost ?? default,
                IsOn(Rule.LikelyAway) ? LikelyAwayAfter + Stillness.SpacingMax : default,
                IsOn(Rule.NightUse) || IsDaysAsked ? DailySign.LookBack : default,
                IsOn(Rule.Drip) ? DripOver + Stillness.SpacingMax : default,
            ];
            foreach (var span in spans) longest = span > longest ? span : longest;
            return longest;
        }
    }

    /// <summary>The preset of this name, in any case; null when there is none.</summary>
    public static RuleSettings? ByName(string name) => Presets.FirstOrDefault(preset => preset.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Everything that is wrong, each error naming the setting and the remedy. Empty when the settings can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        void Require(bool holds, string error)
        {
            if (!holds) errors.Add(error);
        }

        void RequireSpan(TimeSpan span, TimeSpan min, string name, TimeSpan? max = null) =>
            Require(span >= min && span <= (max ?? LongestSpan), $"{name} is {InWords(span, min)}; give {InWords(min, min)} to {InWords(max ?? LongestSpan, min)}.");

        void RequirePattern(LeakPattern pattern, string name)
        {
            RequireSpan(pattern.Over, TimeSpan.FromHours(1), $"{name}.Over");
            RequireSpan(pattern.QuietBelow, TimeSpan.FromMinutes(1), $"{name}.QuietBelow");
            RequireSpan(pattern.SpacingMax, TimeSpan.FromMinutes(1), $"{name}.SpacingMax");
            Require(pattern.QuietBelow < pattern.Over, $"{name}.QuietBelow must be shorter than {name}.Over.");
        }

        Require(Version is { Length: > 0 and <= VersionLengthMax }, $"Version must have 1 to {VersionLengthMax} characters: alerts carry it.");
        RequireSpan(NoWaterWindow, TimeSpan.FromHours(1), nameof(NoWaterWindow));
        RequireSpan(ReturnWindow, TimeSpan.FromHours(1), nameof(ReturnWindow));
        Require(NoWaterLitres >= 1, $"NoWaterLitres is {NoWaterLitres}; give 1 or more.");
        Require(BurstLitresPerHour >= 1, $"BurstLitresPerHour is {BurstLitresPerHour}; give 1 or more.");
        RequireSpan(BurstFor, TimeSpan.FromMinutes(1), nameof(BurstFor));
        RequirePattern(HalfHourLeak, nameof(HalfHourLeak));
        RequirePattern(HourlyLeak, nameof(HourlyLeak));
        Require(ExcessLitres >= 1, $"ExcessLitres is {ExcessLitres}; give 1 or more.");
        RequireSpan(ExcessWindow, TimeSpan.FromHours(1), nameof(ExcessWindow));
        Require(AwayUseLitres >= 1, $"AwayUseLitres is {AwayUseLitres}; give 1 or more.");
        RequireSpan(LikelyAwayAfter, TimeSpan.FromHours(6), nameof(LikelyAwayAfter), TimeSpan.FromDays(2));
        Require(NightUntil != NightFrom && NightUntil - NightFrom <= TimeSpan.FromHours(12), $"NightUntil is {NightUntil:HH\\:mm}; give a time up to 12 hours after NightFrom ({NightFrom:HH\\:mm}).");
        Require(NightUseLitres >= 1, $"NightUseLitres is {NightUseLitres}; give 1 or more.");
        Require(LessWaterPercent is >= 10 and <= 90, $"LessWaterPercent is {LessWaterPercent}; give 10 to 90.");
        Require(DripOver >= TimeSpan.FromDays(1) && DripOver <= LongestSpan, $"DripOver is {InWords(DripOver, TimeSpan.FromHours(1))}; give 24 h to 168 h.");
        RequireSpan(DripQuietBelow, TimeSpan.FromHours(2), nameof(DripQuietBelow), TimeSpan.FromHours(12));
        Require(MoreWaterTimes is >= 1.5 and <= 10, string.Create(CultureInfo.InvariantCulture, $"MoreWaterTimes is {MoreWaterTimes}; give 1.5 to 10."));
        Require(MoreWaterLitres >= 10, $"MoreWaterLitres is {MoreWaterLitres}; give 10 or more.");
        Require(LowBatteryPercent is >= 0 and <= 100, $"LowBatteryPercent is {LowBatteryPercent}; give 0 to 100.");
        Require(BatteryRecoveredPercent >= LowBatteryPercent && BatteryRecoveredPercent <= 100,
            $"BatteryRecoveredPercent is {BatteryRecoveredPercent}; give LowBatteryPercent ({LowBatteryPercent}) to 100.");
        Require(NuisanceAlarms is >= 2 and <= 20, $"NuisanceAlarms is {NuisanceAlarms}; give 2 to 20.");
        RequireSpan(NuisanceWithin, TimeSpan.FromDays(1), nameof(NuisanceWithin), TimeSpan.FromDays(90));
        RequireSpan(NuisanceQuietAfter, TimeSpan.FromMinutes(1), nameof(NuisanceQuietAfter), TimeSpan.FromHours(1));
        RequireSpan(DetectorTestEvery, TimeSpan.FromDays(7), nameof(DetectorTestEvery), TimeSpan.FromDays(1100));
        RequireSpan(ButtonTestEvery, TimeSpan.FromDays(7), nameof(ButtonTestEvery), TimeSpan.FromDays(1100));
        RequireSpan(DetectorLife, TimeSpan.FromDays(365), nameof(DetectorLife), TimeSpan.FromDays(7305));
        errors.AddRange(Adaptive?.Errors() ?? []);
        errors.AddRange(Off.Select(OffError).OfType<string>());
        return errors;
    }

    private static string? OffError(string id) => Rule.All.FirstOrDefault(rule => rule.Id == id) switch
    {
        null => $"Off has '{id}', which is no rule; give ids such as leak.",
        { Priority: Priority.P1 } => $"Off has '{id}', which calls for help: it cannot be switched off.",
        { IsSummary: true } => $"Off has '{id}', which sums up what other rules found; leave it out.",
        { Scope: RuleScope.System } => $"Off has '{id}', which is about the platform and not about a home; leave it out.",
        _ => null,
    };

    /// <summary>A time in the unit in which its least value is said.</summary>
    internal static string InWords(TimeSpan span, TimeSpan least) => least.TotalHours switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.##} min"),
        < 24 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.##} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.##} days"),
    };

    // A scope, a name of 64 characters and a number.
    private const int VersionLengthMax = 100;

    private static readonly TimeSpan LongestSpan = TimeSpan.FromDays(7);
}
