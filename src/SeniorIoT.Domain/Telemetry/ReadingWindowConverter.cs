using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeniorIoT.Domain.Telemetry;

/// <summary>
/// Writes a window as Base64 of variable-length numbers: for each reading how its distance in milliseconds differs from the one before,
/// and by how many millilitres the register rose. A meter with an even rhythm takes three to four characters a reading. Also reads the
/// flat array of numbers that was written before.
/// </summary>
internal sealed class ReadingWindowConverter : JsonConverter<ReadingWindow>
{
    private const int BytesPerNumberMax = 10;

    public override ReadingWindow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var readings = reader.TokenType switch
        {
            JsonTokenType.String when reader.TryGetBytesFromBase64(out var bytes) => Unpack(bytes),
            JsonTokenType.StartArray => ReadNumbers(ref reader),
            _ => throw new JsonException("A window of readings is Base64, or an array of numbers."),
        };
        return readings.Length == 0 ? ReadingWindow.Empty : new(readings);
    }

    public override void Write(Utf8JsonWriter writer, ReadingWindow value, JsonSerializerOptions options)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(2 * BytesPerNumberMax * value.Count);
        var length = 0;
        long at = 0, distance = 0, total = 0;
        foreach (var reading in value.Readings)
        {
            var readAt = reading.At.ToUnixTimeMilliseconds();
            Put(bytes, ref length, readAt - at - distance);
            Put(bytes, ref length, reading.TotalMillilitres - total);
            (distance, at, total) = (at == 0 ? 0 : readAt - at, readAt, reading.TotalMillilitres);
        }

        writer.WriteBase64StringValue(bytes.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private static ImmutableArray<Reading> Unpack(ReadOnlySpan<byte> bytes)
    {
        var readings = ImmutableArray.CreateBuilder<Reading>(bytes.Length / 2);
        for (long at = 0, distance = 0, total = 0; bytes.Length > 0;)
        {
            var before = at;
            at += distance + Take(ref bytes);
            total += Take(ref bytes);
            distance = before == 0 ? 0 : at - before;
            readings.Add(new(DateTimeOffset.FromUnixTimeMilliseconds(at), total));
        }

        return readings.DrainToImmutable();
    }

    private static ImmutableArray<Reading> ReadNumbers(ref Utf8JsonReader reader)
    {
        var readings = ImmutableArray.CreateBuilder<Reading>();
        for (long at = 0, total = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray;)
        {
            at += reader.GetInt64();
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number) throw new JsonException("A reading is a pair of numbers.");
            total += reader.GetInt64();
            readings.Add(new(DateTimeOffset.FromUnixTimeMilliseconds(at), total));
        }

        return readings.DrainToImmutable();
    }

    // Seven bits a byte, the smallest first; the sign is the lowest bit, so that small numbers of either sign are short.
    private static void Put(byte[] bytes, ref int length, long number)
    {
        var rest = (ulong)((number << 1) ^ (number >> 63));
        for (; rest > 0x7F; rest >>= 7) bytes[length++] = (byte)(rest | 0x80);
        bytes[length++] = (byte)rest;
    }

    private static long Take(ref ReadOnlySpan<byte> bytes)
    {
        ulong number = 0;
        for (var i = 0; i < bytes.Length && i < BytesPerNumberMax; i++)
        {
            number |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] > 0x7F) continue;
            bytes = bytes[(i + 1)..];
            return (long)(number >> 1) ^ -(long)(number & 1);
        }

        throw new JsonException("A window of readings ends in the middle of a number.");
    }
}
