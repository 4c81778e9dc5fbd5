using System.Buffers;
using System.IO.Compression;

namespace SeniorIoT.TimeSeries.Influx;

/// <summary>
/// Gathers lines for one database and cuts them into batches of at most a number of values and less than 1 MB of text. A line that
/// is longer by itself is a batch by itself.
/// </summary>
internal sealed class LineBatches
{
    /// <summary>A server's limit counts from 10 MB (3 Core); a batch stays far below, so that several can be sent as one.</summary>
    private const int TextBytesMax = 1_000_000;

    private readonly string _database;
    private readonly int _valuesMax;
    private readonly ArrayBufferWriter<byte> _text = new(65_536);
    private readonly List<LineBatch> _done = [];
    private int _values;

    public LineBatches(string database, int valuesMax)
    {
        (_database, _valuesMax) = (database, valuesMax);
        Line = new LineWriter(_text);
    }

    /// <summary>Writes the next line; call <see cref="EnsureRoom"/> before it and <see cref="Count"/> for its values.</summary>
    public LineWriter Line { get; }

    /// <summary>How many values the batch can still take.</summary>
    public int Room => _valuesMax - _values;

    /// <summary>Begins another batch when this one is full or cannot take so many more characters.</summary>
    /// <param name="characters">Of the names and texts of the next line.</param>
    public void EnsureRoom(int characters)
    {
        // A character is at most 3 bytes of UTF-8, or 2 with its escape; the rest of a line is keys and numbers.
        if (_values > 0 && (Room <= 0 || _text.WrittenCount + characters * 3L + 300 >= TextBytesMax)) Cut();
    }

    public void Count(int values) => _values += values;

    /// <summary>All batches; call it once, at the end.</summary>
    public IReadOnlyList<LineBatch> Finish()
    {
        if (_values > 0) Cut();
        return _done;
    }

    private void Cut()
    {
        using var packed = new MemoryStream(_text.WrittenCount / 4 + 64);
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(_text.WrittenSpan);
        _done.Add(new LineBatch(_database, _values, packed.ToArray()));
        _text.ResetWrittenCount();
        _values = 0;
    }
}
