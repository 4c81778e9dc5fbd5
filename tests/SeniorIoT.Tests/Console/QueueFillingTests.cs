using CsCheck;
using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Queue;
using SeniorIoT.Console.Storms;
using SeniorIoT.Console.Words;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class QueueFillingTests
{
    private static readonly DateTimeOffset Today = new(2026, 3, 8, 16, 0, 0, TimeSpan.Zero);

    private static readonly Gen<List<Alert>> GenAlerts =
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 3], Gen.Int[0, 4], Gen.Bool, (id, priority, incident, answered) =>
                ConsoleContext.An($"A{id:00}", priority: $"P{priority}", minutesAgo: id) with
                {
                    IncidentId = incident == 0 ? null : $"I{incident}", AnsweredAt = answered ? Today : null,
                })
            .List[0, 40].Select(alerts => alerts.DistinctBy(alert => alert.AlertId).Order(AlertWords.QueueOrder).ToList());

    // I4 is known to nobody.
    private static readonly Gen<List<Incident>> GenIncidents = Gen.Select(Gen.Bool, Gen.Bool, Gen.Int[0, 60]).List[3].Select(all => all.Select((one, i) =>
        IncidentQueueTests.An() with { IncidentId = $"I{i + 1}", State = one.Item1 ? "open" : "ended", AnsweredAt = one.Item2 ? Today : null, OpenedAt = Today.AddMinutes(-one.Item3) }).ToList());

    [Fact]
    public void Every_open_alert_is_in_a_row_of_its_own_or_under_an_incident_that_is_and_no_call_for_help_is_hidden() =>
        Gen.Select(GenAlerts, GenIncidents, Gen.Bool).Sample((alerts, incidents, opened) =>
        {
            var board = BoardOf(incidents);
            var all = Enum.GetValues<Lane>().Where(lane => lane is Lane.Open or Lane.Technical).SelectMany(lane => Fill(alerts, board, lane, opened ? ["I1", "I2", "I3"] : []).Lines).ToList();
            var rows = all.Select(line => line.Id).ToHashSet();
            Assert.Equal(all.Count, rows.Count);
            Assert.All(alerts, alert => Assert.Contains(opened || board.Over(alert) is null ? alert.AlertId : alert.IncidentId!, rows));
            Assert.All(alerts.Where(alert => alert.Priority == "P1"), alert => Assert.Contains(QueueLine.Of(alert), all));
        });

    [Fact]
    public void Counts_are_the_rows_of_closed_incidents_and_rows_stand_by_priority_then_age_each_alert_under_its_incident() =>
        Gen.Select(GenAlerts, GenIncidents, Gen.Enum<Lane>(), Gen.Bool).Where(one => one.Item3 != Lane.Closed).Sample((alerts, incidents, lane, opened) =>
        {
            var filling = Fill(alerts, BoardOf(incidents), lane, opened ? ["I1", "I2", "I3"] : []);
            var heads = filling.Lines.Where(line => !line.IsMember).ToList();
            Assert.Equal(filling.Counts[(int)lane], heads.Count);
            Assert.Equal(heads.OrderBy(line => line.Priority, StringComparer.Ordinal).ThenBy(line => line.Alert?.RaisedAt ?? line.Incident!.Incident.OpenedAt).ThenBy(line => line.Id, StringComparer.Ordinal), heads);
            IncidentFold? over = null;
            foreach (var line in filling.Lines)
            {
                if (line.IsMember) Assert.Equal(line.Alert!.IncidentId, over!.Incident.IncidentId);
                else over = line.Incident;
            }

            Assert.All(heads.Where(line => line.Incident is not null), line => Assert.Equal(
                alerts.Count(alert => alert.IncidentId == line.Id && alert.Priority != "P1"), line.Incident!.Open));
        });

    [Fact]
    public void The_chosen_alert_stays_under_an_incident_that_is_not_opened()
    {
        var board = BoardOf([IncidentQueueTests.An()]);
        Alert[] alerts = [ConsoleContext.An("A1", "burst", "P2") with { IncidentId = "I0001" }, ConsoleContext.An("A2", "burst", "P2") with { IncidentId = "I0001" }];
        var filling = QueueFilling.Of(alerts, board, new(Lane.Unanswered, "", "A2", Today, new HashSet<string>()), new Wording());
        Assert.Equal([("I0001", false), ("A2", true)], filling.Lines.Select(line => (line.Id, line.IsMember)));
    }

    private static QueueFilling Fill(List<Alert> alerts, IncidentBoard board, Lane lane, string[] opened) =>
        QueueFilling.Of(alerts, board, new(lane, "", null, Today, opened.ToHashSet()), new Wording());

    private static IncidentBoard BoardOf(List<Incident> incidents)
    {
        var board = new IncidentBoard();
        foreach (var incident in incidents) board.Merge(incident);
        return board;
    }
}
