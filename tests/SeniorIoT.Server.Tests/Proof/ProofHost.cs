using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Api;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Mails;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Proof;
using SeniorIoT.Server.Tests.Notices;
using Xunit;

namespace SeniorIoT.Server.Tests.Proof;

/// <summary>
/// The real rooms from the journal to the provider's webhooks on files of their own, with a clock that the test turns. Nothing rings or
/// sends by itself. Two homes, each with a detector and a button: f1, b1 and f2, b2. It can be torn down at any moment, nothing
/// flushed, and started again on the same files.
/// </summary>
internal sealed class ProofHost : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 10, 4, 0, 0, TimeSpan.Zero);
    private const int EndLooksMax = 20;
    private static readonly TimeSpan EndLookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeliveredWithin = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly Channel<string> _delivered;
    private readonly HttpClient _webhooks = new();

    private ProofHost(WebApplication app, FakeTimeProvider clock, string folder, TwilioOptions? twilio, Channel<string> delivered) =>
        (_app, Clock, Folder, Twilio, _delivered) = (app, clock, folder, twilio, delivered);

    public FakeTimeProvider Clock { get; private set; }

    public string Folder { get; }

    public TwilioOptions? Twilio { get; }

    public AlertStore Alerts => Get<AlertStore>();

    public static async Task<ProofHost> StartAsync(string? folder = null, DateTimeOffset? now = null, TwilioOptions? twilio = null, ProofOptions? proof = null)
    {
        folder ??= Directory.CreateTempSubdirectory("senioriot-").FullName;
        var clock = new FakeTimeProvider(now ?? Start);
        var delivered = System.Threading.Channels.Channel.CreateUnbounded<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        Tests.Alerts.TestSilo.AddTestSilo(builder, clock);
        var options = new ServerOptions { Data = folder };
        builder.Services.AddSingleton(options).AddSingleton(options.Detection).AddSingleton(options.Retention);
        var hosted = builder.Services.Where(service => service.ServiceType == typeof(IHostedService)).ToHashSet();
        builder.Services.AddRegistry(folder);
        builder.Services.AddSingleton<Deliver>(provider =>
        {
            var addresses = provider.GetRequiredService<DeviceAddresses>();
            return async (kind, deviceId, reports) =>
            {
                await addresses.Of(kind, deviceId).Receive(reports);
                foreach (var report in reports) delivered.Writer.TryWrite($"{deviceId}/{report.Key}");
            };
        });
        builder.Services.AddIngest(options.Ingest());
        ServerBuilder.AddStores(builder.Services, options);
        ServerBuilder.AddAlerts(builder.Services, twilio ?? new TwilioOptions(), proof: proof);
        builder.Services.AddMail(new MailOptions(), folder);
        builder.Services.AddAuthentication().AddBearerToken();
        builder.Services.AddAuthorizationBuilder().AddPolicy(AccessPolicies.Administrator, policy => policy.RequireAuthenticatedUser()).AddPolicy(AccessPolicies.WholeDistrict, policy => policy.RequireAuthenticatedUser());
        builder.Services.AddDuty(options.Duty).AddProof();
        foreach (var service in builder.Services.Where(service => service.ServiceType == typeof(IHostedService) && !hosted.Contains(service)
            && service.ImplementationType?.Namespace?.StartsWith("SeniorIoT", StringComparison.Ordinal) != false).ToList())
            if (service.ImplementationType is not null || service.ImplementationFactory?.Method.Module == typeof(ServerBuilder).Module) builder.Services.Remove(service);
        var app = builder.Build();
        app.MapSms();
        app.MapProof();
        var host = new ProofHost(app, clock, folder, twilio, delivered);
        await app.StartAsync();
        host.Enrol("H1", "f1", "b1");
        host.Enrol("H2", "f2", "b2");
        host.Get<ProbeHome>();
        await host.Get<Journal>().ReplayAsync();
        host.Get<Dispatcher>().Start();
        return host;
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public IAlertGrain Alert(string key) => Get<IGrainFactory>().GetGrain<IAlertGrain>(key);

    /// <summary>What a device publishes, up to its PUBACK: it is on disk then, and perhaps no further.</summary>
    public async Task PublishAsync(string deviceId, string mid, string body, DateTimeOffset? at = null)
    {
        var topic = $"senioriot/v1/{(deviceId[0] == 'f' ? "smoke" : "sos")}/{deviceId}/event";
        var payload = Encoding.UTF8.GetBytes($$"""{"mid":"{{mid}}","ts":"{{at ?? Clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ}}","clock":"synced",{{body}}}""");
        var now = Clock.GetUtcNow();
        Assert.True(await Get<Journal>().WriteAsync(sender => Get<Intake>().Judge(deviceId, topic, payload, now, sender, 1)));
    }

    /// <summary>Completes when a message was delivered to its device's grain.</summary>
    public async Task DeliveredAsync(string deviceId, string mid)
    {
        using var limit = new CancellationTokenSource(DeliveredWithin);
        while (!(await _delivered.Reader.ReadAsync(limit.Token)).StartsWith($"{deviceId}/m:{mid}@", StringComparison.Ordinal))
        {
        }
    }

    public Task SweepAsync() => Get<Sweeper>().SweepAsync(TestContext.Current.CancellationToken);

    public Task<int> SendAsync() => Get<Outbox>().SendDueAsync(TestContext.Current.CancellationToken);

    public Task CheckpointAsync() => Get<Checkpoint>().RunOnceAsync(TestContext.Current.CancellationToken);

    /// <summary>Turns the clock on, sweeping and sending at every step.</summary>
    public async Task PassAsync(TimeSpan time, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            Clock.Advance(step);
            await SweepAsync();
            await SendAsync();
        }
    }

    /// <summary>The machine's clock is set back.</summary>
    public void TurnBack(TimeSpan time) => Clock.AdjustTime(Clock.GetUtcNow() - time);

    /// <summary>What the provider says of a text.</summary>
    public async Task<HttpStatusCode> ReceiptAsync(string sid, string noticeId, string status)
    {
        var form = new Dictionary<string, string> { ["MessageSid"] = sid, ["MessageStatus"] = status };
        if (status is "failed" or "undelivered") form["ErrorCode"] = "30003";
        var url = $"{_app.Urls.First()}/api/v1/sms/twilio/receipt?notice={noticeId}";
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Add("X-Twilio-Signature", TwilioClient.Sign(Provider.Token, Twilio!.PublicUrl is { } self ? new Uri(self, new Uri(url).PathAndQuery).AbsoluteUri : url, form));
        using var answer = await _webhooks.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        return answer.StatusCode;
    }

    /// <summary>Ends the process as a crash does, whatever it was doing, and starts again on the same files.</summary>
    public async Task<ProofHost> CrashAsync()
    {
        var now = Clock.GetUtcNow();
        await EndAsync();
        return await StartAsync(Folder, now, Twilio);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task EndAsync()
    {
        _webhooks.Dispose();
        await _app.StopAsync(new CancellationToken(canceled: true));
        var gone = _app.DisposeAsync().AsTask();
        // A silo that is torn down in the middle of a call may wait for a moment of its clock, which nobody turns any more.
        for (var looks = 0; looks < EndLooksMax && await Task.WhenAny(gone, Task.Delay(EndLookEvery, TimeProvider.System)) != gone; looks++) Clock.Advance(TimeSpan.FromSeconds(30));
        await gone.WaitAsync(EndLookEvery, TimeProvider.System);
    }

    private void Enrol(string household, params string[] devices)
    {
        DeviceKind[] kinds = [DeviceKind.Smoke, DeviceKind.Sos];
        foreach (var (id, kind) in devices.Zip(kinds)) Get<DeviceDirectory>().Set(new DirectoryEntry(id, kind, household, null, [], false));
        Get<HouseholdDirectory>().Set(new HouseholdEntry(
            household, "江苏路100弄38号1070室", "江苏居委会", "江苏路街道", [new Resident("王秀英", 1941, true)],
            [
                new Contact("Li", "13800000001", Role.Volunteer), new Contact("Wu", "13800000002", Role.SecondVolunteer),
                new Contact("duty", "13800000003", Role.CommitteeDuty), new Contact("head", "13800000004", Role.CommitteeHead),
                new Contact("supervisor", "13800000005", Role.Supervisor),
            ],
            AbsencePlan.Empty, [.. devices.Zip(kinds).Select(device => new InstalledDevice(device.First, device.Second.ToString(), Start))]));
    }
}
