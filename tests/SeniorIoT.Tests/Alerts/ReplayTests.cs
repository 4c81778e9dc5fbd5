using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;

namespace SeniorIoT.Tests.Alerts;

/// <summary>
/// After a crash a device remembers what it knew at the last checkpoint and hears everything since once more, while its alert is
/// as it was saved.
/// </summary>
public sealed class ReplayTests
{
    private static readonly DeviceContext Detector = new(new("sd-1"), RuleSettings.Changning, Episode.Start, TimeSpan.FromHours(25), Absences.None);

    [Fact]
    public void Heard_once_more_alarms_and_clears_leave_the_alert_as_it_was() => Check(Rule.Smoke, (isOn, second) => Report(
        second, body: new ReportBody.Smoke(isOn ? SmokeEventKind.Alarm : SmokeEventKind.Clear)));

    [Fact]
    public void Heard_once_more_low_and_charged_batteries_leave_the_alert_as_it_was() => Check(Rule.LowBattery, (isOn, second) => Report(second, battery: isOn ? 5 : 90));

    [Fact]
    public void Heard_once_more_wrong_and_right_clocks_leave_the_alert_as_it_was() => Check(Rule.Clock, (isOn, second) => Report(second, isSuspect: isOn));

    private static void Check(Rule rule, Func<bool, int, Report> say) =>
        Gen.Select(Gen.Bool.Array[1, 12], Gen.Int[0, 11]).Sample((turns, known) =>
        {
            var reports = turns.Select(say).ToList();
            var home = new Home(rule);
            var remembered = SmokeState.Initial;
            foreach (var (second, report) in reports.Index())
            {
                home.Hear(report);
                if (second < known) remembered = home.State;
            }

            var before = home.Alert;
            home.State = remembered;
            foreach (var report in reports.Skip(known)) home.Hear(report);
            Assert.Equal(before?.ClearedAt, home.Alert?.ClearedAt);
            Assert.Equal(before?.Repeats, home.Alert?.Repeats);
        });

    private static Report Report(int second, ReportBody? body = null, int? battery = null, bool isSuspect = false) => new(
        $"1/{second}", Episode.At(second), Episode.At(second), IsHistory: false, isSuspect, battery, RssiDbm: null, body ?? new ReportBody.Heartbeat());

    /// <summary>A detector and its alert of one rule, which remembers its causes.</summary>
    private sealed class Home(Rule rule)
    {
        private readonly Episode _episode = new(rule);
        private readonly HashSet<string> _causes = [];

        public SmokeState State { get; set; } = SmokeState.Initial;

        public Alert? Alert => _episode.Alert;

        public void Hear(Report report)
        {
            var judgement = SmokeRules.Receive(State, report, Detector, report.ReceivedAt);
            State = judgement.State;
            foreach (var finding in judgement.Findings)
            {
                if (finding is Finding.Raised raised && raised.Rule == rule && _causes.Add(raised.Cause))
                    _episode.Do(_episode.Raise() with { OccurredAt = raised.At, Cause = raised.Cause });
                else if (finding is Finding.Cleared cleared && cleared.Rule == rule)
                    _episode.Do(new AlertCommand.Clear(cleared.At, cleared.Note, cleared.IsDated));
            }
        }
    }
}
