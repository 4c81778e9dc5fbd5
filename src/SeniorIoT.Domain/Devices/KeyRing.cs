using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeniorIoT.Domain.Devices;

/// <summary>
/// The last <see cref="KeysMax"/> message keys of a device, so that a message sent again is known. Holds 64-bit digests rather
/// than texts, because a million devices carry one each. Immutable.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed class KeyRing
{
    /// <summary>Keys remembered. More than a device may have in flight; an older repeat is caught by the alert's cause.</summary>
    public const int KeysMax = 32;

    private const int TextBytesMax = 256;

    private readonly ImmutableArray<ulong> _digests;

    private KeyRing(ImmutableArray<ulong> digests) => _digests = digests;

    /// <summary>No keys.</summary>
    public static KeyRing Empty { get; } = new([]);

    /// <summary>Whether the key is among the last ones.</summary>
    public bool Contains(string key) => _digests.Contains(Digest(key));

    /// <summary>The ring with this key as its newest; the oldest goes when it is full.</summary>
    public KeyRing With(string key)
    {
        ReadOnlySpan<ulong> kept = _digests.AsSpan();
        if (kept.Length == KeysMax) kept = kept[1..];
        return new([.. kept, Digest(key)]);
    }

    // FNV-1a: the same in every process and on every machine, which string.GetHashCode is not.
    private static ulong Digest(string key)
    {
        var digest = 14695981039346656037UL;
        Span<byte> units = stackalloc byte[TextBytesMax];
        foreach (var unit in Encoding.UTF8.TryGetBytes(key, units, out var length) ? units[..length] : Encoding.UTF8.GetBytes(key)) digest = unchecked((digest ^ unit) * 1099511628211UL);
        return digest;
    }

    internal sealed class Converter : JsonConverter<KeyRing>
    {
        public override KeyRing Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new([.. MemoryMarshal.Cast<byte, ulong>(reader.GetBytesFromBase64())]);

        public override void Write(Utf8JsonWriter writer, KeyRing value, JsonSerializerOptions options) =>
            writer.WriteBase64StringValue(MemoryMarshal.AsBytes(value._digests.AsSpan()));
    }
}
