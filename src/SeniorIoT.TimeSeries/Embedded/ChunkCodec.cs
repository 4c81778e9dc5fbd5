namespace SeniorIoT.TimeSeries.Embedded;

/// <summary>
/// Samples of one series and one day as few bytes. The first sample stands beside the bytes; they hold the rest as two
/// streams: differences of the time differences, then differences of the values, each divided by what divides all of them.
/// A meter that reports on a regular beat costs nothing for its times, and a night without water nothing for its values.
/// <para>
/// Each difference is zigzag coded: 0 is one zero; 1 and a varint k are k + 3 zeros; any other token t, a varint, is t - 1.
/// Arithmetic wraps, so every long survives. Equal samples always give equal bytes.
/// </para>
/// </summary>
internal static class ChunkCodec
{
    /// <summary>No sample takes more than this: two tokens of at most ten bytes.</summary>
    public const int BytesPerSampleMax = 20;

    private const int Version = 1;
    private const byte RunMark = 1;
    private const int RunMin = 3;

    private static readonly long[] TimeUnits = [1, 1_000, 60_000];
    private static readonly long[] ValueUnits = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

    /// <summary>Writes all but the first sample. Times must rise.</summary>
    /// <param name="samples">One or more.</param>
    /// <param name="into">Room for <see cref="BytesPerSampleMax"/> a sample.</param>
    /// <param name="length">How many bytes were written; none for a single sample.</param>
    /// <returns>How to read the bytes: version, time unit and value unit.</returns>
    public static byte Encode(ReadOnlySpan<Sample> samples, Span<byte> into, out int length)
    {
        int timeUnit = TimeUnits.Length - 1, valueUnit = ValueUnits.Length - 1;
        for (var i = 1; i < samples.Length; i++)
        {
            while ((samples[i].AtMs - samples[i - 1].AtMs) % TimeUnits[timeUnit] != 0) timeUnit--;
            while (unchecked(samples[i].Value - samples[i - 1].Value) % ValueUnits[valueUnit] != 0) valueUnit--;
        }

        var writer = new Writer(into);
        var step = 0L;
        for (var i = 1; i < samples.Length; i++)
        {
            var next = (samples[i].AtMs - samples[i - 1].AtMs) / TimeUnits[timeUnit];
            writer.Write(next - step);
            step = next;
        }

        writer.EndRun();
        for (var i = 1; i < samples.Length; i++) writer.Write(unchecked(samples[i].Value - samples[i - 1].Value) / ValueUnits[valueUnit]);
        writer.EndRun();
        length = writer.Length;
        return (byte)(Version << 5 | timeUnit << 3 | valueUnit);
    }

    /// <summary>Appends the <paramref name="count"/> samples of a chunk to <paramref name="into"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes were not written by <see cref="Encode"/>.</exception>
    public static void Decode(byte codec, ReadOnlySpan<byte> bytes, int count, Sample first, List<Sample> into)
    {
        int timeUnit = codec >> 3 & 3, valueUnit = codec & 7;
        if (codec >> 5 != Version || timeUnit >= TimeUnits.Length || valueUnit >= ValueUnits.Length)
            throw new InvalidDataException($"Telemetry chunk has codec {codec}, which this program does not know. Start the program that wrote it.");

        var start = into.Count;
        var (at, step) = (first.AtMs, 0L);
        into.Add(first);
        var reader = new Reader(bytes);
        for (var i = 1; i < count; i++)
        {
            unchecked
            {
                step += reader.Next();
                at += step * TimeUnits[timeUnit];
            }

            into.Add(new Sample(at, 0));
        }

        var samples = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(into)[start..];
        for (var i = 1; i < count; i++)
            samples[i] = samples[i] with { Value = unchecked(samples[i - 1].Value + reader.Next() * ValueUnits[valueUnit]) };
        reader.End();
    }

    private ref struct Writer(Span<byte> into)
    {
        private readonly Span<byte> _into = into;
        private int _zeros;

        public int Length { get; private set; }

        public void Write(long value)
        {
            if (value == 0)
            {
                _zeros++;
                return;
            }

            EndRun();
            var token = unchecked((ulong)(value << 1 ^ value >> 63) + 1);
            if (token is not 0 and < 0x80)
            {
                _into[Length++] = (byte)token;
                return;
            }

            // The token of long.MinValue wraps to 0. As two bytes, 80 00, it is no single zero to the reader, who looks at the first byte.
            _into[Length++] = (byte)(token | 0x80);
            WriteVarint(token >> 7);
        }

        public void EndRun()
        {
            if (_zeros >= RunMin)
            {
                _into[Length++] = RunMark;
                WriteVarint((ulong)(_zeros - RunMin));
            }
            else
            {
                for (; _zeros > 0; _zeros--) _into[Length++] = 0;
            }

            _zeros = 0;
        }

        private void WriteVarint(ulong value)
        {
            for (; value >= 0x80; value >>= 7) _into[Length++] = (byte)(value | 0x80);
            _into[Length++] = (byte)value;
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _at;
        private ulong _zeros;

        public long Next()
        {
            if (_zeros > 0)
            {
                _zeros--;
                return 0;
            }

            if (_at == _bytes.Length) throw Broken();
            if (_bytes[_at] == 0)
            {
                _at++;
                return 0;
            }

            if (_bytes[_at] == RunMark)
            {
                _at++;
                _zeros = ReadVarint() + RunMin - 1;
                return 0;
            }

            var zigzag = unchecked(ReadVarint() - 1);
            return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
        }

        public readonly void End()
        {
            if (_zeros > 0 || _at < _bytes.Length) throw Broken();
        }

        private ulong ReadVarint()
        {
            var value = 0UL;
            for (var shift = 0; _at < _bytes.Length && shift < 70; shift += 7)
            {
                var next = _bytes[_at++];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80) return value;
            }

            throw Broken();
        }

        private static InvalidDataException Broken() =>
            new("Telemetry chunk is damaged: its bytes do not match its number of samples. Restore the month file from a backup.");
    }
}
