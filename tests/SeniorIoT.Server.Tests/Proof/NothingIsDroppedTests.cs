using System.Globalization;
using System.Web;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Proof;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Notices;
using Xunit;

namespace SeniorIoT.Server.Tests.Proof;

/// <summary>
/// Devices call, people act, the clock jumps, the provider fails, the process dies at any moment: against a naive model. <c>PROOF_SECONDS</c>
/// says for how long new stories are told (default 45), <c>PROOF_SEED</c> tells one again.
/// </summary>
public sealed class NothingIsDroppedTests(ITestOutputHelper output)
{
    private static readonly int Seconds = int.Parse(Environment.GetEnvironmentVariable("PROOF_SECONDS") ?? "15", CultureInfo.InvariantCulture);
    private static readonly string? Seed = Environment.GetEnvironmentVariable("PROOF_SEED");
    // Stories that once showed a fault, of the product or of this test.
    private static readonly string[] Kept = ["fxh7Xyly97E7", "2hYtySX6Cfb6", "3Brmrk-l2Qnc"];
    private static readonly string[] KeptStorms = ["4Zce4aTjxvta", "e1zsWFecKZqj", "38oRGlskjyMu"];
    private static readonly string[] People = ["An", "Bo", "Li"];
    private static readonly string[] Statuses = ["sent", "delivered", "undelivered", "failed"];

    private static readonly Gen<Move[]> Stories = Told(
        (6, Gen.Const(Act.Press)), (2, Gen.Const(Act.Fall)), (3, Gen.Const(Act.Smoke)), (2, Gen.Const(Act.Clear)), (2, Gen.Const(Act.Again)),
        (3, Gen.Const(Act.Acknowledge)), (2, Gen.Const(Act.Dispatch)), (2, Gen.Const(Act.Arrive)), (3, Gen.Const(Act.Close)), (1, Gen.Const(Act.Reopen)),
        (1, Gen.Const(Act.HandOver)), (2, Gen.Const(Act.Regrade)), (1, Gen.Const(Act.Note)),
        (8, Gen.Const(Act.Pass)), (1, Gen.Const(Act.JumpFar)), (1, Gen.Const(Act.TurnBack)), (8, Gen.Const(Act.Sweep)), (9, Gen.Const(Act.Send)),
        (3, Gen.Const(Act.Provider)), (7, Gen.Const(Act.Receipt)), (2, Gen.Const(Act.Checkpoint)), (1, Gen.Const(Act.Crash)), (2, Gen.Const(Act.CrashInMidAir)));

    /// <summary>The same in the middle of a storm, with shelves; apart, so that the seeds of kept stories go on telling them.</summary>
    private static readonly Gen<Move[]> Storms = Told(
        (6, Gen.Const(Act.Press)), (2, Gen.Const(Act.Fall)), (3, Gen.Const(Act.Smoke)), (2, Gen.Const(Act.Clear)), (2, Gen.Const(Act.Again)),
        (3, Gen.Const(Act.Acknowledge)), (1, Gen.Const(Act.Dispatch)), (3, Gen.Const(Act.Close)), (1, Gen.Const(Act.Reopen)), (2, Gen.Const(Act.Regrade)),
        (8, Gen.Const(Act.Burst)), (2, Gen.Const(Act.BurstOver)), (2, Gen.Const(Act.AnswerIncident)), (4, Gen.Const(Act.Shelve)), (2, Gen.Const(Act.Unshelve)),
        (8, Gen.Const(Act.Pass)), (1, Gen.Const(Act.JumpFar)), (8, Gen.Const(Act.Sweep)), (9, Gen.Const(Act.Send)),
        (3, Gen.Const(Act.Provider)), (5, Gen.Const(Act.Receipt)), (2, Gen.Const(Act.Checkpoint)), (1, Gen.Const(Act.Crash)), (2, Gen.Const(Act.CrashInMidAir)));

