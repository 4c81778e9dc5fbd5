using SeniorIoT.TimeSeries;

namespace SeniorIoT.Benchmarks.TimeSeries;

/// <summary>
/// Water meters of people who live alone: a register in whole litres every 15 minutes on each meter's own beat, sent some
/// readings at a time, 1 % of the uploads sent twice and 1 % a day late, in order of arrival. The same seed gives the same uploads.
/// </summary>
/// <param name="meters">How many.</param>
/// <param name="days">How many days the first of them report.</param>
/// <param name="full">How many meters report on all days; the others report on the last two only.</param>
/// <param name="sizes">Readings an upload; each meter has one of them.</param>
/// <param name="seed">Of all chance.</param>
internal sealed class Uploads(int meters, int days, int full, int[] sizes, int seed)
{
    private const int ADay = 96;
    private const long StepMs = 15 * 60_000;
    private static readonly long Start = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static string Device(int meter) => $"wm{meter:D7}";

    public static long StartMs => Start;

    /// <summary>Meters that report on all days.</summary>
    public int Full { get; } = full;

    public int Meters { get; } = meters;

    public int Days { get; } = days;

    /// <summary>Points without those sent twice.</summary>
    public long Distinct { get; private set; }

    /// <summary>Sum of their values.</summary>
    public long Sum { get; private set; }

    /// <summary>All uploads, earliest arrival first.</summary>
    public IEnumerable<Point[]> InOrderOfArrival()
    {
        (Distinct, Sum) = (0, 0);
        var random = new Random(seed);
        var names = Enumerable.Range(0, Meters).Select(Device).ToArray();
        var fleet = new (long Offset, long Register, int Size, int Sent)[Meters];
        var arrivals = new PriorityQueue<(int Meter, Point[]? Late), long>();
        for (var m = 0; m < Meters; m++)
        {
            var first = m < Full ? 0 : (Days - 2) * ADay;
            fleet[m] = (random.Next((int)(StepMs / 1_000)) * 1_000, random.Next(500_000) * 1_000L, sizes[random.Next(sizes.Length)], first);
            arrivals.Enqueue((m, null), Start + fleet[m].Offset + (first + random.Next(fleet[m].Size)) * StepMs);
        }

        while (arrivals.TryDequeue(out var arrival, out var at))
        {
            if (arrival.Late is { } late)
            {
                yield return late;
                continue;
            }

            var points = Read(names[arrival.Meter], ref fleet[arrival.Meter], at, random);
            if (fleet[arrival.Meter].Sent < Days * ADay) arrivals.Enqueue((arrival.Meter, null), at + fleet[arrival.Meter].Size * StepMs);
            var fate = random.Next(100);
            if (fate == 0) arrivals.Enqueue((arrival.Meter, points), at + ADay * StepMs);
            else yield return points;
            if (fate == 1) yield return points;
        }
    }

    /// <summary>What a meter has read since its last upload.</summary>
    private Point[] Read(string name, ref (long Offset, long Register, int Size, int Sent) meter, long at, Random random)
    {
        var upload = new List<Point>();
        for (; meter.Sent < Days * ADay && Start + meter.Offset + meter.Sent * StepMs <= at; meter.Sent++)
        {
            var time = Start + meter.Offset + meter.Sent * StepMs;
            meter.Register += Litres(random, (int)((time / 3_600_000 + 8) % 24)) * 1_000L;
            upload.Add(new Point(name, Metric.TotalMillilitres, time, meter.Register));
            Distinct++;
            Sum += meter.Register;
        }

        return [.. upload];
    }

    /// <summary>Litres in a quarter of an hour: seldom at night, often at mealtimes, now and then a shower.</summary>
    private static int Litres(Random random, int localHour)
    {
        var chance = localHour switch { < 5 => 6, < 7 => 30, < 9 => 60, < 11 => 35, < 13 => 55, < 17 => 25, < 20 => 55, < 22 => 35, _ => 12 };
        if (random.Next(100) >= chance) return 0;
        return random.Next(40) == 0 ? random.Next(30, 80) : 1 + random.Next(9) + random.Next(6);
    }
}
