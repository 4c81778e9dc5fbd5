using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// When a home uses water: for each hour of the local day, on weekdays and at weekends, the share of days on which water ran in that
/// hour. Old days fade. Immutable; about 200 bytes.
/// </summary>
/// <remarks>
/// A stretch without water teaches only when it is over, so no stretch is judged by what it taught itself. One of a day or longer is an
/// absence and teaches nothing. Hours of which the readings prove nothing are not learnt from.
/// </remarks>
public sealed record Habit
{
    /// <summary>Weeks over which the longest stretch is remembered.</summary>
    public const int WeeksKept = 8;

    /// <summary>A home of which nothing is known: it is taken to use water in three hours of ten.</summary>
    public static Habit Unknown { get; } = new();

    /// <summary>What was seen of each hour.</summary>
    public HabitCells Cells { get; init; } = HabitCells.Empty;

    /// <summary>The newest local hour learnt from, in hours since 1970; 0 when none.</summary>
    public long LearntHour { get; init; }

    /// <summary>
    /// Longest stretch without water that ended in each of the last weeks, in half hours, 255 at most; the newest week first.
    /// </summary>
    public ImmutableArray<byte> Longest { get; init; } = [];

    /// <summary>How much more than usual this home must miss before it alerts: see <see cref="AdaptiveRule.AlertsPerMonth"/>. 1 at first.</summary>
    public double Patience { get; init; } = 1;

    /// <summary>The moment from which <see cref="Patience"/> wears off; null before the first reading.</summary>
    public DateTimeOffset? PatienceAt { get; init; }

    /// <summary>The share of days on which water runs in an hour: 0 to 1.</summary>
    /// <param name="hour">Hours since 1970 in local time.</param>
    public double ShareOf(long hour) => Cells.ShareOf(IsWeekend(hour), (int)(hour % 24));

    /// <summary>The number of hours in which this home uses water on a usual day: 0 to 24.</summary>
    public double HoursADay() => Enumerable.Range(0, 24).Sum(hour => (5 * Cells.ShareOf(false, hour) + 2 * Cells.ShareOf(true, hour)) / 7);

    /// <summary>The longest stretch without water that ended in the last weeks, as far as they were seen; null when none was.</summary>
    public TimeSpan? LongestStretch() => Longest.IsEmpty || Longest.Max() == 0 ? null : TimeSpan.FromHours(Longest.Max() / 2.0);

    /// <summary>The habit after a stretch: these whole hours without water, then water in one hour, where that is known.</summary>
    /// <param name="quietFrom">First hour proven without water, in local hours since 1970.</param>
    /// <param name="quietUntil">First hour after them.</param>
    /// <param name="usedHour">The hour with water; null when it is not known.</param>
    /// <param name="length">How long the stretch was.</param>
    internal Habit Learn(long quietFrom, long quietUntil, long? usedHour, TimeSpan length)
    {
        var cells = Cells.ToBuilder();
        var newest = LearntHour;
        for (var hour = Math.Max(quietFrom, LearntHour + 1); hour < quietUntil; hour++)
        {
            cells.See(IsWeekend(hour), (int)(hour % 24), false);
            newest = hour;
        }

        if (usedHour is { } used && used > newest)
        {
            cells.See(IsWeekend(used), (int)(used % 24), true);
            newest = used;
        }

        return newest == LearntHour ? this : this with { Cells = cells.ToCells(), LearntHour = newest, Longest = Remember(newest, length) };
    }

    // 1970-01-01 was a Thursday.
    private static bool IsWeekend(long hour) => (hour / 24 + 3) % 7 >= 5;

    private ImmutableArray<byte> Remember(long hour, TimeSpan length)
    {
        var weeks = LearntHour == 0 ? WeeksKept : (int)Math.Min(hour / 168 - LearntHour / 168, WeeksKept);
        var halves = (byte)Math.Clamp(length.TotalHours * 2, 0, 255);
        if (weeks == 0) return Longest.IsEmpty ? [halves] : Longest.SetItem(0, Math.Max(Longest[0], halves));
        return [halves, .. Enumerable.Repeat((byte)0, weeks - 1), .. Longest.Take(WeeksKept - weeks)];
    }
}

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
