using System.Globalization;

namespace SeniorIoT.TimeSeries.Influx;

/// <summary>Points, events and roll-ups as lines in batches.</summary>
internal static class PointLines
{
    /// <summary>
    /// Samples and events. Values of one device and time share a line; of two values for the same device, metric and time (and of two
    /// details of one event) the greater is written, so that the order within a call does not matter.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A time cannot be stored.</exception>
    /// <exception cref="ArgumentException">A name is missing, or cannot be written; the parameter says which.</exception>
    public static IReadOnlyList<LineBatch> Of(IReadOnlyList<Point> points, IReadOnlyList<EventPoint> events, InfluxOptions options)
    {
        for (var i = 0; i < points.Count; i++)
        {
            PointChecks.Require(points[i], i);
            // Neighbours mostly share a device.
            if (i == 0 || !ReferenceEquals(points[i].Device, points[i - 1].Device)) RequireName(points[i].Device, "points", i, nameof(Point.Device));
        }

        for (var i = 0; i < events.Count; i++)
        {
            PointChecks.Require(events[i], i);
            RequireName(events[i].Device, "events", i, nameof(EventPoint.Device));
            RequireName(events[i].Kind, "events", i, nameof(EventPoint.Kind));
        }

        var batches = new LineBatches(options.Database, options.BatchPointsMax);
        Write(Sorted(points), batches);
        Write(events, batches);
        return batches.Finish();
    }

    /// <summary>Roll-ups: those of hours and those of days, each for its database.</summary>
    /// <param name="days">What is known.</param>
    /// <param name="revision">Unix seconds of computing them, written as a tag; null to overwrite what is there.</param>
    /// <param name="options">Names and limits.</param>
    public static IReadOnlyList<LineBatch> Of(IReadOnlyList<UseDay> days, long? revision, InfluxOptions options)
    {
        for (var i = 0; i < days.Count; i++)
        {
            PointChecks.Require(days[i], i);
            RequireName(days[i].Device, "days", i, nameof(UseDay.Device));
        }

        var stamp = revision?.ToString(CultureInfo.InvariantCulture);
        var (hourly, daily) = (new LineBatches(InfluxSchema.HourlyDatabase(options.Database), options.BatchPointsMax), new LineBatches(InfluxSchema.DailyDatabase(options.Database), options.BatchPointsMax));
        foreach (var day in days)
        {
            for (var hour = 0; hour < day.HourlyMillilitres.Count; hour++)
            {
                Begin(hourly, day.Device, stamp, day.HourlyMillilitres[hour]).End(day.FirstHourMs + hour * 3_600_000L);
                hourly.Count(1);
            }

            Begin(daily, day.Device, stamp, day.Millilitres)
                .Field(InfluxSchema.Day, day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
                .Field(InfluxSchema.Hours, day.HourlyMillilitres.Count)
                .End(day.StartMs);
            daily.Count(1);
        }

        // Hours first: a reader that finds the day finds its hours.
        return [.. hourly.Finish(), .. daily.Finish()];
    }

    private static LineWriter Begin(LineBatches batches, string device, string? stamp, long? used)
    {
        batches.EnsureRoom(device.Length);
        var line = batches.Line.Begin(InfluxSchema.Use).Tag(InfluxSchema.Device, device);
        if (stamp is not null) line.Tag(InfluxSchema.Revision, stamp);
        if (used is { } millilitres) line.Field(InfluxSchema.UsedMillilitres, millilitres);
        return line.Field(InfluxSchema.Known, used is not null);
    }

    private static Point[] Sorted(IReadOnlyList<Point> points)
    {
        var sorted = new Point[points.Count];
        var rises = true;
        for (var i = 0; i < sorted.Length; i++)
        {
            sorted[i] = points[i];
            rises &= i == 0 || Compare(sorted[i - 1], sorted[i]) < 0;
        }

        if (!rises) Array.Sort(sorted, Compare);
        return sorted;
    }

    private static int Compare(Point a, Point b)
    {
        var order = string.CompareOrdinal(a.Device, b.Device);
        if (order == 0) order = a.AtMs.CompareTo(b.AtMs);
        if (order == 0) order = a.Metric.CompareTo(b.Metric);
        return order != 0 ? order : a.Value.CompareTo(b.Value);
    }

    private static void Write(Point[] sorted, LineBatches batches)
    {
        for (var i = 0; i < sorted.Length;)
        {
            var (device, at) = (sorted[i].Device, sorted[i].AtMs);
            batches.EnsureRoom(device.Length);
            var line = batches.Line.Begin(InfluxSchema.Telemetry).Tag(InfluxSchema.Device, device);
            // A line that the batch has no room for is cut in two; the database joins them again.
            var values = 0;
            for (; i < sorted.Length && sorted[i].AtMs == at && sorted[i].Device == device; i++)
            {
                var isLast = i + 1 == sorted.Length || sorted[i + 1].AtMs != at || sorted[i + 1].Metric != sorted[i].Metric || sorted[i + 1].Device != device;
                if (!isLast) continue;
                if (values == batches.Room) break;
                line.Field(InfluxSchema.FieldOf(sorted[i].Metric), sorted[i].Value);
                values++;
            }

            line.End(at);
            batches.Count(values);
        }
    }

    private static void Write(IReadOnlyList<EventPoint> events, LineBatches batches)
    {
        foreach (var happened in events.GroupBy(e => (e.AtMs, e.Device, e.Kind), (_, same) => same.MaxBy(e => e.Detail, StringComparer.Ordinal)).OrderBy(e => e.AtMs))
        {
            batches.EnsureRoom(happened.Device.Length + happened.Kind.Length + happened.Detail.Length);
            batches.Line.Begin(InfluxSchema.Events).Tag(InfluxSchema.Device, happened.Device).Tag(InfluxSchema.Kind, happened.Kind)
                .Field(InfluxSchema.Detail, happened.Detail).End(happened.AtMs);
            batches.Count(1);
        }
    }

    private static void RequireName(string name, string list, int index, string field)
    {
        if (LineWriter.Refusal(name) is { } why) throw new ArgumentException($"'{name}' {why}", $"{list}[{index}].{field}");
    }
}
