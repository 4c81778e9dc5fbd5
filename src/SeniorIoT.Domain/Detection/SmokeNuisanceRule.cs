using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>smoke-nuisance</c>: a detector whose alarms are again and again soon over or silenced, which is how cooking and steam look. It never
/// touches <c>smoke</c>: each alarm is raised all the same. Told once, again after 30 days of the same, and over when no such alarm came for
/// a while. The point is to have the detector moved before somebody takes its battery out.
/// </summary>
/// <remarks>Cooking is the usual cause: 3 m from a stove 6 % of cooking events set off a photoelectric alarm (US CPSC).</remarks>
internal static class SmokeNuisanceRule
{
    private const int BriefAlarmsMax = 50;
    private const int HoursTogether = 3;
    private static readonly TimeSpan AgainAfter = TimeSpan.FromDays(30);

    /// <summary>The state after an alarm: it belongs to the one that goes on, unless that one has been quiet for too long to be the same.</summary>
    public static SmokeState Alarm(SmokeState state, DateTimeOffset at, DeviceContext context) =>
        state.AlarmingSince is not null && at - state.Status.LatchOf(Rule.Smoke)?.At <= context.Settings.NuisanceQuietAfter
            ? state
            : state with { AlarmingSince = at };

    /// <summary>The state after the detector became quiet, by itself or by somebody's hand, and what that shows.</summary>
    public static SmokeState Quiet(SmokeState state, DateTimeOffset at, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        var settings = context.Settings;
        if (state.AlarmingSince is not { } since || at < since || at - since > settings.NuisanceQuietAfter || state.BriefAlarms.Contains(since)) return state;
        state = state with
        {
            BriefAlarms = [.. state.BriefAlarms.Append(since).Order().Where(alarm => alarm > since - settings.NuisanceWithin).TakeLast(BriefAlarmsMax)],
        };
        if (state.BriefAlarms.Length < settings.NuisanceAlarms || !settings.IsOn(Rule.SmokeNuisance)) return state;

        var latch = state.Status.LatchOf(Rule.SmokeNuisance);
        var beganAt = latch?.At ?? since;
        var times = since < beganAt ? 1 : 1 + (since - beganAt).Ticks / AgainAfter.Ticks;
        if (times <= latch?.Times) return state;
        var cause = $"{context.DeviceId}/{Rule.SmokeNuisance.Id}/{beganAt.ToUnixTimeMilliseconds()}";
        findings.Add(new Finding.Raised(Rule.SmokeNuisance, since, times == 1 ? cause : $"{cause}/{times}", EvidenceOf(state, context)));
        return state with { Status = state.Status.On(Rule.SmokeNuisance, beganAt, times) };
    }

    /// <summary>What passing time means, and when to look again: the condition is over when no such alarm came for as long as it looks back.</summary>
    public static (SmokeState State, DateTimeOffset NextWakeAt) Wake(
        SmokeState state, DeviceContext context, DateTimeOffset now, ImmutableArray<Finding>.Builder findings)
    {
        if (!state.Status.Has(Rule.SmokeNuisance)) return (state, DateTimeOffset.MaxValue);
        var overAt = state.BriefAlarms[^1] + context.Settings.NuisanceWithin;
        if (now < overAt) return (state, overAt);
        findings.Add(new Finding.Cleared(Rule.SmokeNuisance, overAt, $"No such alarm for {context.Settings.NuisanceWithin.TotalDays:0.##} days.", IsDated: true));
        return (state with { Status = state.Status.Off(Rule.SmokeNuisance) }, DateTimeOffset.MaxValue);
    }

    private static Evidence EvidenceOf(SmokeState state, DeviceContext context)
    {
        var settings = context.Settings;
        var note = $"{state.BriefAlarms.Length} alarms in {settings.NuisanceWithin.TotalDays:0.##} days were over or silenced within {settings.NuisanceQuietAfter.TotalMinutes:0.##} minutes.";
        return new Evidence(
            RuleVersion: settings.Version, FromAt: state.BriefAlarms[0], UntilAt: state.BriefAlarms[^1], LastHeardAt: state.Status.LastReceivedAt,
            Note: HoursOf(state.BriefAlarms, context.Zone) is { } hour ? $"{note} Mostly between {hour:00}:00 and {(hour + HoursTogether) % 24:00}:00: cooking or steam?" : note);
    }

    // The hour of day that begins the three in which two thirds of the alarms fell; null when they are spread.
    private static int? HoursOf(ImmutableArray<DateTimeOffset> alarms, TimeZoneInfo zone)
    {
        var hours = alarms.Select(alarm => TimeZoneInfo.ConvertTime(alarm, zone).Hour).ToArray();
        var (best, count) = Enumerable.Range(0, 24).Select(start => (start, hours.Count(hour => (hour - start + 24) % 24 < HoursTogether))).MaxBy(found => found.Item2);
        return count * 3 >= hours.Length * 2 ? best : null;
    }
}
