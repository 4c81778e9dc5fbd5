using System.Collections.Immutable;
using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Backtest;

/// <summary>
/// Runs the rules of production (<see cref="WaterRules"/>) over the history of a home, each reading received when it was measured. A
/// collapse branches off from the state at its moment; states are immutable, so the branch costs nothing but its own readings.
/// </summary>
/// <param name="settings">The rules.</param>
/// <param name="zone">The clock by which the homes live.</param>
public sealed class HomeReplay(RuleSettings settings, TimeZoneInfo zone)
{
    /// <summary>What the rules do over the whole record.</summary>
    /// <param name="home">The record.</param>
    /// <param name="collapses">Simulated collapses, earliest first.</param>
    public HomeResult Run(HomeRecord home, ImmutableArray<Collapse> collapses)
    {
        var context = ContextOf(home);
        var state = WaterState.Initial;
        int toldAgain = 0, next = 0;
        var raisedAt = ImmutableArray.CreateBuilder<DateTimeOffset>();
        var detections = ImmutableArray.CreateBuilder<CollapseResult>(collapses.Length);
        var others = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < home.Readings.Length; i++)
        {
            var judgement = Receive(state, home.Readings[i], i, home, context);
            state = judgement.State;
            foreach (var finding in judgement.Findings)
            {
                if (finding is not Finding.Raised raised) continue;
                var isAgain = IsTellingAgain(raised);
                if (raised.Rule != Rule.NoWater) others[raised.Rule.Id] = others.GetValueOrDefault(raised.Rule.Id) + (isAgain ? 0 : 1);
                else if (isAgain) toldAgain++;
                else raisedAt.Add(home.Readings[i].At);
            }

            for (; next < collapses.Length && collapses[next].After == i; next++) detections.Add(new(collapses[next].At, DelayOf(collapses[next], state, home, context)));
        }

        return new(home.HouseholdId, home.Months, raisedAt.DrainToImmutable(), toldAgain, detections.DrainToImmutable()) { Others = others, ResolutionMillilitres = home.ResolutionMillilitres };
    }

    private static TimeSpan? DelayOf(Collapse collapse, WaterState state, HomeRecord home, DeviceContext context)
    {
        // The register shows its highest value: a reading that had jittered back would otherwise rise once more.
        var register = state.Window.Last.TotalMillilitres;
        var at = home.Readings[collapse.After].At;
        for (var i = collapse.After + 1; at - collapse.At <= Collapse.MissedAfter; i++)
        {
            at = i < home.Readings.Length ? home.Readings[i].At : at + home.Rhythm;
            var judgement = Receive(state, new Reading(at, register), i, home, context);
            state = judgement.State;
            foreach (var finding in judgement.Findings)
                if (finding is Finding.Raised raised && raised.Rule == Rule.NoWater) return at - collapse.At <= Collapse.MissedAfter ? at - collapse.At : null;
        }

        return null;
    }

    private static Judgement<WaterState> Receive(WaterState state, Reading reading, int number, HomeRecord home, DeviceContext context) => WaterRules.Receive(
        state,
        new Report(number.ToString(CultureInfo.InvariantCulture), reading.At, reading.At, false, false, null, null, new ReportBody.Water([reading], home.ResolutionMillilitres)),
        context,
        reading.At);

    // {device}/{rule}/{start}, and /2, /3, … when it is told again: see Finding.Raised.
    private static bool IsTellingAgain(Finding.Raised raised) => raised.Cause.AsSpan().Count('/') > 2;

    private DeviceContext ContextOf(HomeRecord home) =>
        new(new DeviceId("meter"), settings, home.Readings[0].At, DeviceContext.UsualInterval, Absences.None) { Zone = zone };
}
