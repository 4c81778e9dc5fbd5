namespace SeniorIoT.TimeSeries.Influx;

/// <summary>How long to wait before a database that did not take a write is asked again.</summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5), Longest = TimeSpan.FromSeconds(125), AskedShortest = TimeSpan.FromSeconds(1), AskedLongest = TimeSpan.FromDays(1);

    /// <summary>
    /// 5 to 10 s after the first failure, then twice that each time, up to 125 s; at random in between, so that many servers do not come back at
    /// the same moment. What the database asked for wins, however long; more than a day is taken for a mistake,
    /// and less than a second would be no pause.
    /// </summary>
    /// <param name="failures">Failures in a row, 1 or more.</param>
    /// <param name="asked">What <c>Retry-After</c> said, if anything.</param>
    /// <param name="random">A number in [0, 1).</param>
    public static TimeSpan After(int failures, TimeSpan? asked, double random)
    {
        if (asked is { } time) return TimeSpan.FromTicks(Math.Clamp(time.Ticks, AskedShortest.Ticks, AskedLongest.Ticks));
        var wait = First * Math.Pow(2, Math.Min(failures - 1, 10)) * (1 + random);
        return wait < Longest ? wait : Longest;
    }
}
