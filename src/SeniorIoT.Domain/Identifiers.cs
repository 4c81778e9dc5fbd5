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

/// <summary>
/// Somebody who acts, and who may share a name with others: whoever answers a phone number (<c>tel:+8613800000001</c>) or logs in as a user
/// (<c>user:an</c>). Beside it stands the name, to be shown.
/// </summary>
[JsonConverter(typeof(Converter))]
public readonly record struct PersonId(string Value)
{
    private const string Tel = "tel:";
    private const string Login = "user:";

    /// <summary>The phone number in E.164; null for a user.</summary>
    public string? Phone => Value.StartsWith(Tel, StringComparison.Ordinal) ? Value[Tel.Length..] : null;

    /// <summary>The user's name in lower case; null for a phone number.</summary>
    public string? User => Value.StartsWith(Login, StringComparison.Ordinal) ? Value[Login.Length..] : null;

    /// <summary>Whoever has a number, however it is written; null when it cannot be one.</summary>
    public static PersonId? OfPhone(string written) => Notices.PhoneNumber.ToE164(written) is { } number ? new(Tel + number) : null;

    /// <summary>A user; upper and lower case are the same.</summary>
    public static PersonId OfUser(string name) => new(Login + name.ToLowerInvariant());

    /// <summary>Whether two are the same person: by id where both are known, else by name.</summary>
    public static bool IsSame(PersonId? id, string name, PersonId? otherId, string otherName) => id is null || otherId is null ? name == otherName : id == otherId;

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>JSON as a plain string.</summary>
    public sealed class Converter() : TextIdConverter<PersonId>(text => new(text), id => id.Value);
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
