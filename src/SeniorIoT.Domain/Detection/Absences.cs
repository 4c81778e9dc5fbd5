using System.Collections.Immutable;

namespace SeniorIoT.Domain.Detection;

/// <summary>Nobody is at home, and that is known: travel, hospital.</summary>
/// <param name="From">Start.</param>
/// <param name="Until">End, after the start: from here on the home is watched again.</param>
public sealed record AwayPeriod(DateTimeOffset From, DateTimeOffset Until);

/// <summary>
/// When nobody is at home, as far as it is known: past, present and planned. Periods are sorted, and those that overlap or touch are
/// one, so that how they were entered makes no difference to a rule. Immutable.
/// </summary>
public sealed class Absences
{
    private Absences(ImmutableArray<AwayPeriod> periods) => Periods = periods;

    /// <summary>Always at home.</summary>
    public static Absences None { get; } = new([]);

    /// <summary>The periods, earliest first; between two of them somebody is at home.</summary>
    public ImmutableArray<AwayPeriod> Periods { get; }

    /// <summary>These periods, in any order; one without length is left out.</summary>
    public static Absences Of(params IEnumerable<AwayPeriod> periods)
    {
        var merged = ImmutableArray.CreateBuilder<AwayPeriod>();
        foreach (var period in periods.Where(period => period.From < period.Until).OrderBy(period => period.From))
        {
            if (merged.Count == 0 || period.From > merged[^1].Until) merged.Add(period);
            else if (period.Until > merged[^1].Until) merged[^1] = merged[^1] with { Until = period.Until };
        }

        return merged.Count == 0 ? None : new(merged.ToImmutable());
    }

    /// <summary>The period that <paramref name="moment"/> lies in, its start included and its end not; null when somebody is at home.</summary>
    public AwayPeriod? At(DateTimeOffset moment) => LastBegun(moment) is { } period && moment < period.Until ? period : null;

    /// <summary>Whether nobody was at home during a part of this time, both its ends left out.</summary>
    public bool Overlap(DateTimeOffset from, DateTimeOffset until)
    {
        foreach (var period in Periods)
            if (period.From < until && period.Until > from) return true;
        return false;
    }

    /// <summary>The latest period that had begun at <paramref name="moment"/> and was not over at <paramref name="from"/>; null when there is none.</summary>
    public AwayPeriod? LastSince(DateTimeOffset from, DateTimeOffset moment) => LastBegun(moment) is { } period && period.Until > from ? period : null;

    /// <summary>The first period that was not over at <paramref name="from"/> and had begun at <paramref name="moment"/>; null when there is none.</summary>
    public AwayPeriod? FirstSince(DateTimeOffset from, DateTimeOffset moment)
    {
        foreach (var period in Periods)
            if (period.Until > from) return period.From <= moment ? period : null;
        return null;
    }

    private AwayPeriod? LastBegun(DateTimeOffset moment)
    {
        for (var i = Periods.Length - 1; i >= 0; i--)
            if (Periods[i].From <= moment) return Periods[i];
        return null;
    }
}
