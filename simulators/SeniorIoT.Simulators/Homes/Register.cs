namespace SeniorIoT.Simulators.Homes;

/// <summary>Time during which the person uses no water. Open-ended while <paramref name="Until"/> is null.</summary>
internal sealed record Stop(DateTimeOffset From, DateTimeOffset? Until);

/// <summary>
/// The cumulative register of a home's meter: what the person drew since the epoch, and what a leak lets run.
/// It only moves forward: ask for moments in order.
/// </summary>
internal sealed class Register
{
    private readonly Person _person;
    private readonly int _leakMillilitresAnHour;
    private readonly DateTimeOffset _epoch;
    private readonly long _base;
    private readonly List<Stop> _stops;
    private IReadOnlyList<Use> _uses = [];
    private DateOnly _day;
    private int _next;
    private long _drawn;

    /// <param name="person">Whose home.</param>
    /// <param name="epoch">Where the register starts to be played; the same for ever, or a register would step back.</param>
    /// <param name="leakMillilitresAnHour">What a leak lets run all the time; 0 when there is none.</param>
    /// <param name="stops">Times without use, already known.</param>
    public Register(Person person, DateTimeOffset epoch, int leakMillilitresAnHour, IEnumerable<Stop> stops)
    {
        (_person, _epoch, _leakMillilitresAnHour, _stops) = (person, epoch, leakMillilitresAnHour, [.. stops]);
        _base = Dice.For(person.Seed, "register", person.Home).Whole(20_000, 900_000) * 1000L;
        _day = DateOnly.FromDateTime(epoch.ToOffset(Changning.Offset).Date).AddDays(-1);
        ReadAt = epoch;
    }

    /// <summary>The latest moment asked for.</summary>
    public DateTimeOffset ReadAt { get; private set; }

    /// <summary>All times without use.</summary>
    public IReadOnlyList<Stop> Stops => _stops;

    /// <summary>Whether the person uses no water at this moment.</summary>
    public bool IsStoppedAt(DateTimeOffset at) => _stops.Any(stop => stop.From <= at && (stop.Until is not { } until || at < until));

    /// <summary>The register in millilitres. Moments before <see cref="ReadAt"/> are an error.</summary>
    public long MillilitresAt(DateTimeOffset at)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(at, ReadAt);
        ReadAt = at;
        while (true)
        {
            for (; _next < _uses.Count && _uses[_next].At <= at; _next++)
            {
                var use = _uses[_next];
                _drawn += use.At > _epoch && !IsStoppedAt(use.At) ? use.Millilitres : 0;
            }

            if (_next < _uses.Count || new DateTimeOffset(_day.AddDays(1), TimeOnly.MinValue, Changning.Offset) > at)
            {
                return _base + _drawn + (long)((at - _epoch).TotalHours * _leakMillilitresAnHour);
            }

            _day = _day.AddDays(1);
            _uses = _person.Day(_day);
            _next = 0;
        }
    }

    /// <summary>The person uses no water from this moment on, or for a time. False when that is so already, or when the moment was read already.</summary>
    public bool StopUse(DateTimeOffset from, DateTimeOffset? until = null)
    {
        if (from < ReadAt || IsStoppedAt(from))
        {
            return false;
        }

        _stops.Add(new Stop(from, until));
        return true;
    }

    /// <summary>The person uses water again. False when they never stopped.</summary>
    public bool ResumeUse(DateTimeOffset from)
    {
        var open = _stops.FindIndex(stop => stop.From <= from && (stop.Until is not { } until || from < until));
        if (open < 0)
        {
            return false;
        }

        _stops[open] = _stops[open] with { Until = from };
        return true;
    }
}
