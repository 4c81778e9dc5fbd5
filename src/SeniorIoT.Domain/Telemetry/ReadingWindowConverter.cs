using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeniorIoT.Domain.Telemetry;

/// <summary>Writes a window as one flat array of Unix milliseconds and millilitres, each the step from the one before: a tenth of the plain form.</summary>
internal sealed class ReadingWindowConverter : JsonConverter<ReadingWindow>
{
    public override ReadingWindow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("A window of readings is an array of numbers.");
        var readings = ImmutableArray.CreateBuilder<Reading>();
        for (long at = 0, total = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray;)
        {
            at += reader.GetInt64();
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number) throw new JsonException("A reading is a pair of numbers.");
            total += reader.GetInt64();
            readings.Add(new(DateTimeOffset.FromUnixTimeMilliseconds(at), total));
        }

        return readings.Count == 0 ? ReadingWindow.Empty : new(readings.DrainToImmutable());
    }

    public override void Write(Utf8JsonWriter writer, ReadingWindow value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        long at = 0, total = 0;
        foreach (var reading in value.Readings)
        {
            var readAt = reading.At.ToUnixTimeMilliseconds();
            writer.WriteNumberValue(readAt - at);
            writer.WriteNumberValue(reading.TotalMillilitres - total);
            (at, total) = (readAt, reading.TotalMillilitres);
        }

        writer.WriteEndArray();
    }
}
