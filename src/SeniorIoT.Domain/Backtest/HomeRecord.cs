using System.Collections.Immutable;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Backtest;

/// <summary>The history of one home's register.</summary>
public sealed class HomeRecord
{
    private const long UsualStep = 1_000;
    private static readonly ImmutableArray<long> Steps = [100_000, 10_000, UsualStep, 1];

    private static readonly TimeSpan Month = TimeSpan.FromHours(730.5);

    // Readings further apart say that water ran, but not when: as long as a meter is expected to be heard, they cover the time.
    private static readonly TimeSpan CoverMax = Detection.DeviceContext.UsualInterval;

    /// <summary>Takes readings in any order. Of several for one moment the greatest counts, as in <see cref="ReadingWindow"/>.</summary>
    /// <param name="householdId">Which home.</param>
    /// <param name="readings">Its readings, at least one.</param>
    public HomeRecord(string householdId, IEnumerable<Reading> readings)
    {
        HouseholdId = householdId;
        Reading[] sorted = [.. readings.OrderBy(reading => reading.At).ThenBy(reading => reading.TotalMillilitres)];
        Readings = [.. sorted.Where((reading, i) => i == sorted.Length - 1 || sorted[i + 1].At != reading.At)];
        var uses = ImmutableArray.CreateBuilder<int>();
        var highest = Readings[0].TotalMillilitres;
        var covered = TimeSpan.Zero;
        var used = 0L;
        var coveredUntil = new TimeSpan[Readings.Length];
        for (var i = 1; i < Readings.Length; i++)
        {
            coveredUntil[i] = covered;
            var (total, apart) = (Readings[i].TotalMillilitres, Readings[i].At - Readings[i - 1].At);
            if (total < highest - ReadingWindow.JitterMillilitres)
            {
                highest = total; // another meter: nothing is known of the time between
                uses.Add(-i);
                continue;
            }

            if (total <= highest || apart <= CoverMax) coveredUntil[i] = covered += apart;
            if (total <= highest) continue;
            if (apart <= CoverMax) used += total - highest;
            uses.Add(i);
            highest = total;
        }

        Changes = uses.DrainToImmutable();
        Months = covered / Month;
        MiddleAt = Readings[Array.FindIndex(coveredUntil, until => until >= covered / 2)].At;
        Rhythm = RhythmOf(Readings);
        ResolutionMillilitres = Changes.IsEmpty ? UsualStep : Steps.First(step => Readings.All(reading => (reading.TotalMillilitres - Readings[0].TotalMillilitres) % step == 0));
        LitresADay = covered > TimeSpan.Zero ? used / 1000.0 / covered.TotalDays : 0;
    }

    /// <summary>Which home.</summary>
    public string HouseholdId { get; }

    /// <summary>Oldest first, one for each moment.</summary>
    public ImmutableArray<Reading> Readings { get; }

    /// <summary>Covered time in months of 730.5 hours: between readings of one register that are at most 25 h apart, or between which no water ran.</summary>
    public double Months { get; }

    /// <summary>The first reading by which half of the covered time had passed.</summary>
    public DateTimeOffset MiddleAt { get; }

    /// <summary>The usual time between two readings.</summary>
    public TimeSpan Rhythm { get; }

    /// <summary>What one step of the register is worth, as its totals show: 100 L, 10 L, 1 L or a thousandth of it.</summary>
    public long ResolutionMillilitres { get; }

    /// <summary>Water used on a covered day, on average.</summary>
    public double LitresADay { get; }

    /// <summary>Places of the readings before which water ran; the place of another meter's first reading is negative.</summary>
    internal ImmutableArray<int> Changes { get; }

    private static TimeSpan RhythmOf(ImmutableArray<Reading> readings)
    {
        TimeSpan[] apart = [.. readings.Skip(1).Zip(readings, (later, earlier) => later.At - earlier.At).Order()];
        return apart.Length == 0 ? TimeSpan.FromHours(1) : apart[apart.Length / 2];
    }
}
