namespace SeniorIoT.Console.Rules;

/// <summary>A number of the rules as the form shows it.</summary>
/// <param name="Path">Its path in the JSON.</param>
/// <param name="Group">Which group of the form it stands in.</param>
/// <param name="Unit">Key of its unit.</param>
/// <param name="Range">What the server takes, as a hint; empty where there is none.</param>
public sealed record RuleField(string Path, string Group, string Unit, string Range);

/// <summary>Which numbers the form knows, in which order, and which rules can be switched.</summary>
public static class RuleFields
{
    /// <summary>Where numbers stand that this console has no words for.</summary>
    public const string OtherGroup = "other";

    /// <summary>The group whose numbers come and go with a switch.</summary>
    public const string HabitGroup = "habit";

    /// <summary>The numbers, in the order of the form.</summary>
    public static IReadOnlyList<RuleField> All { get; } =
    [
        new("noWaterHours", "noWater", "h", "1–168"), new("noWaterLitres", "noWater", "L", "≥ 1"),
        new("returnHours", "noWater", "h", "1–168"),
        new("adaptive.atLeastHours", HabitGroup, "h", "1–48"), new("adaptive.atMostHours", HabitGroup, "h", "≤ 48"), new("adaptive.patience", HabitGroup, "", "0.3–3"),
        new("burstLitresPerHour", "burst", "Lh", "≥ 1"), new("burstMinutes", "burst", "min", "≥ 1"),
        new("excessLitres", "excess", "L", "≥ 1"), new("excessHours", "excess", "h", "1–168"),
        .. Leak("halfHourLeak"), .. Leak("hourlyLeak"),
        new("awayUseLitres", "away", "L", "≥ 1"), new("likelyAwayHours", "away", "h", "6–48"),
        new("nightFrom", "health", "", "HH:mm"), new("nightUntil", "health", "", "HH:mm"),
        new("nightUseLitres", "health", "L", "≥ 1"), new("lessWaterPercent", "health", "pct", "10–90"),
        new("dripHours", "health", "h", "24–168"), new("dripQuietHours", "health", "h", "2–12"),
        new("moreWaterTimes", "health", "", "1.5–10"), new("moreWaterLitres", "health", "L", "≥ 10"),
        new("nuisanceAlarms", "devices", "", "2–20"), new("nuisanceDays", "devices", "d", "1–90"),
        new("nuisanceQuietMinutes", "devices", "min", "1–60"), new("detectorTestDays", "devices", "d", "7–1100"),
        new("buttonTestDays", "devices", "d", "7–1100"), new("detectorLifeDays", "devices", "d", "365–7305"),
        new("lowBatteryPercent", "battery", "pct", "0–100"), new("batteryRecoveredPercent", "battery", "pct", "≤ 100"),
    ];

    /// <summary>The groups, in the order of the form.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. All.Select(field => field.Group).Append(OtherGroup).Distinct()];

    /// <summary>Rules that call for help: always on.</summary>
    public static IReadOnlyList<string> AlwaysOn { get; } = ["sos", "fall", "smoke"];

    /// <summary>Rules that can be switched off.</summary>
    public static IReadOnlyList<string> Switched { get; } =
    [
        "no-water", "burst", "leak", "excess-water", "use-while-away", "likely-away", "night-use", "less-water", "drip", "more-water", "home-silent", "silent",
        "smoke-nuisance", "untested", "low-battery", "tamper", "fault", "end-of-life", "backflow", "clock",
    ];

    /// <summary>The field of a path; one that nobody wrote down stands in <see cref="OtherGroup"/>.</summary>
    public static RuleField Of(string path) => All.FirstOrDefault(field => field.Path == path) ?? new(path, OtherGroup, UnitOf(path), "");

    /// <summary>Where in the order of the form a path stands.</summary>
    public static int PlaceOf(string path)
    {
        for (var place = 0; place < All.Count; place++)
            if (All[place].Path == path)
                return place;
        return All.Count;
    }

    // Names of the API end in their unit.
    private static string UnitOf(string path) =>
        path.EndsWith("Hours", StringComparison.Ordinal) ? "h" : path.EndsWith("Minutes", StringComparison.Ordinal) ? "min"
        : path.EndsWith("Litres", StringComparison.Ordinal) ? "L" : path.EndsWith("Percent", StringComparison.Ordinal) ? "pct"
        : path.EndsWith("Days", StringComparison.Ordinal) ? "d" : "";

    private static RuleField[] Leak(string path) =>
        [new(path + ".overHours", path, "h", "1–168"), new(path + ".quietMinutes", path, "min", "≥ 1"), new(path + ".spacingMinutes", path, "min", "≥ 1")];
}
