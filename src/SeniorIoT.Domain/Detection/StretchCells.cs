using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// For every two hours of weekdays and of weekends: how many stretches without water that began then lasted long, and how much time such
/// stretches took together. Halved every quarter of a year. Immutable.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed class StretchCells
{
    private const int HoursEach = 2;
    private const int CellsADay = 24 / HoursEach;
    private const int Count = 2 * CellsADay;
    private const double LongUnit = 1 / 256.0;
    private const double MonthUnit = 1 / 4096.0;
    private const double HoursAMonth = 730.5;
    private const double WeeksToHalf = 13;

    // A home of which nothing is known: so many long stretches in a month of such time, counted as strongly as a tenth of a month.
    private const double LongAMonth = 6;
    private const double PriorMonths = 0.1;

    // Time beyond is no time at home, in which somebody could have fallen.
    private const double HomeHoursMax = 12;

    private readonly ushort[] _cells; // long stretches, then months, for each

    private StretchCells(ushort[] cells) => _cells = cells;

    /// <summary>Nothing seen.</summary>
    public static StretchCells Empty { get; } = new(new ushort[2 * Count]);

    /// <summary>How many times as often as in an unknown home a stretch that begins in this hour lasts long.</summary>
    /// <param name="hour">Local hours since 1970.</param>
    internal double RatioOf(long hour)
    {
        var at = PlaceOf(hour);
        return (_cells[at] * LongUnit + PriorMonths * LongAMonth) / ((_cells[at + 1] * MonthUnit + PriorMonths) * LongAMonth);
    }

    /// <summary>With one more stretch, so many weeks after the last.</summary>
    internal StretchCells After(int weeks, Stretch stretch)
    {
        if (weeks == 0 && stretch.StartHour is null) return this;
        var cells = (ushort[])_cells.Clone();
        if (weeks > 0)
        {
            var kept = Math.Pow(0.5, weeks / WeeksToHalf);
            for (var i = 0; i < cells.Length; i++) cells[i] = (ushort)(cells[i] * kept);
        }

        if (stretch.StartHour is { } start)
        {
            var at = PlaceOf(start);
            if (stretch.IsLong) cells[at] = Sum(cells[at], 1 / LongUnit);
            cells[at + 1] = Sum(cells[at + 1], Math.Min(stretch.Length.TotalHours + 0.5, HomeHoursMax) / HoursAMonth / MonthUnit);
        }

        return new(cells);
    }

    private static ushort Sum(ushort value, double more) => (ushort)Math.Min(value + Math.Round(more), ushort.MaxValue);

    private static int PlaceOf(long hour) => 2 * ((Habit.IsWeekend(hour) ? CellsADay : 0) + (int)(hour % 24) / HoursEach);

    internal sealed class Converter : JsonConverter<StretchCells>
    {
        public override StretchCells Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var bytes = reader.GetBytesFromBase64();
            if (bytes.Length != 4 * Count) throw new JsonException($"The stretches of a habit have {4 * Count} bytes.");
            var cells = new ushort[2 * Count];
            for (var i = 0; i < cells.Length; i++) cells[i] = (ushort)(bytes[2 * i] | (bytes[2 * i + 1] << 8));
            return new(cells);
        }

        public override void Write(Utf8JsonWriter writer, StretchCells value, JsonSerializerOptions options)
        {
            var bytes = new byte[4 * Count];
            for (var i = 0; i < value._cells.Length; i++) (bytes[2 * i], bytes[2 * i + 1]) = ((byte)value._cells[i], (byte)(value._cells[i] >> 8));
            writer.WriteBase64StringValue(bytes);
        }
    }
}
