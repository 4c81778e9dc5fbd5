using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Tests.Detection;

/// <summary>A water meter in a story: hours count from <see cref="Start"/>, litres are the register's.</summary>
internal sealed class Meter(RuleSettings? settings = null, Absences? away = null, long resolutionLitres = 1)
{
    public static readonly DateTimeOffset Start = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);

    private int _sent;

    public DeviceContext Context { get; set; } = new(new("w1"), settings ?? RuleSettings.Changning, Start, DeviceContext.UsualInterval, away ?? Absences.None);

    public WaterState State { get; set; } = WaterState.Initial;

    /// <summary>Everything found since the beginning.</summary>
    public List<Finding> Findings { get; } = [];

    public IEnumerable<Finding.Raised> Raised(Rule rule) => Findings.OfType<Finding.Raised>().Where(raised => raised.Rule == rule);

    public static DateTimeOffset At(double hour) => Start.AddHours(hour);

    public static Reading Litres(double hour, double litres) => new(At(hour), (long)(litres * 1000));

    /// <summary>One message, received when its newest reading was measured unless said otherwise. Returns what was found.</summary>
    public ImmutableArray<Finding> Sends(IEnumerable<Reading> readings, double? receivedHour = null, bool isHistory = false, string? key = null)
    {
        ImmutableArray<Reading> batch = [.. readings];
        return Says(new ReportBody.Water(batch, resolutionLitres * 1000), receivedHour ?? (batch.Max(reading => reading.At) - Start).TotalHours, isHistory, key);
    }

    public ImmutableArray<Finding> Says(ReportBody body, double hour, bool isHistory = false, string? key = null, double? receivedHour = null)
    {
        var report = new Report(key ?? $"1/{++_sent}", At(receivedHour ?? hour), At(hour), isHistory, false, null, null, body);
        var judgement = WaterRules.Receive(State, report, Context, report.ReceivedAt);
        State = judgement.State;
        Findings.AddRange(judgement.Findings);
        return judgement.Findings;
    }

    public (ImmutableArray<Finding> Findings, DateTimeOffset NextWakeAt) Wakes(double hour)
    {
        var (judgement, nextWakeAt) = WaterRules.Wake(State, Context, At(hour));
        State = judgement.State;
        Findings.AddRange(judgement.Findings);
        return (judgement.Findings, nextWakeAt);
    }
}