    private static Gen<Move[]> Told(params (int, IGen<Act>)[] acts) => Gen.Select(Gen.Frequency(acts), Gen.Int[0, 999], (act, n) => new Move(act, n)).Array[40, 160];

    private enum Act
    {
        Press, Fall, Smoke, Clear, Again, Acknowledge, Dispatch, Arrive, Close, Reopen, HandOver, Regrade, Note, Pass, JumpFar, TurnBack, Sweep, Send, Provider, Receipt, Checkpoint, Crash,
        CrashInMidAir, Burst, BurstOver, AnswerIncident, Shelve, Unshelve,
    }

    private sealed record Move(Act Act, int N)
    {
        public override string ToString() => $"{Act} {N}";
    }

    [Fact]
    public async Task No_path_leaves_a_call_that_nobody_answered_with_nobody_to_be_told()
    {
        var (stories, moves) = (0, 0);
        foreach (var seed in Seed is null ? Kept : []) await TellAsync(Stories, seed);
        foreach (var seed in Seed is null ? KeptStorms : []) await TellAsync(Storms, seed);
        await TellAsync(Storms, Seed);
        output.WriteLine($"{stories} stories, {moves} moves");

        // One story after the other: each has a silo of its own. CsCheck prints the seed of a story that fails.
        Task TellAsync(Gen<Move[]> told, string? seed) => told.SampleAsync(
            async story =>
            {
                await using var teller = await Teller.BeginAsync();
                foreach (var move in story) await teller.DoAsync(move);
                await teller.EndAsync();
                (stories, moves) = (stories + 1, moves + story.Length);
            },
            seed: seed, time: seed is null ? Seconds : -1, iter: seed is null ? -1 : 1, threads: 1);
    }

    /// <summary>Does what a story says, and checks after every move.</summary>
    private sealed class Teller : IAsyncDisposable
    {
        private const int Holds = 4;

        private readonly Provider _provider;
        private readonly TwilioOptions _twilio;
        private readonly Ledger _ledger = new();
        private readonly List<(string Device, string Mid, string Body, string Key, DateTimeOffset At)> _said = [];
        private TaskCompletionSource _isHeld = new(), _letGo = new();
        private ProofHost _host = null!;
        private ProofStorm _storm = null!;
        private int _mode;

        private Teller(Provider provider)
        {
            _provider = provider;
            provider.Instead = (_, http) => _mode switch
            {
                1 => Provider.RefuseAsync(http, 400, 21211),
                2 => Provider.RefuseAsync(http, 503, 20500),
                3 => Abort(http),
                Holds => HoldAsync(http),
                _ => Task.FromResult(false),
            };
            _twilio = provider.Options;
            _twilio.PublicUrl = new Uri("http://127.0.0.1:1/");
        }

        public static async Task<Teller> BeginAsync()
        {
            var teller = new Teller(await Provider.StartAsync());
            teller._host = await ProofHost.StartAsync(twilio: teller._twilio);
            teller._storm = new ProofStorm(teller._host);
            return teller;
        }

