using System.Collections.Immutable;
using System.Globalization;

namespace SeniorIoT.Domain.Detection;

/// <summary>What the rules must know of a device besides what it says.</summary>
/// <param name="DeviceId">Which device.</param>
/// <param name="Settings">The rules of its household.</param>
/// <param name="EnrolledAt">From here on it is expected to be heard.</param>
/// <param name="ExpectedInterval">It is silent when not heard for longer; see <see cref="UsualInterval"/>.</param>
/// <param name="Absences">When nobody is at home, as far back as the rules look and some days ahead.</param>
public sealed record DeviceContext(DeviceId DeviceId, RuleSettings Settings, DateTimeOffset EnrolledAt, TimeSpan ExpectedInterval, Absences Absences)
{
    /// <summary>A day and an hour: the meter that freezes once a day and comes a little late is not silent.</summary>
    public static readonly TimeSpan UsualInterval = TimeSpan.FromHours(25);

    /// <summary>The clock by which the household lives. UTC when not said.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>When it could not be heard, whatever it said, in order of their beginning; see <see cref="Deafness"/>.</summary>
    public ImmutableArray<DeafTime> DeafTimes { get; init; } = [];

    /// <summary>What is usual in this home: out of the device's state, for the rules that ask.</summary>
    internal Habit Habit { get; init; } = Habit.Unknown;

    /// <summary>When this home was left before: out of the device's state, for the rules that ask.</summary>
    internal Departures Departures { get; init; } = Departures.None;

    /// <summary>How much runs here on a usual day: out of the device's state, for the rule that asks; null when not known.</summary>
    internal UsualDay? UsualDay { get; init; }

    /// <summary>A moment on the household's clock, in a sentence: <c>01-10 08:05</c>.</summary>
    internal string Clock(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>What the rules make of a report: the device's next state, and what they found.</summary>
/// <param name="State">The next state.</param>
/// <param name="Findings">Findings in the order in which they are to be told.</param>
public sealed record Judgement<TState>(TState State, ImmutableArray<Finding> Findings);
