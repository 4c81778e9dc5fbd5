using System.Text.Json;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Tests.Detection;

/// <summary>A smoke detector in a story: days and minutes count from <see cref="Meter.Start"/>. Its state goes through storage at each step.</summary>
internal sealed class Detector(RuleSettings? settings = null)
{
    private int _sent;

    public DeviceContext Context { get; set; } = new(new("f1"), settings ?? RuleSettings.Changning, Meter.Start, DeviceContext.UsualInterval, Absences.None);

    public SmokeState State { get; private set; } = SmokeState.Initial;

    public List<Finding> Findings { get; } = [];

    public IEnumerable<Finding.Raised> Raised(Rule rule) => Findings.OfType<Finding.Raised>().Where(raised => raised.Rule == rule);

    public IEnumerable<Finding.Cleared> Cleared(Rule rule) => Findings.OfType<Finding.Cleared>().Where(cleared => cleared.Rule == rule);

    public static DateTimeOffset Day(double day, double minute = 0) => Meter.Start.AddDays(day).AddMinutes(minute);

    public void Says(SmokeEventKind kind, DateTimeOffset at) => Hears(new ReportBody.Smoke(kind), at);

    public void Beats(DateTimeOffset at) => Hears(new ReportBody.Heartbeat(), at);

    /// <summary>An alarm that is over, or silenced by somebody, after some minutes.</summary>
    public void Rings(DateTimeOffset at, double minutes, SmokeEventKind end = SmokeEventKind.Clear)
    {
        Says(SmokeEventKind.Alarm, at);
        Says(end, at.AddMinutes(minutes));
    }

    public DateTimeOffset Wakes(DateTimeOffset now)
    {
        var (judgement, nextWakeAt) = SmokeRules.Wake(State, Context, now);
        Take(judgement);
        return nextWakeAt;
    }

    private void Hears(ReportBody body, DateTimeOffset at) =>
        Take(SmokeRules.Receive(State, new Report($"1/{++_sent}", at, at, false, false, null, null, body), Context, at));

    private void Take(Judgement<SmokeState> judgement)
    {
        State = JsonSerializer.Deserialize<SmokeState>(JsonSerializer.Serialize(judgement.State))!;
        Findings.AddRange(judgement.Findings);
    }
}