        public async Task DoAsync(Move move)
        {
            switch (move.Act)
            {
                case Act.Press or Act.Fall or Act.Smoke or Act.Clear:
                    await SayAsync(move.Act, move.N);
                    await DeliveredAsync();
                    break;
                case Act.Again when _said.Count > 0:
                    var (device, mid, body, _, at) = _said[move.N % _said.Count];
                    await _host.PublishAsync(device, mid, body, at);
                    await _host.DeliveredAsync(device, mid);
                    break;
                case >= Act.Acknowledge and <= Act.Note:
                    await ActAsync(move);
                    break;
                case Act.Pass:
                    _host.Clock.Advance(TimeSpan.FromSeconds(move.N % 100));
                    break;
                case Act.JumpFar:
                    _host.Clock.Advance(TimeSpan.FromMinutes(move.N));
                    await _host.SweepAsync();
                    break;
                case Act.TurnBack:
                    _host.TurnBack(TimeSpan.FromSeconds(move.N % 30));
                    _ledger.SetBack += TimeSpan.FromSeconds(move.N % 30);
                    break;
                case Act.Sweep:
                    await _host.SweepAsync();
                    break;
                case Act.Send:
                    await _host.SendAsync();
                    break;
                case Act.Provider:
                    _mode = move.N % 5 > 3 ? 0 : move.N % 5; // well more often than not
                    break;
                case Act.Receipt when _provider.Asked.Count > 0:
                    await ReceiptAsync(move.N % _provider.Asked.Count, Statuses[move.N / 7 % Statuses.Length]);
                    break;
                case Act.Checkpoint:
                    await _host.CheckpointAsync();
                    break;
                case >= Act.Burst:
                    await _storm.DoAsync(move.Act.ToString(), move.N);
                    break;
                case Act.Crash:
                    await CrashAsync();
                    break;
                case Act.CrashInMidAir:
                    // The PUBACK is out; how far the rest went, nobody knows.
                    await SayAsync(Act.Press, move.N);
                    var mode = _mode;
                    if (move.N % 3 > 0)
                    {
                        // Or it dies with a step in hand: everybody of it claimed, asked for, and never answered for.
                        await DeliveredAsync();
                        _host.Clock.Advance(TimeSpan.FromMinutes(3));
                        await _host.SweepAsync();
                        (_mode, _isHeld, _letGo) = (Holds, new(), new());
                    }

                    var sending = _host.SendAsync();
                    if (_mode == Holds) await Task.WhenAny(sending, _isHeld.Task);
                    await CrashAsync();
                    sending.Ignore(); // how it ended belongs to the process that is gone
                    _mode = mode;
                    _letGo.TrySetResult();
                    await DeliveredAsync();
                    break;
            }

            _ledger.Check(_host);
        }

        /// <summary>When the world behaves again, everything that is owed goes out, the books balance, and an answer ends it.</summary>
        public async Task EndAsync()
        {
            _mode = 0;
            await _host.PassAsync(TimeSpan.FromMinutes(8), TimeSpan.FromSeconds(20));
            for (var n = 0; n < _provider.Asked.Count; n++) await ReceiptAsync(n, "delivered");
            _ledger.Check(_host);
            var books = _host.Get<Reconciler>().Look(ProofHost.Start.AddDays(-1), _host.Clock.GetUtcNow().AddDays(1));
            Assert.True(books.Breaks.Count == 0, string.Join('\n', books.Breaks));
            // That somebody has gone is news, not the same step once more.
            var news = _host.Alerts.File.Read(connection => connection.Rows("SELECT notice_id FROM notices WHERE is_information = 1", row => row.GetString(0))).ToHashSet();
            foreach (var asked in _provider.Asked.Where(one => !news.Contains(NoticeOf(one))).GroupBy(one => (Step: StepOf(one), To: one.Form["To"]))) Assert.Single(asked.Select(NoticeOf).Distinct());

            await _storm.AnswerAsync();
            foreach (var (key, id) in Open()) await _host.Alert(key).Act(id, new AlertCommand.Acknowledge("An", null), new Actor("An", null));
            var told = _provider.Asked.Count;
            var answered = _host.Alerts.File.Read(connection => connection.Rows("SELECT alert_id FROM alerts UNION SELECT incident_id FROM incidents", row => row.GetString(0))).ToHashSet();
            await _host.PassAsync(TimeSpan.FromMinutes(8), TimeSpan.FromSeconds(20));
            // A shelf that ends meanwhile raises what it held: that is new, and nobody has answered it.
            Assert.DoesNotContain(_provider.Asked.Skip(told), asked => answered.Contains(NoticeOf(asked).Split('-')[0]));
        }

