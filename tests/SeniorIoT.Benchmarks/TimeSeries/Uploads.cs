using SeniorIoT.TimeSeries;

namespace SeniorIoT.Benchmarks.TimeSeries;

/// <summary>
/// Water meters of people who live alone: a register in whole litres every 15 minutes on each meter's own beat, sent some
/// readings at a time, 1 % of the uploads sent twice and 1 % a day late, in order of arrival. The same seed gives the same uploads.
/// </summary>
internal sealed class Uploads(int meters, int days, int[] sizes, int seed)
{
    private const long StepMs = 15 * 60_000;
    private static readonly long Start = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static string Device(int meter) => $"wm{meter:D7}";

    public static long StartMs => Start;

    /// <summary>All uploads, earliest arrival first.</summary>
    public IEnumerable<Point[]> InOrderOfArrival()
    {
        var random = new Random(seed);
        var perMeter = days * 96;
        var fleet = new (long Offset, long Register, int Size, int Sent)[meters];
        var arrivals = new PriorityQueue<(int Meter, Point[]? Late), long>();
        for (var m = 0; m < meters; m++)
        {
            fleet[m] = (random.Next((int)(StepMs / 1_000)) * 1_000, random.Next(500_000) * 1_000L, sizes[random.Next(sizes.Length)], 0);
            arrivals.Enqueue((m, null), Start + fleet[m].Offset + random.Next(fleet[m].Size) * StepMs);
        }

        while (arrivals.TryDequeue(out var arrival, out var at))
        {
            if (arrival.Late is { } late)
            {
                yield return late;
                continue;
            }

            ref var meter = ref fleet[arrival.Meter];
            var upload = new List<Point>();
            for (; meter.Sent < perMeter && Start + meter.Offset + meter.Sent * StepMs <= at; meter.Sent++)
            {
                var time = Start + meter.Offset + meter.Sent * StepMs;
                meter.Register += Litres(random, (int)((time / 3_600_000 + 8) % 24)) * 1_000L;
                upload.Add(new Point(Device(arrival.Meter), Metric.TotalMillilitres, time, meter.Register));
            }

            Point[] points = [.. upload];
            if (meter.Sent < perMeter) arrivals.Enqueue((arrival.Meter, null), at + meter.Size * StepMs);
            var fate = random.Next(100);
            if (fate == 0) arrivals.Enqueue((arrival.Meter, points), at + 96 * StepMs);
            else yield return points;
            if (fate == 1) yield return points;
        }
    }

    /// <summary>Litres in a quarter of an hour: seldom at night, often at mealtimes, now and then a shower.</summary>
    private static int Litres(Random random, int localHour)
    {
        var chance = localHour switch { < 5 => 6, < 7 => 30, < 9 => 60, < 11 => 35, < 13 => 55, < 17 => 25, < 20 => 55, < 22 => 35, _ => 12 };
        if (random.Next(100) >= chance) return 0;
        return random.Next(40) == 0 ? random.Next(30, 80) : 1 + random.Next(9) + random.Next(6);
    }
}
