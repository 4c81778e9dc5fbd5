using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Alerts;

/// <summary>A time that the water chart can show, and in which steps.</summary>
/// <param name="Id">Names it in texts and tests.</param>
/// <param name="Every">The step, as the API calls it.</param>
/// <param name="Steps">How many of them.</param>
public sealed record ChartRange(string Id, string Every, int Steps)
{
    /// <summary>All of them, the shortest first, which is also the one shown first.</summary>
    public static IReadOnlyList<ChartRange> All { get; } = [new("week", "1h", 7 * 24), new("month", "1d", 30), new("year", "1d", 365)];

    /// <summary>Whether a step is a day.</summary>
    public bool IsDaily => Every == "1d";

    /// <summary>The time to ask for, up to and with the step that is running at <paramref name="now"/>.</summary>
    public (DateTimeOffset From, DateTimeOffset To) Span(DateTimeOffset now)
    {
        if (IsDaily)
        {
            // From a noon, which is within its day also where the clocks changed since. The server gives whole days.
            return (Times.DayOf(now).AddHours(12).AddDays(1 - Steps), now);
        }

        var until = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerHour)).AddHours(1);
        return (until.AddHours(-Steps), until);
    }

    /// <summary>Whether something begins at a step that is worth a line: a day, or in a year a month.</summary>
    public bool IsMarked(DateTimeOffset at) => Times.Local(at) is var local && (Id == "year" ? local.Day == 1 : IsDaily ? local.DayOfWeek == DayOfWeek.Monday : local.Hour == 0);

    /// <summary>Which step, in words.</summary>
    public string Name(DateTimeOffset at) => IsDaily ? Times.Text(at, "yyyy-MM-dd") : $"{Times.Text(at, "MM-dd HH:mm")}–{Times.Text(at.AddHours(1), "HH:mm")}";
}