        public async ValueTask DisposeAsync()
        {
            await _host.DisposeAsync();
            await _provider.DisposeAsync();
        }

        private async Task CrashAsync()
        {
            _host = await _host.CrashAsync();
            _storm = new ProofStorm(_host);
        }

        private async Task SayAsync(Act act, int n)
        {
            var home = 1 + (n % 2);
            var (device, body, rule) = act switch
            {
                Act.Press => ($"b{home}", "\"sos\":{\"type\":\"press\",\"button\":\"emergency\"}", "sos"),
                Act.Fall => ($"b{home}", "\"sos\":{\"type\":\"fall\"}", "fall"),
                Act.Smoke => ($"f{home}", "\"smoke\":{\"type\":\"alarm\"}", "smoke"),
                _ => ($"f{home}", "\"smoke\":{\"type\":\"clear\"}", ""),
            };
            var said = (device, $"n{_said.Count}", body, $"H{home}/{rule}", _host.Clock.GetUtcNow());
            _said.Add(said);
            await _host.PublishAsync(said.device, said.Item2, body, said.Item5);
            if (rule.Length > 0) _ledger.Call(said.Item4, said.Item2);
        }

        private Task DeliveredAsync() => _host.DeliveredAsync(_said[^1].Device, _said[^1].Mid);

        private async Task ActAsync(Move move)
        {
            var alerts = _host.Alerts.File.Read(connection => connection.Rows("SELECT doc, key FROM alerts WHERE household_id <> '' ORDER BY n DESC LIMIT 8", row => (AlertStore.ReadAlert(row), row.GetString(1))));
            if (alerts.Count == 0) return;
            var (alert, key) = alerts[move.N % alerts.Count];
            var (by, other) = (People[move.N / 3 % 3], People[move.N / 5 % 3]);
            AlertCommand command = move.Act switch
            {
                Act.Acknowledge => new AlertCommand.Acknowledge(by, null),
                Act.Dispatch => new AlertCommand.Dispatch(by, other, null),
                Act.Arrive => new AlertCommand.Arrive(by, null),
                Act.Close => new AlertCommand.Close(by, Outcome.All[move.N % Outcome.All.Count], null),
                Act.Reopen => new AlertCommand.Reopen(by, null),
                Act.HandOver => new AlertCommand.HandOver(by, other, null),
                Act.Regrade => new AlertCommand.Regrade(by, (Priority)(1 + (move.N % 3)), "on the phone"),
                _ => new AlertCommand.Note(by, "said"),
            };
            var answer = await _host.Alert(key).Act(alert.Id, command, new Actor(by, "console", move.N % 4 == 0 ? null : alert.Version));
            if (answer is { Rejected: null, Alert: { } taken } && taken.Id == alert.Id) _ledger.Answer(taken);
        }

        private async Task ReceiptAsync(int n, string status) => await _host.ReceiptAsync(Provider.SidOf(n + 1), NoticeOf(_provider.Asked[n]), status);

        private List<(string Key, Domain.AlertId Id)> Open() => _host.Alerts.File.Read(connection => connection.Rows(
            "SELECT key, alert_id FROM alerts WHERE closed_at IS NULL", row => (row.GetString(0), new Domain.AlertId(row.GetString(1)))));

        private static string NoticeOf(Asked asked) => HttpUtility.ParseQueryString(new Uri(asked.Form["StatusCallback"]).Query)["notice"]!;

        private static string StepOf(Asked asked) => NoticeOf(asked)[..NoticeOf(asked).LastIndexOf('-')];

        private async Task<bool> HoldAsync(Microsoft.AspNetCore.Http.HttpContext http)
        {
            var letGo = _letGo.Task;
            _isHeld.TrySetResult();
            await letGo;
            return await Abort(http);
        }

        private static Task<bool> Abort(Microsoft.AspNetCore.Http.HttpContext http)
        {
            http.Abort();
            return Task.FromResult(true);
        }
    }
}
