using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeniorIoT.Domain;

/// <summary>A device, as it calls itself on the wire: <c>[A-Za-z0-9_-]{1,64}</c>.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct DeviceId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>JSON as a plain string.</summary>
    public sealed class Converter() : TextIdConverter<DeviceId>(text => new(text), id => id.Value);
}

/// <summary>A household: one address with its residents, devices and contacts.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct HouseholdId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>JSON as a plain string.</summary>
    public sealed class Converter() : TextIdConverter<HouseholdId>(text => new(text), id => id.Value);
}

/// <summary>One episode. The short form <c>A0427</c> is spoken on the phone and stands in texts.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct AlertId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>JSON as a plain string.</summary>
    public sealed class Converter() : TextIdConverter<AlertId>(text => new(text), id => id.Value);
}

/// <summary>Writes an identifier as a plain JSON string.</summary>
public abstract class TextIdConverter<T>(Func<string, T> parse, Func<T, string> format) : JsonConverter<T>
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        parse(reader.GetString() ?? throw new JsonException("An identifier is a string."));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(format(value));
}
