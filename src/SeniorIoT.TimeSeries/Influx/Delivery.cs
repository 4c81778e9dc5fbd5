using System.Text;

namespace SeniorIoT.TimeSeries.Influx;

/// <summary>
/// Rows on their way to the database. They are sent whole; what is refused is halved until single lines remain, in order, so that of
/// two values for one point the later still wins. Done when every line is accounted for. Knows nothing of time and network.
/// </summary>
internal sealed class Delivery(IReadOnlyList<QueueRow> rows)
{
    private const int ErrorLengthMax = 1_000;

    private readonly Stack<List<ReadOnlyMemory<byte>>> _pieces = [];
    private readonly List<Refusal> _refused = [];
    private byte[]? _body = rows.Count == 1 ? rows[0].Gzip : [.. rows.SelectMany(row => row.Gzip)];
    private long _refusedPoints;

    public IReadOnlyList<QueueRow> Rows => rows;

    public string Database => rows[0].Database;

    /// <summary>Whether the rows were taken apart, so that starting again with other rows would repeat work.</summary>
    public bool IsSplit { get; private set; }

    public bool IsDone { get; private set; }

    /// <summary>Whether we cannot unpack it either.</summary>
    public bool IsDamaged => !IsSplit && rows.Any(row => !Lines.IsSound(row.Gzip));

    /// <summary>Lines that nobody will ever take.</summary>
    public IReadOnlyList<Refusal> Refused => _refused;

    /// <summary>Values in lines that were too old for the database.</summary>
    public long ExpiredPoints { get; private set; }

    /// <summary>Values that are in the database. Meaningful when done.</summary>
    public long WrittenPoints => Math.Max(0, rows.Sum(row => (long)row.Points) - _refusedPoints - ExpiredPoints);

    /// <summary>What to send next, gzip.</summary>
    public byte[] Next => _body ??= Lines.Compress(_pieces.Peek());

    /// <summary>What was sent is in the database.</summary>
    public void Written()
    {
        if (_pieces.Count > 0) _pieces.Pop();
        Move();
    }

    /// <summary>Something in what was sent is not acceptable: halve it, or give up a single line.</summary>
    public void Refuse(string error)
    {
        var lines = Take();
        if (lines.Count > 1)
        {
            _pieces.Push(lines[(lines.Count / 2)..]);
            _pieces.Push(lines[..(lines.Count / 2)]);
        }
        else if (lines.Count == 1)
        {
            _refused.Add(new Refusal(Database, Encoding.UTF8.GetString(lines[0].Span).TrimEnd('\n'), error.Length > ErrorLengthMax ? error[..ErrorLengthMax] : error));
            _refusedPoints += Lines.ValuesIn(lines[0].Span);
        }

        Move();
    }

    /// <summary>
    /// Lines older than the database keeps were dropped. Such an answer may hide that others were refused too (1.x says so only when nothing
    /// expired), so the others go once more; what is there already does not change by that.
    /// </summary>
    /// <param name="dropped">How many; 0 when the answer did not say.</param>
    /// <param name="error">The database's words.</param>
    public void Expire(int dropped, string error)
    {
        var lines = Take();
        if (lines.Count > 1 && dropped <= 0)
        {
            _pieces.Push(lines);
            Refuse(error);
            return;
        }

        // Retention is a border in time: what was dropped is what is oldest. A line without a time cannot have been judged by it.
        HashSet<int> expired = lines.Count == 1
            ? [0]
            : Enumerable.Range(0, lines.Count).Where(i => Lines.TimeOf(lines[i].Span) is not null).OrderBy(i => Lines.TimeOf(lines[i].Span)).Take(dropped).ToHashSet();
        ExpiredPoints += expired.Sum(i => (long)Lines.ValuesIn(lines[i].Span));
        var rest = lines.Where((_, i) => !expired.Contains(i)).ToList();
        if (expired.Count == 0) _pieces.Push(lines);
        else if (rest.Count > 0) _pieces.Push(rest);
        if (expired.Count == 0) Refuse(error);
        else Move();
    }

    private List<ReadOnlyMemory<byte>> Take()
    {
        if (IsSplit) return _pieces.Pop();
        IsSplit = true;
        return [.. rows.SelectMany(LinesOf)];
    }

    private List<ReadOnlyMemory<byte>> LinesOf(QueueRow row)
    {
        try
        {
            return Lines.Split(Lines.Expand(row.Gzip));
        }
        catch (InvalidDataException error)
        {
            // Nobody can read it any more. It is said, once, and what comes behind it goes on.
            _refused.Add(new Refusal(Database, "", $"Row {row.Id} of the spool is damaged, its {row.Points} points are lost: {error.Message}"));
            _refusedPoints += row.Points;
            return [];
        }
    }

    private void Move()
    {
        _body = null;
        IsDone = _pieces.Count == 0;
    }
}
