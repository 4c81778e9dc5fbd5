using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeniorIoT.Domain.Detection;

/// <summary>For each hour of weekdays and of weekends: on how many days it was seen (28 at most), and the share of them with water.</summary>
[JsonConverter(typeof(Converter))]
public sealed class HabitCells
{
    private const int Count = 48;
    private const int BytesEach = 3;
    private const double SeenMax = 28;

    // What an hour is taken to be before it was seen, and how many days that counts for.
    private const double PriorShare = 0.3;
    private const double PriorDays = 2;

    // So many days of its own an hour of a weekend needs to count as much as all days together.
    private const double OwnDays = 10;

    private readonly byte[] _cells; // for each: days seen, then the share in 1/65535, low byte first

    private HabitCells(byte[] cells) => _cells = cells;

    /// <summary>Nothing seen.</summary>
    public static HabitCells Empty { get; } = new(new byte[Count * BytesEach]);

    /// <summary>The share for an hour of the day; where little was seen it leans on the other kind of day, and then on three in ten.</summary>
    internal double ShareOf(bool isWeekend, int hour)
    {
        var (seen, share) = Cell(isWeekend, hour);
        var (otherSeen, otherShare) = Cell(!isWeekend, hour);
        var all = (seen * share + otherSeen * otherShare + PriorDays * PriorShare) / (seen + otherSeen + PriorDays);
        return (seen * share + OwnDays * all) / (seen + OwnDays);
    }

    /// <summary>On how many days the hour that was seen most was seen: 28 at most.</summary>
    internal int DaysSeen => Enumerable.Range(0, Count).Max(cell => (int)_cells[cell * BytesEach]);

    internal Builder ToBuilder() => new((byte[])_cells.Clone());

    private (int Seen, double Share) Cell(bool isWeekend, int hour)
    {
        var at = PlaceOf(isWeekend, hour);
        return (_cells[at], (_cells[at + 1] | (_cells[at + 2] << 8)) / 65535.0);
    }

    private static int PlaceOf(bool isWeekend, int hour) => ((isWeekend ? 24 : 0) + hour) * BytesEach;

    internal readonly struct Builder(byte[] cells)
    {
        public void See(bool isWeekend, int hour, bool isUsed)
        {
            var at = PlaceOf(isWeekend, hour);
            var seen = Math.Min(cells[at] + 1, SeenMax);
            var share = (cells[at + 1] | (cells[at + 2] << 8)) / 65535.0;
            var next = (int)Math.Round((share + ((isUsed ? 1 : 0) - share) / seen) * 65535);
            (cells[at], cells[at + 1], cells[at + 2]) = ((byte)seen, (byte)next, (byte)(next >> 8));
        }

        public HabitCells ToCells() => new(cells);
    }

    internal sealed class Converter : JsonConverter<HabitCells>
    {
        public override HabitCells Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var cells = reader.GetBytesFromBase64();
            return cells.Length == Count * BytesEach ? new(cells) : throw new JsonException($"A habit has {Count * BytesEach} bytes.");
        }

        public override void Write(Utf8JsonWriter writer, HabitCells value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value._cells);
    }
}
