using System.Globalization;
using CsCheck;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Storms;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;
using static SeniorIoT.Server.Tests.Storms.Tower;

namespace SeniorIoT.Server.Tests.Storms;

/// <summary>
/// Three buildings in which things break, people answer, shelve and take out, the clock jumps, and the process dies: against a naive model. <c>STORM_SECONDS</c>
/// says for how long new stories are told (default 12), <c>STORM_SEED</c> tells one again.
/// </summary>
public sealed class StormModelTests(ITestOutputHelper output)
{
    private const int Buildings = 3;
    private static readonly int Seconds = int.Parse(Environment.GetEnvironmentVariable("STORM_SECONDS") ?? "12", CultureInfo.InvariantCulture);
    private static readonly string? Seed = Environment.GetEnvironmentVariable("STORM_SEED");
    private static readonly Rule[] Calls = [Rule.Sos, Rule.Fall, Rule.Smoke], Findings = [Rule.NoWater, Rule.Burst, Rule.Silent, Rule.Backflow];

    private static readonly Gen<Move[]> Stories = Gen.Select(Gen.Frequency(
        (4, Gen.Const(Act.Break)), (6, Gen.Const(Act.Find)), (4, Gen.Const(Act.Call)), (3, Gen.Const(Act.Clear)), (3, Gen.Const(Act.Replay)), (2, Gen.Const(Act.Shelve)), (1, Gen.Const(Act.Unshelve)),
        (2, Gen.Const(Act.AnswerIncident)), (1, Gen.Const(Act.CloseIncident)), (2, Gen.Const(Act.Text)), (2, Gen.Const(Act.Person)), (6, Gen.Const(Act.Pass)), (1, Gen.Const(Act.Jump)),
        (5, Gen.Const(Act.Sweep)), (1, Gen.Const(Act.Crash))),
        Gen.Int[0, 9999], (act, n) => new Move(act, n)).Array[20, 70];

    private enum Act
    {
        Break, Find, Call, Clear, Replay, Shelve, Unshelve, AnswerIncident, CloseIncident, Text, Person, Pass, Jump, Sweep, Crash,
    }

    private sealed record Move(Act Act, int N)
    {
        public override string ToString() => $"{Act} {N}";
    }

    [Fact]
    public async Task No_storm_and_no_shelf_holds_back_a_call_or_leaves_anything_with_nobody_to_be_told_for_ever()
    {
        var (stories, moves) = (0, 0);
        // CsCheck prints the seed of a story that fails.
        await Stories.SampleAsync(
            async story =>
            {
                await using var teller = await Teller.BeginAsync();
                foreach (var move in story) await teller.DoAsync(move);
                await teller.EndAsync();
                (stories, moves) = (stories + 1, moves + story.Length);
            },
            seed: Seed, time: Seed is null ? Seconds : -1, iter: Seed is null ? -1 : 1, threads: 1);
        output.WriteLine($"{stories} stories, {moves} moves");
    }

    private sealed class Teller : IAsyncDisposable
    {
        private readonly Dictionary<string, HashSet<string>> _calls = [];
        private readonly List<(int Home, Rule Rule, int Times)> _said = [];
        private District _district = null!;

        public static async Task<Teller> BeginAsync() => new() { _district = await StartAsync(Buildings) };

