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
    public void Heard_once_more_alarms_and_clears_leave_the_alert_as_it_was() =>
        Gen.Select(Gen.Bool.Array[1, 12], Gen.Int[0, 11]).Sample((alarms, known) =>
        {
            var reports = alarms.Select((isAlarm, second) => Report(isAlarm, second)).ToList();
            var home = new SmokyHome();
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

    private static Report Report(bool isAlarm, int second) => new(
        $"1/{second}", Episode.At(second), Episode.At(second), IsHistory: false, IsClockSuspect: false, BatteryPercent: null, RssiDbm: null,
        new ReportBody.Smoke(isAlarm ? SmokeEventKind.Alarm : SmokeEventKind.Clear));

    /// <summary>A detector and its alert, which remembers its causes.</summary>
    private sealed class SmokyHome
    {
        private readonly Episode _episode = new(Rule.Smoke);
        private readonly HashSet<string> _causes = [];

        public SmokeState State { get; set; } = SmokeState.Initial;

        public Alert? Alert => _episode.Alert;

        public void Hear(Report report)
        {
            var judgement = SmokeRules.Receive(State, report, Detector, report.ReceivedAt);
            State = judgement.State;
            foreach (var finding in judgement.Findings)
            {
                if (finding is Finding.Raised raised && _causes.Add(raised.Cause))
                    _episode.Do(_episode.Raise() with { OccurredAt = raised.At, Cause = raised.Cause });
                else if (finding is Finding.Cleared cleared)
                    _episode.Do(new AlertCommand.Clear(cleared.At, cleared.Note, cleared.IsDated));
            }
        }
    }
}
