using CsCheck;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Tests.Detection;

/// <summary>A home's true use to the minute, what one step of its meter is worth in millilitres, and the minutes at which the meter is read.</summary>
internal sealed record TrueHome(long[] UsedByMinute, long Step, int[] ReadAt)
{
    public const int DaysMax = 5;

    public Reading[] Readings { get; } = [.. ReadAt.Select(minute => new Reading(Meter.Start.AddMinutes(minute), UsedByMinute[minute] / Step * Step))];

    public long TrueUse(DateTimeOffset from, DateTimeOffset until) => UsedByMinute[Minute(until)] - UsedByMinute[Math.Max(0, Minute(from))];

    public override string ToString() => $"step {Step} mL, read {string.Join(' ', Readings.Select(r => $"{(r.At - Meter.Start).TotalMinutes}:{r.TotalMillilitres}"))}";

    /// <summary>Draws at random moments, some tiny (a dripping tap), some a shower; read hourly, quarter-hourly or whenever.</summary>
    public static Gen<TrueHome> Any(params long[] steps) =>
        from draws in Gen.Select(Gen.Int[0, DaysMax * 1440 - 1], Gen.Int[1, 90], Gen.Long[1, 9_000]).Array[0, 14]
        from step in Gen.Int[0, steps.Length - 1].Select(i => steps[i])
        from readAt in Gen.OneOf(
            Gen.Int[0, DaysMax * 1440].Array[1, 40],
            Gen.Int[13, DaysMax * 24].Select(hours => Enumerable.Range(0, hours).Select(hour => hour * 60).ToArray()),
            Gen.Int[50, 300].Select(quarters => Enumerable.Range(0, quarters).Select(quarter => quarter * 15).ToArray()))
        select new TrueHome(Used(draws), step, [.. readAt.Distinct().Order()]);

    /// <summary>Messages in any order, some of their readings repeated.</summary>
    public static Gen<(TrueHome Home, Reading[][] Batches)> InAnyOrder(params long[] steps) =>
        from home in Any(steps)
        from shuffled in Gen.Shuffle(home.Readings)
        from again in Gen.Int[0, shuffled.Length].Array[0, 4]
        from cuts in Gen.Int[0, shuffled.Length].Array[0, 8]
        select (home, Cut([.. shuffled, .. again.Select(i => shuffled[i % shuffled.Length])], cuts));

    public static Reading[][] Cut(Reading[] readings, int[] cuts)
    {
        int[] edges = [0, .. cuts.Where(cut => cut < readings.Length).Order(), readings.Length];
        return [.. edges.Zip(edges.Skip(1)).Where(edge => edge.First < edge.Second).Select(edge => readings[edge.First..edge.Second])];
    }

    private static int Minute(DateTimeOffset at) => (int)(at - Meter.Start).TotalMinutes;

    private static long[] Used((int Minute, int Minutes, long MillilitresPerMinute)[] draws)
    {
        var used = new long[DaysMax * 1440 + 100];
        foreach (var (start, minutes, flow) in draws)
            for (var minute = start + 1; minute <= start + minutes && minute < used.Length; minute++) used[minute] += flow;
        for (var minute = 1; minute < used.Length; minute++) used[minute] += used[minute - 1];
        return used;
    }
}
