using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using SeniorIoT.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>How the server proves to itself, to its administrator and to somebody outside that it works.</summary>
public sealed class ProofTests(ProofTests.Server server, Browser browser) : IClassFixture<ProofTests.Server>, IClassFixture<Browser>
{
    private const string Number = "+8613800000099";

    [Fact]
    public async Task A_press_of_the_servers_own_goes_all_the_way_and_nobody_else_sees_or_hears_of_it()
    {
        using var put = await server.Api.Http.PutAsJsonAsync("api/v1/responders/district", new { responders = new[] { new Contact("supervisor", "+8613800000005", "supervisor") } }, TestContext.Current.CancellationToken);
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var before = await CountedAsync();
        var heard = new ConcurrentQueue<Alert>();
        await using var hub = server.Api.Hub();
        hub.On<Alert>(AlertsHubNames.AlertChanged, heard.Enqueue);
        await hub.StartAsync(TestContext.Current.CancellationToken);

        var probing = server.Api.PostAsync<ProbeTimes>("system/probe", new { });
        var text = await Wait.ForAsync("the text goes to the probe's number", () => Task.FromResult(server.Provider.Texts.FirstOrDefault(text => text.To == Number)));
        Assert.DoesNotContain(await server.Api.ListAsync<Alert>("alerts"), alert => alert.HouseholdId.Contains('@'));
        Assert.True(await server.Provider.TellAsync(server.Address, text, "delivered"));
        var press = await probing;

        Assert.Null(press.Problem);
        Assert.InRange(press.Alerted!.Value, press.Acknowledged!.Value, 10);
        Assert.InRange(press.Delivered!.Value, 0, 120);
        Assert.NotNull(press.Texted);
        Assert.All(server.Provider.Texts.Where(one => one.NoticeId.StartsWith(text.NoticeId[..5], StringComparison.Ordinal)), one => Assert.Equal(Number, one.To));
        Assert.DoesNotContain(heard, alert => alert.HouseholdId.Contains('@'));
        Assert.Equal(before, await CountedAsync());
        Assert.Equal(0, Count("SELECT count(*) FROM alerts WHERE household_id = '@probe'"));
        Assert.Equal(0, Count($"SELECT count(*) FROM notices WHERE notice_id = '{text.NoticeId}'"));
        Assert.Contains("senioriot_probe_time_to_console_seconds_count", await server.Api.TextAsync("metrics"));
        using var refused = await server.Api.Http.PostAsJsonAsync("api/v1/devices", new NewDevice("senioriot-self-probe", "sos", "H1"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Somebody_outside_hears_while_the_books_balance_and_no_more_when_they_do_not()
    {
        var button = await server.Api.EnrolAsync("sos", "books");
        using (var device = await RawDevice.ConnectAsync(server.MqttPort, button)) await device.PublishAsync(button.Topic("event"), Payload.Press("p1", Payload.Now));
        var alert = (await Wait.ForAsync("the press is an alert", async () => (await server.Api.AlertsAsync(button.HouseholdId)).SingleOrDefault())).AlertId;
        await server.Api.PostAsync<AlertDetail>($"alerts/{alert}/acknowledge", new AlertAction());
        Assert.Empty((await server.Api.PostAsync<Reconciliation>("reconciliation", new { })).Breaks);
        var before = server.Outside.Beats;
        await Wait.UntilAsync("signs of life arrive", () => Task.FromResult(server.Outside.Beats > before + 1));

        Execute($"CREATE TABLE lost AS SELECT * FROM timeline WHERE alert_id = '{alert}' AND n = 1; DELETE FROM timeline WHERE alert_id = '{alert}' AND n = 1");
        var broken = await server.Api.PostAsync<Reconciliation>("reconciliation", new { });
        Assert.Equal(("timeline-gap", alert, false), broken.Breaks.Select(one => (one.Kind, one.AlertId, one.IsMended)).Single());
        var state = await Wait.ForAsync("the sign of life is withheld", async () => (await server.Api.GetAsync<ProofState>("system/proof")) is { Heartbeat.Withheld: not null } shown ? shown : null);
        Assert.Equal("Between call and answer 1 things are missing.", state.Heartbeat.Withheld);
        Assert.Equal("P2", (await server.Api.ListAsync<Alert>("alerts?rule=reconciliation")).Single().Priority);

        var page = await browser.LogInAsync(server.Address);
        await page.GoToAsync("system");
        await page.GetByTestId("break").WaitForAsync();
        Assert.Equal("timeline-gap", await page.GetByTestId("break").GetAttributeAsync("data-kind"));
        Assert.Empty(await page.SeriousViolationsAsync());

        Execute("INSERT INTO timeline SELECT * FROM lost");
        await page.GetByTestId("reconcile").ClickAsync();
        await Microsoft.Playwright.Assertions.Expect(page.GetByTestId("reconciliation")).ToHaveAttributeAsync("data-breaks", "0");
        await page.Context.CloseAsync();
        Assert.NotNull((await server.Api.ListAsync<Alert>("alerts?rule=reconciliation")).Single().ClearedAt);
    }

    /// <summary>What is counted of calls, wherever it is counted.</summary>
    private async Task<string> CountedAsync()
    {
        var (kpi, overview, metrics) = (await server.Api.GetAsync<Kpi>("kpi"), await server.Api.GetAsync<Overview>("overview"), await server.Api.TextAsync("metrics"));
        var raised = metrics.Split('\n').Where(line => line.StartsWith("senioriot_alert_raised", StringComparison.Ordinal) && line.Contains("sos")).Select(line => line.Split(' ')[1]);
        return $"{kpi.ByRule.GetValueOrDefault("sos")} {overview.Households} {overview.Devices} {overview.OpenByPriority.GetValueOrDefault("P1")} {string.Join(' ', raised)}";
    }

    private long Count(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private void Execute(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(server.DataFolder, "alerts.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>A server with a provider for the probe's texts, and somebody outside who waits for signs of life.</summary>
    public sealed class Server : ServerProcess
    {
        internal SmsProvider Provider { get; } = new();

        internal Outside Outside { get; } = new();

        protected override IEnumerable<string> Options =>
        [
            "--twilio-account-sid", SmsProvider.Account, "--twilio-auth-token", SmsProvider.Token, "--twilio-from", "+14155550100",
            "--twilio-base-url", Provider.Address.ToString(), "--twilio-public-url", Address.ToString(),
            "--probe-number", Number, "--heartbeat-url", Outside.Address.ToString(), "--heartbeat-seconds", "5",
        ];

        public override async ValueTask InitializeAsync()
        {
            Provider.Open();
            await base.InitializeAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            Provider.Dispose();
            Outside.Dispose();
        }
    }

    /// <summary>Counts signs of life.</summary>
    internal sealed class Outside : IDisposable
    {
        private readonly HttpListener _listener = new();
        private int _beats;

        public Outside()
        {
            Address = new Uri($"http://127.0.0.1:{Ports.Take()}/ping/");
            _listener.Prefixes.Add(Address.ToString());
            _listener.Start();
            _ = ListenAsync();
        }

        public Uri Address { get; }

        public int Beats => Volatile.Read(ref _beats);

        public void Dispose() => _listener.Close();

        private async Task ListenAsync()
        {
            while (_listener.IsListening)
            {
                try
                {
                    var context = await _listener.GetContextAsync();
                    Interlocked.Increment(ref _beats);
                    context.Response.Close();
                }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
                {
                    // The test is over.
                    return;
                }
            }
        }
    }
}
