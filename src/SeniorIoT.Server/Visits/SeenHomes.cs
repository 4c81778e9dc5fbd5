using SeniorIoT.Domain;

namespace SeniorIoT.Server.Visits;

/// <summary>
/// Which households were seen when, in memory: read once, then kept up by the records that were written since it was last asked, corrections included. Thread-safe.
/// </summary>
internal sealed class SeenHomes(VisitStore visits)
{
    /// <summary>Months kept in memory; who asks for more waits for the file.</summary>
    private const int MonthsMax = 4;

    /// <summary>After more households than this it is cheaper to read everything again.</summary>
    private const int TouchedMax = 1_000;

    private readonly Lock _one = new();
    private readonly List<(DateTimeOffset From, DateTimeOffset Until, HashSet<HouseholdId> Seen)> _months = [];
    private Dictionary<HouseholdId, DateTimeOffset>? _seenAt;
    private long _newest;

    /// <summary>Runs <paramref name="ask"/> with when each household was seen last; the number grows with each record. Others wait meanwhile.</summary>
    public T Last<T>(Func<long, IReadOnlyDictionary<HouseholdId, DateTimeOffset>, T> ask)
    {
        lock (_one)
        {
            KeepUp();
            return ask(_newest, _seenAt!);
        }
    }

    /// <summary>Runs <paramref name="ask"/> with the households seen in <c>[from, until)</c>; as above.</summary>
    public T In<T>(DateTimeOffset from, DateTimeOffset until, Func<long, IReadOnlySet<HouseholdId>, T> ask)
    {
        lock (_one)
        {
            KeepUp();
            if (_months.Find(month => month.From == from && month.Until == until) is not { Seen: { } seen })
            {
                if (_months.Count == MonthsMax) _months.RemoveAt(0);
                _months.Add((from, until, seen = visits.ReadSeen(from, until)));
            }

            return ask(_newest, seen);
        }
    }

    private void KeepUp()
    {
        // The number before the records: one written in between is read now and once more, which changes nothing.
        var newest = visits.ReadNewest();
        if (_seenAt is not null && newest == _newest) return;
        var touched = _seenAt is null ? [] : visits.ReadTouched(_newest, TouchedMax + 1);
        if (_seenAt is null || touched.Count > TouchedMax)
        {
            _months.Clear();
            _seenAt = visits.ReadSeenAt();
        }

        foreach (var household in touched)
        {
            var times = visits.ReadSeenTimes(household);
            if (times.Count > 0) _seenAt[household] = times.Max();
            else _seenAt.Remove(household);
            foreach (var (from, until, seen) in _months)
            {
                if (times.Exists(at => at >= from && at < until)) seen.Add(household);
                else seen.Remove(household);
            }
        }

        _newest = newest;
    }
}
