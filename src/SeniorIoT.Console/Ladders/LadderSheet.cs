using System.Globalization;
using SeniorIoT.Api;

namespace SeniorIoT.Console.Ladders;

/// <summary>A step as it is typed.</summary>
public sealed class StepRow
{
    /// <summary>A number of <see cref="Unit"/>.</summary>
    public string After { get; set; } = "";

    /// <summary><c>s</c> or <c>min</c>.</summary>
    public string Unit { get; set; } = "s";

    /// <summary>Who is told.</summary>
    public HashSet<string> Roles { get; } = [];

    /// <summary>In seconds; not a number when it is none, which the server refuses at this field.</summary>
    public double Seconds => LadderSheet.Number(After) is { } number ? number * (Unit == "min" ? 60 : 1) : -1;

    /// <summary>A row for a time and roles.</summary>
    public static StepRow Of(double seconds, IEnumerable<string> roles)
    {
        var isMinutes = seconds >= 120 && seconds % 60 == 0;
        var row = new StepRow { After = (isMinutes ? seconds / 60 : seconds).ToString(CultureInfo.InvariantCulture), Unit = isMinutes ? "min" : "s" };
        row.Roles.UnionWith(roles);
        return row;
    }
}

/// <summary>A ladder as it is typed.</summary>
public sealed class LadderSheet
{
    /// <summary>Steps in the order of the page.</summary>
    public List<StepRow> Steps { get; } = [];

    /// <summary>The repeat; an empty time means none.</summary>
    public StepRow Repeat { get; private init; } = new();

    /// <summary>Minutes; empty: never.</summary>
    public string StopsAfter { get; set; } = "";

    /// <summary>See <see cref="NewLadder.StopsWhenCleared"/>.</summary>
    public bool StopsWhenCleared { get; set; }

    /// <summary>What is there.</summary>
    public static LadderSheet Of(NewLadder ladder)
    {
        var sheet = new LadderSheet
        {
            Repeat = ladder.RepeatEverySeconds is { } every ? StepRow.Of(every, ladder.RepeatRoles ?? []) : new StepRow(),
            StopsAfter = ladder.StopsAfterMinutes?.ToString(CultureInfo.InvariantCulture) ?? "",
            StopsWhenCleared = ladder.StopsWhenCleared,
        };
        sheet.Steps.AddRange((ladder.Steps ?? []).Select(step => StepRow.Of(step.AfterSeconds, step.Roles)));
        return sheet;
    }

    /// <summary>As the server takes it; what is typed wrongly is -1, which it refuses with the field.</summary>
    public NewLadder ToLadder(int? version, string note) => new()
    {
        Steps = [.. Steps.Select(step => new LadderStep(step.Seconds, InOrder(step.Roles)))],
        RepeatEverySeconds = Repeat.After.Trim().Length == 0 ? null : Repeat.Seconds,
        RepeatRoles = Repeat.After.Trim().Length == 0 ? [] : InOrder(Repeat.Roles),
        StopsAfterMinutes = StopsAfter.Trim().Length == 0 ? null : Number(StopsAfter) ?? -1,
        StopsWhenCleared = StopsWhenCleared,
        Version = version,
        Note = note,
    };

    /// <summary>A number as typed; null when it is none.</summary>
    internal static double? Number(string typed) => double.TryParse(typed.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static IReadOnlyList<string> InOrder(HashSet<string> roles) => [.. LadderRoles.All.Where(roles.Contains)];
}

/// <summary>Roles that a ladder can name, in the order of the page. The ids are the API's.</summary>
public static class LadderRoles
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = ["committee_duty", "volunteer", "second_volunteer", "contact", "committee_head", "supervisor"];
}
