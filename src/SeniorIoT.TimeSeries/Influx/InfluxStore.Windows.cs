using System.Runtime.CompilerServices;

namespace SeniorIoT.TimeSeries.Influx;

public sealed partial class InfluxStore
{
    private const long HourMs = 3_600_000;
    private const long FourWeeksMs = 28 * Calendar.DayMs;

    /// <summary>
    /// 3 Core reads at most 432 files a query, and has at least a file for each ten minutes that hold data: three days of samples. Of
    /// roll-ups by hour or by day it has a file for each of them; half of what would fit leaves room for those that were computed again.
    /// </summary>
    private const long RawWindowMs = 72 * HourMs;
    private const long HourlyWindowMs = 9 * Calendar.DayMs;
    private const long DailyWindowMs = 216 * Calendar.DayMs;

    /// <summary>A range of more windows than this is searched for where it holds something first.</summary>
    private const int WindowsMax = 140;

    /// <summary>What is asked for.</summary>
    /// <param name="Database">Where.</param>
    /// <param name="Fields">The list after SELECT.</param>
    /// <param name="Measurement">The list after FROM, without the outer quotes.</param>
    /// <param name="Device">Only this device; null for all.</param>
    /// <param name="WindowMs">How much time 3 Core can be asked for at once.</param>
    private sealed record Selection(string Database, string Fields, string Measurement, string? Device, long WindowMs = RawWindowMs)
    {
        /// <summary>The statement for <c>[fromMs, toMs)</c>.</summary>
        public string Statement(long fromMs, long toMs, string tail = "") =>
            $"SELECT {Fields} FROM \"{Measurement}\" WHERE {(Device is null ? "" : $"\"{InfluxSchema.Device}\" = $device AND ")}time >= {fromMs}ms AND time < {toMs}ms{tail}";
    }

    private static string Quoted(string name) => $"\"{name}\"";

    /// <summary>Reads every row of a range, oldest window first.</summary>
    private async Task ReadAsync(Selection what, long fromMs, long toMs, string[] columns, Action<InfluxRow> take, CancellationToken cancel, string tail = "")
    {
        await foreach (var (from, to) in WindowsAsync(what, fromMs, toMs, false, cancel)) await AskAsync(what, what.Statement(from, to, tail), columns, take, cancel);
    }

    /// <summary>One request. On 3 Core a database that is missing is one in which nothing was written yet: it is made by the first write.</summary>
    private async Task AskAsync(Selection what, string statement, string[] columns, Action<InfluxRow> take, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var bound = what.Device is { } device ? new Dictionary<string, string> { ["device"] = device } : [];
        try
        {
            await _client.QueryAsync(what.Database, statement, bound, columns, take, what.Device is null ? _fleetPatience : _options.Timeout, cancel);
        }
        catch (InfluxQueryException missing) when (missing.IsMissingDatabase && _options.WritePath == InfluxWritePath.V3)
        {
            // Nothing was written yet, so there are no rows.
        }
    }

    /// <summary>Cuts a range into pieces that may be asked for. 1.x and 2.x take it whole, unless <paramref name="pieceMs"/> says otherwise.</summary>
    private async IAsyncEnumerable<(long From, long To)> WindowsAsync(
        Selection what, long fromMs, long toMs, bool newestFirst, [EnumeratorCancellation] CancellationToken cancel, long pieceMs = long.MaxValue)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        (fromMs, toMs) = (Calendar.Clamp(fromMs), Calendar.Clamp(toMs));
        if (fromMs >= toMs) yield break;
        if (_options.WritePath == InfluxWritePath.V3) pieceMs = what.WindowMs;
        var pieces = new Stack<(long From, long To)>([(fromMs, toMs)]);
        while (pieces.TryPop(out var piece))
        {
            var (from, to) = piece;
            if (to - from <= pieceMs)
            {
                yield return piece;
                continue;
            }

            if (_options.WritePath == InfluxWritePath.V3 && (to - from) / pieceMs > WindowsMax && !await MayHoldAsync(what, from, to, cancel)) continue;
            // Cut at multiples of the piece, so that none reaches into a file more than it must.
            var middle = Math.Clamp((from + to) / 2 / pieceMs * pieceMs, from, to);
            if (middle <= from) middle = from + Math.Min(pieceMs, pieceMs - from % pieceMs);
            pieces.Push(newestFirst ? (from, middle) : (middle, to));
            pieces.Push(newestFirst ? (middle, to) : (from, middle));
        }
    }

    /// <summary>Whether a long range may hold a row. A server that refuses to look says yes.</summary>
    private async Task<bool> MayHoldAsync(Selection what, long fromMs, long toMs, CancellationToken cancel)
    {
        var found = false;
        try
        {
            // Not what is asked for, which may be a sum that is a row even where there is nothing.
            await AskAsync(what, (what with { Fields = "*" }).Statement(fromMs, toMs, " LIMIT 1"), ["time"], _ => found = true, cancel);
            return found;
        }
        catch (InfluxQueryException refused) when (refused.IsRefusal)
        {
            // Too many files: so there is something.
            return true;
        }
    }
}
