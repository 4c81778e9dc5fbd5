using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Devices;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>What is kept of a water meter: a fold over its reports.</summary>
public sealed record WaterState
{
    /// <summary>A meter that was never heard.</summary>
    public static WaterState Initial { get; } = new();

    /// <summary>What every device has.</summary>
    public DeviceStatus Status { get; init; } = new();

    /// <summary>The readings that the rules look back on.</summary>
    public ReadingWindow Window { get; init; } = ReadingWindow.Empty;

    /// <summary>What one step of the register is worth, as last said; 0 when never.</summary>
    public long ResolutionMillilitres { get; init; }

    /// <summary>When the meter was last exchanged, as it said itself: older readings are another register's.</summary>
    public DateTimeOffset? ExchangedAt { get; init; }

    /// <summary>When the home uses water; null until the adaptive rule is on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Habit? Habit { get; init; }

    /// <summary>When long stretches without water began; null when none was seen.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Departures? Departures { get; init; }

    /// <summary>What ran in each night; null until <c>night-use</c> is on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DailyAmounts? Nights { get; init; }

    /// <summary>What ran on each day; null until <c>less-water</c> or <c>more-water</c> is on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DailyAmounts? Days { get; init; }

    /// <summary>The last three steps back of the register since it was exchanged, oldest first; null when there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<StepBack>? StepsBack { get; init; }

    /// <summary>This state, with what another one of the same home has learnt and this one has not.</summary>
    public WaterState LearntFrom(WaterState? other) => other is null
        ? this
        : this with { Habit = Habit ?? other.Habit, Departures = Departures ?? other.Departures, Nights = Nights ?? other.Nights, Days = Days ?? other.Days };
}

/// <summary>The rules of a water meter. Pure; receiving a report twice, late or out of turn is harmless.</summary>
public static class WaterRules
{
    private static readonly ImmutableArray<Condition> Conditions =
        [NoWaterRule.Condition, BurstRule.Condition, LeakRule.Condition, ExcessWaterRule.Condition, UseWhileAwayRule.Condition, LikelyAwayRule.Condition,
         DripRule.Condition, MoreWaterRule.Condition];

    private static readonly ImmutableArray<Condition> AdaptiveConditions = Conditions.SetItem(0, AdaptiveNoWaterRule.Condition);

    /// <summary>What a report means, and the state after it.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="report">What the meter said.</param>
    /// <param name="context">What is known of it otherwise.</param>
    /// <param name="now">The moment of the decision. The rules judge the time of the readings, so nothing here depends on it.</param>
    public static Judgement<WaterState> Receive(WaterState state, Report report, DeviceContext context, DateTimeOffset now)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        var (status, isJudged) = DeviceRules.Receive(state.Status, report, context, findings);
        state = state with { Status = status };
        if (isJudged)
        {
            state = report.Body switch
            {
                ReportBody.Water water => Judge(state, water, context, findings),
                ReportBody.WaterEvent { Kind: WaterEventKind.MeterSwap } => Exchange(state, report.MeasuredAt, findings),
                ReportBody.WaterEvent { Kind: WaterEventKind.Leak } => Call(state, Rule.Leak, report, context, findings),
                ReportBody.WaterEvent { Kind: WaterEventKind.Burst } => Call(state, Rule.Burst, report, context, findings),
                _ => state,
            };
        }

