using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeniorIoT.Domain.Households;

/// <summary>
/// A part of the district: all of it, a sub-district, or a neighbourhood committee. A committee is known by its sub-district and its name together,
/// for most cities have several of one name. The default value is none.
/// </summary>
/// <param name="SubDistrict">Name of the sub-district; empty for the whole district.</param>
/// <param name="Committee">Name of the committee; empty for a whole sub-district.</param>
[JsonConverter(typeof(AreaJson))]
public readonly record struct Area(string SubDistrict, string Committee)
{
    private const char Separator = '·';
    private const string DistrictKey = "district";

    /// <summary>The whole district.</summary>
    public static Area District { get; } = new("", "");

    /// <summary>
    /// Whether it is a committee without a sub-district: a name that nobody placed yet. It holds nothing, and nothing is around it but the district.
    /// </summary>
    public bool IsUnplaced => SubDistrict.Length == 0 && Committee.Length > 0;

    /// <summary>A committee or sub-district of which nobody knows more than the name.</summary>
    public static Area Unplaced(string name) => new("", name);

    /// <summary>
    /// One text for each area, as it is stored: <c>district</c>, <c>江苏路街道·</c> or <c>江苏路街道·北一居委会</c>. In names <c>·</c> is written %B7 and % is written %25.
    /// </summary>
    public string Key => this == District ? DistrictKey : $"{Escape(SubDistrict)}{Separator}{Escape(Committee)}";

    /// <summary>The name alone, which other areas may have too.</summary>
    public string Name => this == District ? DistrictKey : Committee.Length > 0 ? Committee : SubDistrict;

    /// <summary>The area and those it lies in, the nearest first; the district is always the last.</summary>
    public IEnumerable<Area> Around
    {
        get
        {
            if (Committee.Length > 0 && SubDistrict.Length > 0) yield return this;
            if (SubDistrict.Length > 0) yield return SubDistrictOf;
            yield return District;
        }
    }

    /// <summary>Its whole sub-district.</summary>
    public Area SubDistrictOf => new(SubDistrict, "");

    /// <summary>Whether another area lies in this one or is the same.</summary>
    public bool Contains(Area other) =>
        this == District || (SubDistrict.Length > 0 && SubDistrict == other.SubDistrict && (Committee.Length == 0 || Committee == other.Committee));

    /// <summary>The area of a <see cref="Key"/>; null for any other text.</summary>
    public static Area? Parse(string key) => key == DistrictKey ? District
        : key.Split(Separator) is [var subDistrict, var committee] && subDistrict.Length + committee.Length > 0 ? new(Unescape(subDistrict), Unescape(committee))
        : null;

    /// <inheritdoc/>
    public override string ToString() => Key;

    private static string Escape(string name) => name.Replace("%", "%25", StringComparison.Ordinal).Replace("·", "%B7", StringComparison.Ordinal);

    private static string Unescape(string name) => name.Replace("%B7", "·", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal);
}

/// <summary>An area in JSON is its <see cref="Area.Key"/>.</summary>
public sealed class AreaJson : JsonConverter<Area>
{
    /// <inheritdoc/>
    public override Area Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Area.Parse(reader.GetString() ?? "") ?? throw new JsonException("Is not the key of an area, such as district or 江苏路街道·北一居委会.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Area value, JsonSerializerOptions options) => writer.WriteStringValue(value.Key);
}
