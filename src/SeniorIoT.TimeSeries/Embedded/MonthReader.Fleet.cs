namespace SeniorIoT.TimeSeries.Embedded;

/// <summary>Queries about all devices. They are rare, so their statements are made when asked.</summary>
internal sealed partial class MonthReader
{
    /// <summary>The first and the last day with samples or events; null when there are none.</summary>
    public (int First, int Last)? ReadSpan()
    {
        // An empty side gives NULL, which min and max over rows leave out.
        using var span = new Statement(connection, $"""
            SELECT min(first), max(last) FROM (SELECT min(day) AS first, max(day) AS last FROM chunk
                UNION ALL SELECT min(at_ms) / {Calendar.DayMs}, max(at_ms) / {Calendar.DayMs} FROM event)
            """);
        (int, int)? days = span.Step() && !span.IsNull(0) ? ((int)span.Long(0), (int)span.Long(1)) : null;
        span.Reset();
        return days;
    }

    /// <summary>Appends what each device has of a metric on a day, by device. Reads the headers of chunks only.</summary>
    public void ReadTallies(int day, Metric metric, List<Tally> into)
    {
        using var tallies = new Statement(connection, "SELECT device, n, sum FROM chunk WHERE day = ? AND metric = ? ORDER BY device");
        tallies.Bind(1, day);
        tallies.Bind(2, (long)metric);
        while (tallies.Step()) into.Add(new Tally(tallies.Text(0), tallies.Long(1), tallies.Long(2)));
    }

    /// <summary>Appends the events of all devices in a time. Reads every event of the month: there is no index by time.</summary>
    public void ReadEventsOfAll(long fromMs, long toMs, List<EventPoint> into)
    {
        using var events = new Statement(connection,
            "SELECT device, at_ms, kind, detail FROM event WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms, device, kind");
        events.Bind(1, fromMs);
        events.Bind(2, toMs);
        while (events.Step()) into.Add(new EventPoint(events.Text(0), events.Long(1), events.Text(2), events.Text(3)));
    }
}