        return new(state, findings.ToImmutable());
    }

    /// <summary>What passing time means, and when to ask again. Asking early, late or twice is harmless.</summary>
    public static (Judgement<WaterState> Judgement, DateTimeOffset NextWakeAt) Wake(WaterState state, DeviceContext context, DateTimeOffset now)
    {
        var (status, findings, nextWakeAt) = SilentRule.Wake(state.Status, context, now);
        return (new(state with { Status = status }, findings), nextWakeAt);
    }

    private static WaterState Judge(WaterState state, ReportBody.Water water, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        var (before, settings) = (state.Window, context.Settings);
        List<StepBack> stepsBack = [];
        var after = before.With(state.ExchangedAt is { } exchangedAt ? water.Readings.Where(reading => reading.At >= exchangedAt) : water.Readings, stepsBack);
        if (stepsBack.Count > 0)
        {
            MixedRegisters.Record(state.StepsBack, stepsBack, state.Status, findings);
            state = state with { StepsBack = MixedRegisters.Learn(state.StepsBack, stepsBack) };
        }

        if (before.Count > 0 && after[0].At > before.Last.At)
        {
            state = Release(state, after[0].At, findings);
            before = ReadingWindow.Empty;
        }

        if (settings.Adaptive is not null)
        {
            context = context with { Habit = AdaptiveNoWaterRule.Learn(state.Habit ?? Habit.Unknown, before, after, context) };
            state = state with { Habit = context.Habit };
        }

        if (settings.IsOn(Rule.LikelyAway) && LikelyAwayRule.Learn(state.Departures ?? Departures.None, before, after, water.ResolutionMillilitres, context) is { Hours.IsEmpty: false } departures)
        {
            context = context with { Departures = departures };
            state = state with { Departures = departures };
        }

        if (settings.IsOn(Rule.MoreWater)) context = context with { UsualDay = UsualDay.Of(state.Days, water.ResolutionMillilitres, settings) };
        ReturnRule.Record(before, after, context, findings);
        var status = ReleaseWhenAway(state.Status, after, context, findings);
        var (told, shared) = (findings.Count, before.SharedWith(after));
        if (settings.IsOn(Rule.Fault)) status = MixedRegisters.Follow(state.StepsBack, status, after, context, findings);
        foreach (var condition in settings.Adaptive is null ? Conditions : AdaptiveConditions)
            if (CanHold(condition.Rule, status, context))
                status = condition.Follow(status, before, after, shared, context, findings);
        var (nights, days) = (state.Nights, state.Days);
        if (settings.IsOn(Rule.NightUse))
            (nights, status) = NightUseRule.Sign.Follow(nights, status, before, after, shared, water.ResolutionMillilitres, context, findings);
        if (settings.IsDaysAsked)
            (days, status) = LessWaterRule.Sign.Follow(days, status, before, after, shared, water.ResolutionMillilitres, context, findings);
        for (var i = told; i < findings.Count; i++)
            if (findings[i] is Finding.Raised raised) findings[i] = raised with { Evidence = Complete(raised, water, context) };

        return state with
        {
            Status = status, Window = after.Within(settings.LookBack), ResolutionMillilitres = water.ResolutionMillilitres, Nights = nights, Days = days,
        };
    }

    // While two registers are mixed, what seems to run is the step from one to the other. Homes that are not away and never were are spared two rules.
    private static bool CanHold(Rule rule, DeviceStatus status, DeviceContext context) => context.Settings.IsOn(rule) && rule.Id switch
    {
        "burst" or "excess-water" or "more-water" => !status.Has(Rule.Fault),
        "drip" => !status.Has(Rule.Fault) && (!status.Has(Rule.Leak) || status.Has(rule)),
        "use-while-away" => !context.Absences.Periods.IsEmpty || status.Has(rule),
        "likely-away" => !context.Departures.Hours.IsEmpty || status.Has(rule),
        _ => true,
    };

    private static Evidence Complete(Finding.Raised raised, ReportBody.Water water, DeviceContext context) => raised.Evidence with
    {
        ResolutionLitres = water.ResolutionMillilitres / 1000.0,
        Note = raised.Rule == Rule.NoWater
            ? Joined(Joined(raised.Evidence.Note, ReturnRule.NoteFor(raised.Evidence.FromAt, context)), StepNoteFor(water.ResolutionMillilitres, context.Settings))
            : raised.Evidence.Note,
    };

    // By habit a register of one litre is judged by its steps anyway: there is nothing to say of it.
    private static string? StepNoteFor(long resolutionMillilitres, RuleSettings settings) =>
        settings.Adaptive is not null && resolutionMillilitres <= settings.NoWaterLitres * 1000 ? null : NoWaterRule.NoteFor(resolutionMillilitres, settings.NoWaterLitres);

    private static string? Joined(string? first, string? second) => first is null ? second : second is null ? first : $"{first} {second}";

    // A meter's own finding is a call: raised each time. It also puts the condition on, so that a later pause is seen to end it.
    private static WaterState Call(WaterState state, Rule rule, Report report, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        if (!context.Settings.IsOn(rule)) return state;
        findings.Add(DeviceRules.Call(rule, report, context, "The meter found this itself."));
        var isOnSince = state.Status.LatchOf(rule)?.At;
        return state with { Status = state.Status.On(rule, isOnSince > report.MeasuredAt ? isOnSince.Value : report.MeasuredAt) };
    }

    private static WaterState Exchange(WaterState state, DateTimeOffset at, ImmutableArray<Finding>.Builder findings)
    {
        if (state.ExchangedAt >= at) return state;
        return Release(state, at, findings) with { ExchangedAt = at, Window = state.Window.Since(at), StepsBack = null };
    }

    // Nothing proven of the old register holds for the new one; a condition that is still there must be able to ring anew.
    private static WaterState Release(WaterState state, DateTimeOffset at, ImmutableArray<Finding>.Builder findings)
    {
        var status = state.Status;
        foreach (var condition in Conditions.Where(condition => state.Status.Has(condition.Rule)))
        {
            findings.Add(new Finding.Cleared(condition.Rule, at, "The meter was exchanged: what was known of the old one does not count any more."));
            status = status.Off(condition.Rule);
        }

        return state with { Status = status };
    }

    // A stretch from before or during an absence ends with it. Were it left on, nobody would be told should the person come home and fall.
    private static DeviceStatus ReleaseWhenAway(
        DeviceStatus status, ReadingWindow window, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        if (window.Count == 0) return status;
        foreach (var rule in (ReadOnlySpan<Rule>)[Rule.NoWater, Rule.LikelyAway])
        {
            if (status.LatchOf(rule) is not { } latch || context.Absences.FirstSince(latch.At, window.Last.At) is not { } away) continue;
            findings.Add(new Finding.Cleared(rule, away.From, "Nobody is at home, and that is known."));
            status = status.Off(rule);
        }

        return status;
    }
}