        public async Task DoAsync(Move move)
        {
            var home = 1 + (move.N % (Homes * Buildings));
            switch (move.Act)
            {
                case Act.Break: // a riser: one building, all at once
                    var rule = Findings[move.N / 7 % 3];
                    for (var door = 0; door < 5 + (move.N / 3 % 8); door++) await SayAsync(1 + (move.N % Buildings * Homes) + door, rule);
                    break;
                case Act.Find:
                    await SayAsync(home, Findings[move.N / 100 % Findings.Length]);
                    break;
                case Act.Call:
                    await SayAsync(home, Calls[move.N / 100 % Calls.Length]);
                    break;
                case Act.Clear:
                    await ClearAsync(_district, home, Findings[move.N / 100 % Findings.Length]);
                    break;
                case Act.Replay when _said.Count > 0:
                    var (again, what, times) = _said[move.N % _said.Count];
                    var before = Picture();
                    await RaiseAsync(_district, again, what, times);
                    Assert.Equal(before, Picture());
                    break;
                case Act.Shelve:
                    var now = _district.Clock.GetUtcNow();
                    var shelf = await _district.Get<HeldStore>().AddAsync(
                        new Shelf(0, new HouseholdId($"T{home}"), null, Findings[move.N / 100 % Findings.Length].Id, "An", "tomorrow", now, now.AddMinutes(1 + (move.N % 1440))), "万航居委会", "江苏路街道");
                    if (move.N % 3 > 0) await _district.Get<ShelfDesk>().ApplyAsync(shelf);
                    break;
                case Act.Unshelve:
                    if (_district.Get<HeldStore>().List(true, null, long.MaxValue, 1, _district.Clock.GetUtcNow()) is [var newest]) await _district.Get<HeldStore>().EndAsync(newest, "Bo", _district.Clock.GetUtcNow());
                    break;
                case Act.AnswerIncident or Act.CloseIncident when Incidents(_district) is { Count: > 0 } incidents:
                    await Incident(_district, incidents[move.N % incidents.Count].Id).Act(
                        move.Act == Act.AnswerIncident ? new IncidentCommand.Acknowledge("An", null) : new IncidentCommand.Close("An", "leak", null), new Actor("An", null));
                    break;
                case Act.Text:
                    await _district.Get<InboundTexts>().HandleAsync($"+861390000000{1 + (move.N % 3)}", $"I000{1 + (move.N / 3 % 4)} {move.N / 12 % 4}", $"SM{move.N}");
                    break;
                case Act.Person when _district.Alerts() is { Count: > 0 } alerts:
                    var alert = alerts[move.N % alerts.Count];
                    await _district.Alert(_district.Store.ReadKey(alert.Id.Value)!).Act(alert.Id, (move.N / 100 % 6) switch
                    {
                        0 => new AlertCommand.Acknowledge("Bo", null),
                        1 => new AlertCommand.Leave("Bo", "she is 95"),
                        2 => new AlertCommand.Regrade("Bo", Priority.P1, "she calls"),
                        3 => new AlertCommand.Close("Bo", "safe", null),
                        4 => new AlertCommand.Decline("Bo", "away"),
                        _ => new AlertCommand.Reopen("Bo", null),
                    }, new Actor("Bo", null));
                    break;
                case Act.Pass:
                    await _district.PassAsync(TimeSpan.FromSeconds(move.N % 120), TimeSpan.FromSeconds(20));
                    break;
                case Act.Jump:
                    _district.Clock.Advance(TimeSpan.FromMinutes(move.N % 2000));
                    break;
                case Act.Sweep:
                    await _district.SweepAsync();
                    break;
                case Act.Crash:
                    _district = await _district.RestartAsync(withCheckpoint: move.N % 2 == 0);
                    Enrol(_district, Buildings);
                    break;
            }

            Check();
        }

        /// <summary>Given time, every incident and every shelf is over, and whatever is still there is told or answered.</summary>
        public async Task EndAsync()
        {
            await _district.PassAsync(TimeSpan.FromHours(100), TimeSpan.FromHours(2));
            await _district.PassAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(6));
            Check();
            Assert.All(Incidents(_district), incident => Assert.True(incident.IsOver));
            Assert.All(_district.Alerts(), alert => Assert.True(alert.IsClosed || (alert.ShelvedUntil is null && alert.Incident is null)));
            Assert.Equal(0L, Count("SELECT count(*) FROM held WHERE held_by = 0"));
            Assert.Equal(0L, Count("SELECT count(*) FROM shelves WHERE apply_at IS NOT NULL"));
            Assert.Equal(0L, Count("SELECT count(*) FROM incidents WHERE due_at IS NOT NULL AND doc ->> '$.helpBy' IS NULL"));
        }

        public ValueTask DisposeAsync() => _district.DisposeAsync();

