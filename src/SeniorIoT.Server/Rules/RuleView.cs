using System.Text.Json;
using System.Text.RegularExpressions;
using SeniorIoT.Api;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Rules;

/// <summary>Rules as the API shows and takes them: the one place that knows both the settings and their numbers.</summary>
internal static partial class RuleView
{
    // Members whose name says another unit in the API; the others differ only in the first letter.
    private static readonly Dictionary<string, string> Renamed = new()
    {
        [nameof(RuleSettings.NoWaterWindow)] = "noWaterHours",
        [nameof(RuleSettings.BurstFor)] = "burstMinutes",
        [nameof(RuleSettings.ExcessWindow)] = "excessHours",
        [nameof(RuleSettings.ReturnWindow)] = "returnHours",
        [nameof(RuleSettings.LikelyAwayAfter)] = "likelyAwayHours",
        [nameof(RuleSettings.DripOver)] = "dripHours",
        [nameof(RuleSettings.DripQuietBelow)] = "dripQuietHours",
        [nameof(RuleSettings.NuisanceWithin)] = "nuisanceDays",
        [nameof(RuleSettings.NuisanceQuietAfter)] = "nuisanceQuietMinutes",
        [nameof(RuleSettings.DetectorTestEvery)] = "detectorTestDays",
        [nameof(RuleSettings.ButtonTestEvery)] = "buttonTestDays",
        [nameof(RuleSettings.DetectorLife)] = "detectorLifeDays",
        ["Over"] = "overHours",
        ["QuietBelow"] = "quietMinutes",
        ["SpacingMax"] = "spacingMinutes",
        ["AtLeast"] = "atLeastHours",
        ["AtMost"] = "atMostHours",
    };

    private static readonly HashSet<string> Members = [.. typeof(RuleSettings).GetProperties().Select(property => property.Name)];

    /// <summary>The numbers of settings.</summary>
    public static RuleNumbers Numbers(RuleSettings settings) => new()
    {
        NoWaterHours = settings.NoWaterWindow.TotalHours,
        NoWaterLitres = settings.NoWaterLitres,
        Adaptive = settings.Adaptive is { } adaptive ? Numbers(adaptive) : null,
        BurstLitresPerHour = settings.BurstLitresPerHour,
        BurstMinutes = settings.BurstFor.TotalMinutes,
        HalfHourLeak = Numbers(settings.HalfHourLeak),
        HourlyLeak = Numbers(settings.HourlyLeak),
        ExcessLitres = settings.ExcessLitres,
        ExcessHours = settings.ExcessWindow.TotalHours,
        ReturnHours = settings.ReturnWindow.TotalHours,
        AwayUseLitres = settings.AwayUseLitres,
        LikelyAwayHours = settings.LikelyAwayAfter.TotalHours,
        NightFrom = settings.NightFrom,
        NightUntil = settings.NightUntil,
        NightUseLitres = settings.NightUseLitres,
        LessWaterPercent = settings.LessWaterPercent,
        DripHours = settings.DripOver.TotalHours,
        DripQuietHours = settings.DripQuietBelow.TotalHours,
        MoreWaterTimes = settings.MoreWaterTimes,
        MoreWaterLitres = settings.MoreWaterLitres,
        NuisanceAlarms = settings.NuisanceAlarms,
        NuisanceDays = settings.NuisanceWithin.TotalDays,
        NuisanceQuietMinutes = settings.NuisanceQuietAfter.TotalMinutes,
        DetectorTestDays = settings.DetectorTestEvery.TotalDays,
        ButtonTestDays = settings.ButtonTestEvery.TotalDays,
        DetectorLifeDays = settings.DetectorLife.TotalDays,
        LowBatteryPercent = settings.LowBatteryPercent,
        BatteryRecoveredPercent = settings.BatteryRecoveredPercent,
        Off = [.. settings.Off],
    };

    /// <summary>The numbers of the adaptive rule.</summary>
    public static AdaptiveNumbers Numbers(AdaptiveRule adaptive) => new(adaptive.AtLeast.TotalHours, adaptive.AtMost.TotalHours, adaptive.Patience);

    private static LeakNumbers Numbers(LeakPattern leak) => new(leak.Over.TotalHours, leak.QuietBelow.TotalMinutes, leak.SpacingMax.TotalMinutes);

