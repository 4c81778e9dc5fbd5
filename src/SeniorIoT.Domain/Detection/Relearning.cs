using System.Collections.Immutable;
using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// What is usual in a home, learnt anew from its stored readings. Day by day it is learnt from what arrives; this puts right what that cannot
/// know: a rule switched on today knows the last weeks at once, and readings that came late, when their days had been learnt, count.
/// </summary>
public static class Relearning
{
    /// <summary>How far back readings are asked for: what the habit remembers, and a little more. Older days would have faded.</summary>
    public static readonly TimeSpan LookBack = TimeSpan.FromDays(84);

    /// <summary>Of a shorter history nothing is learnt anew: what arrives teaches as much.</summary>
    public static readonly TimeSpan HistoryMin = TimeSpan.FromDays(7);

    /// <summary>Within so many days every home has its turn.</summary>
    public const int TurnDays = 28;

    private const int YoungDays = 14;

    // What happened is only learnt from, not judged again.
    private static readonly ImmutableArray<string> Judged =
        [.. new[] { Rule.NoWater, Rule.Burst, Rule.Leak, Rule.Drip, Rule.ExcessWater, Rule.UseWhileAway, Rule.Fault }.Select(rule => rule.Id)];

    /// <summary>Whether a home should learn anew in the night of <paramref name="day"/>: once in <see cref="TurnDays"/>, and each night while its habit is young.</summary>
    /// <param name="state">What is kept of its meter; null when nothing is.</param>
    /// <param name="turn">The home's place among the turns, any number.</param>
    /// <param name="settings">Its rules.</param>
    /// <param name="day">The night, as a day number.</param>
    public static bool IsDue(WaterState? state, int turn, RuleSettings settings, int day)
    {
        if (state is null || !(settings.Adaptive is not null || settings.IsOn(Rule.LikelyAway) || settings.IsOn(Rule.NightUse) || settings.IsDaysAsked)) return false;
        var isYoung = (settings.Adaptive is not null && (state.Habit?.DaysSeen() ?? 0) < YoungDays)
            || (settings.IsOn(Rule.NightUse) && state.Nights is null)
            || (settings.IsDaysAsked && state.Days is null);
        return isYoung || ((turn % TurnDays) + TurnDays) % TurnDays == day % TurnDays;
    }

    /// <summary>
    /// The state with what the readings teach. What stands in the window but not yet in the history is learnt too, so that nothing is missed
    /// between the last stored reading and the next that arrives.
    /// </summary>
    /// <param name="state">The state now.</param>
    /// <param name="history">Stored readings, in any order.</param>
    /// <param name="context">The meter.</param>
    public static WaterState Of(WaterState state, IReadOnlyList<Reading> history, DeviceContext context)
    {
        Reading[] readings = [.. history.Concat(Enumerable.Range(0, state.Window.Count).Select(i => state.Window[i])).OrderBy(reading => reading.At)];
        if (readings.Length == 0 || readings[^1].At - readings[0].At < HistoryMin) return state;
        context = context with { Settings = context.Settings with { Off = context.Settings.Off.Union(Judged) } };
        var learnt = WaterState.Initial;
        foreach (var (day, ofDay) in readings.GroupBy(reading => reading.At.UtcTicks / TimeSpan.TicksPerDay).Select(group => (group.Key, group.ToImmutableArray())))
        {
            var body = new ReportBody.Water(ofDay, state.ResolutionMillilitres);
            var report = new Report(day.ToString(CultureInfo.InvariantCulture), ofDay[^1].At, ofDay[^1].At, false, false, null, null, body);
            learnt = WaterRules.Receive(learnt, report, context, ofDay[^1].At).State;
        }

        return state with
        {
            Habit = learnt.Habit ?? state.Habit,
            Departures = learnt.Departures ?? state.Departures,
            // These remember also what was told; they are only filled where nothing is.
            Nights = state.Nights ?? learnt.Nights,
            Days = state.Days ?? learnt.Days,
        };
    }
}