        private async Task SayAsync(int home, Rule rule)
        {
            var said = (home, rule, _said.Count + 1);
            _said.Add(said);
            await RaiseAsync(_district, home, rule, said.Item3);
            if (rule.Priority == Priority.P1) (_calls.TryGetValue(Key(home, rule), out var causes) ? causes : _calls[Key(home, rule)] = []).Add($"{said.Item3}");
        }

        private void Check()
        {
            var now = _district.Clock.GetUtcNow();
            var incidents = Incidents(_district).ToDictionary(incident => incident.Id);
            var alerts = _district.Store.File.Read(connection => connection.Rows("SELECT doc, escalates_at, member_of, is_cleared FROM alerts ORDER BY n", row => (AlertStore.ReadAlert(row), row.InstantOrNull(1), row.TextOrNull(2), row.GetInt64(3) == 1)));
            var rung = _district.Store.File.Read(connection => connection.Rows("SELECT incident_id FROM incidents WHERE due_at IS NOT NULL", row => row.GetString(0))).ToHashSet();
            foreach (var (alert, due, memberOf, isCleared) in alerts)
            {
                Assert.Equal((alert.EscalatesAt, alert.Incident), (due, memberOf));
                if (alert.Version > 1) Assert.Equal(alert.ClearedAt is not null, isCleared);
                if (alert.IsClosed) continue;
                if (alert.Priority == Priority.P1) Assert.True(alert is { Incident: null, ShelvedUntil: null } && (alert.Response is Response.Given || due is not null), $"{alert.Id}, a P1, is held back.");
                else if (alert is { ClearedAt: null, Response: Response.Awaited } && alert.Ladder.Steps.Count > 0)
                    Assert.True(due is not null || (alert.Incident is { } id && (!incidents[id].IsOver || rung.Contains(id))), $"{alert.Id} is still there, and nobody will ever be told.");
            }

            foreach (var (key, causes) in _calls)
            {
                // Each call raised, or was taken in by the alert that is there: never refused, and counted once.
                Assert.Equal(causes.Count, Count("SELECT count(*) FROM timeline JOIN alerts USING (alert_id) WHERE key = @key AND kind IN ('raised', 'repeated', 'called_again')", ("@key", key)));
                // Nor delayed: the first texts are owed as of the raise.
                Assert.Equal(0L, Count("SELECT count(*) FROM alerts a WHERE key = @key AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.alert_id = a.alert_id AND step = 0 AND channel = 'sms' AND owed_at = a.raised_at)", ("@key", key)));
            }

            // What has a first telling and no answer asks on, whoever crashed.
            foreach (var incident in incidents.Values.Where(incident => !incident.IsOver)) Assert.True(rung.Contains(incident.Id) && (incident.ToldHomes == 0 || incident.AnsweredBy is not null || incident.DueAt is not null));
            Assert.Equal(0L, Count("SELECT count(*) FROM incidents i WHERE doc ->> '$.version' <> (SELECT count(*) FROM timeline t WHERE t.alert_id = i.incident_id)"));
            Assert.Equal(0L, Count("SELECT count(*) FROM (SELECT 1 FROM notices WHERE channel = 'sms' AND is_information = 0 AND alert_id LIKE 'A%' GROUP BY alert_id, step, phone HAVING count(*) > 1)"));
        }

        /// <summary>All that counts something.</summary>
        private string Picture() => string.Join('\n', _district.Store.File.Read(connection => connection.Rows(
            """
            SELECT 'alert ' || alert_id || ' ' || (doc ->> '$.version') || ' ' || (doc ->> '$.repeats') FROM alerts UNION ALL SELECT 'incident ' || incident_id || ' ' || (doc ->> '$.version') FROM incidents
            UNION ALL SELECT 'held ' || key || ' ' || times FROM held UNION ALL SELECT 'shelf ' || n || ' ' || held FROM shelves UNION ALL SELECT 'notices ' || count(*) FROM notices
            """, row => row.GetString(0))));

        private long Count(string sql, params (string, object?)[] values) => _district.Store.File.Read(connection => connection.Scalar(sql, 0L, values));
    }
}
