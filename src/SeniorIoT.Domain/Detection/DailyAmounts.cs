using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// How much water ran on each of the last days, or in each of the last nights: a byte for each, within 2 percent above 17 L and within half
/// a litre below. Immutable.
/// </summary>
public sealed record DailyAmounts
{
    private const byte Unknown = 255;
    private const byte Largest = 254;

    // Whole litres up to here; from here on each code is so much more than the one before: 254 stands for 1700 L.
    private const int ExactLitres = 33;
    private const double Ratio = 1.018;

    /// <summary>The newest day last. A day of which nothing is known is 255.</summary>
    [JsonConverter(typeof(Base64))]
    public ImmutableArray<byte> Codes { get; init; } = [];

    /// <summary>The newest day, in local days since 1970.</summary>
    public long NewestDay { get; init; }

    /// <summary>The day as of which somebody was told last; null when never.</summary>
    public long? ToldOn { get; init; }

    /// <summary>None known.</summary>
    /// <param name="days">How many are kept.</param>
    public static DailyAmounts None(int days) => new() { Codes = [.. Enumerable.Repeat(Unknown, days)] };

    /// <summary>With the amount of a day. One that is older than all that are kept changes nothing.</summary>
    /// <param name="day">Local days since 1970.</param>
    /// <param name="litres">How much ran.</param>
    internal DailyAmounts With(long day, double litres)
    {
        var codes = Codes;
        if (day > NewestDay)
        {
            var kept = (int)Math.Max(0, Codes.Length - (day - NewestDay));
            codes = [.. Codes.TakeLast(kept), .. Enumerable.Repeat(Unknown, Codes.Length - kept)];
        }

        var newest = Math.Max(day, NewestDay);
        var at = codes.Length - 1 - (newest - day);
        if (at < 0 || (newest == NewestDay && codes[(int)at] == CodeOf(litres))) return this;
        return this with { Codes = codes.SetItem((int)at, CodeOf(litres)), NewestDay = newest };
    }

    /// <summary>The known amounts in litres of the days from so many to so many before the newest, smallest first.</summary>
    internal double[] Between(int from, int until) =>
        [.. Codes.SkipLast(from).TakeLast(until - from).Where(code => code != Unknown).Order().Select(LitresOf)];

    /// <summary>The middle one of sorted amounts.</summary>
    internal static double MedianOf(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    private static byte CodeOf(double litres) => litres < ExactLitres
        ? (byte)Math.Round(Math.Max(0, litres))
        : (byte)Math.Min(Largest, ExactLitres + Math.Round(Math.Log(litres / ExactLitres) / Math.Log(Ratio)));

    private static double LitresOf(byte code) => code <= ExactLitres ? code : ExactLitres * Math.Pow(Ratio, code - ExactLitres);

    internal sealed class Base64 : JsonConverter<ImmutableArray<byte>>
    {
        public override ImmutableArray<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => [.. reader.GetBytesFromBase64()];

        public override void Write(Utf8JsonWriter writer, ImmutableArray<byte> value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value.AsSpan());
    }
}