    /// <summary>The settings that numbers mean; not checked.</summary>
    public static RuleSettings Settings(RuleNumbers numbers, string version) => new(version, Hours(numbers.NoWaterHours), numbers.NoWaterLitres)
    {
        Adaptive = numbers.Adaptive is { } adaptive ? new(Hours(adaptive.AtLeastHours), Hours(adaptive.AtMostHours), adaptive.Patience) : null,
        BurstLitresPerHour = numbers.BurstLitresPerHour,
        BurstFor = Minutes(numbers.BurstMinutes),
        HalfHourLeak = Leak(numbers.HalfHourLeak),
        HourlyLeak = Leak(numbers.HourlyLeak),
        ExcessLitres = numbers.ExcessLitres,
        ExcessWindow = Hours(numbers.ExcessHours),
        ReturnWindow = Hours(numbers.ReturnHours),
        AwayUseLitres = numbers.AwayUseLitres,
        LikelyAwayAfter = Hours(numbers.LikelyAwayHours),
        NightFrom = numbers.NightFrom,
        NightUntil = numbers.NightUntil,
        NightUseLitres = numbers.NightUseLitres,
        LessWaterPercent = numbers.LessWaterPercent,
        DripOver = Hours(numbers.DripHours),
        DripQuietBelow = Hours(numbers.DripQuietHours),
        MoreWaterTimes = numbers.MoreWaterTimes,
        MoreWaterLitres = numbers.MoreWaterLitres,
        NuisanceAlarms = numbers.NuisanceAlarms,
        NuisanceWithin = Hours(numbers.NuisanceDays * 24),
        NuisanceQuietAfter = Minutes(numbers.NuisanceQuietMinutes),
        DetectorTestEvery = Hours(numbers.DetectorTestDays * 24),
        ButtonTestEvery = Hours(numbers.ButtonTestDays * 24),
        DetectorLife = Hours(numbers.DetectorLifeDays * 24),
        LowBatteryPercent = numbers.LowBatteryPercent,
        BatteryRecoveredPercent = numbers.BatteryRecoveredPercent,
        Off = [.. numbers.Off],
    };

    private static LeakPattern Leak(LeakNumbers leak) => new(Hours(leak.OverHours), Minutes(leak.QuietMinutes), Minutes(leak.SpacingMinutes));

    private static TimeSpan Hours(double hours) => Seconds(hours * 3600);

    private static TimeSpan Minutes(double minutes) => Seconds(minutes * 60);

    // Whole seconds, so that a third of an hour comes back as it went; far beyond every limit, so that the error names it instead of an overflow.
    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Clamp(Math.Round(seconds), -1e10, 1e10));

    /// <summary>Adds everything that is wrong with settings, each under its field of the JSON. Returns whether nothing is.</summary>
    /// <param name="field">The object whose members they are, e.g. <c>numbers</c>.</param>
    /// <param name="settings">What somebody entered.</param>
    /// <param name="faults">Where errors go.</param>
    public static bool Check(string field, RuleSettings settings, Faults faults)
    {
        var errors = settings.Validate();
        foreach (var error in errors)
        {
            var member = error.Split(' ', 2)[0];
            faults.Add($"{field}.{InJson(member)}", Capitals().Replace(error, word => InJson(word.Value)));
        }

        return errors.Count == 0;
    }

    /// <summary>A preset.</summary>
    public static RulePreset Show(string preset, RuleSettings settings) => new(preset, settings.Version, Numbers(settings));

    /// <summary>A version that is a set.</summary>
    public static RuleSet? Show(RuleRow row, HouseholdDirectory households) => row.Settings is not { } settings ? null : new RuleSet(
        RulePlaces.WordOf(row.Place.Scope), RulePlaces.AreaOf(row.Place, households), row.Version, settings.Version, row.BasedOn, Numbers(settings),
        row.Shadow is { } shadow ? Numbers(shadow.Settings) : null, row.Shadow?.SinceAt, row.At, row.By, row.Note);

    /// <summary>The name in the JSON of a member of the settings, e.g. <c>adaptive.atLeastHours</c> for <c>Adaptive.AtLeast</c>; any other word as it is.</summary>
    private static string InJson(string member)
    {
        var parts = member.Split('.');
        return Members.Contains(parts[0]) ? string.Join('.', parts.Select(part => Renamed.GetValueOrDefault(part) ?? JsonNamingPolicy.CamelCase.ConvertName(part))) : member;
    }

    [GeneratedRegex(@"\b[A-Z]\w*(\.[A-Z]\w*)*")]
    private static partial Regex Capitals();
}
