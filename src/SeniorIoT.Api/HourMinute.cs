using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeniorIoT.Api;

/// <summary>A time of day as people write it: <c>"05:00"</c>, from 00:00 to 23:59. Anything else is refused.</summary>
public sealed class HourMinute : JsonConverter<TimeOnly>
{
    /// <inheritdoc/>
    public override TimeOnly Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TimeOnly.TryParseExact(reader.GetString(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new JsonException("A time of day is written \"HH:mm\", from 00:00 to 23:59.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeOnly value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString("HH:mm", CultureInfo.InvariantCulture));
}
