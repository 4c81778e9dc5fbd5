using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Api;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Mails;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Storage;
using Xunit;
using Alert = SeniorIoT.Domain.Alerts.Alert;

namespace SeniorIoT.Server.Tests.Alerts;

/// <summary>
/// A silo with the real rooms of devices, alerts and notices on files of its own, and a clock that the test turns. Nothing rings
/// or sends by itself: the test sweeps and sends. Two homes, each with a meter, a detector and a button: w1, f1, b1 and w2, f2, b2.
/// </summary>
internal sealed class District : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 10, 4, 0, 0, TimeSpan.Zero);

    private readonly IHost _host;
    private int _sent;

    private District(IHost host, FakeTimeProvider clock, string folder) => (_host, Clock, Folder) = (host, clock, folder);

    public FakeTimeProvider Clock { get; }

    public string Folder { get; }

    public AlertStore Store => Get<AlertStore>();

    public static async Task<District> StartAsync(string? folder = null, DateTimeOffset? now = null, TwilioOptions? twilio = null, AliyunOptions? aliyun = null, SmsOptions? sms = null)
    {
        folder ??= Directory.CreateTempSubdirectory("senioriot-").FullName;
        var clock = new FakeTimeProvider(now ?? Start);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.AddTestSilo(clock);
        var options = new ServerOptions { Data = folder };
        builder.Services.AddSingleton(options).AddSingleton(options.Detection).AddSingleton(options.Retention);
        var hosted = builder.Services.Where(service => service.ServiceType == typeof(IHostedService)).ToHashSet();
        builder.Services.AddRegistry(folder);
        ServerBuilder.AddStores(builder.Services, options);
        ServerBuilder.AddAlerts(builder.Services, twilio ?? new TwilioOptions(), aliyun, sms);
        builder.Services.AddMail(new MailOptions(), folder);
        builder.Services.AddDuty(options.Duty);
        foreach (var service in builder.Services.Where(service => service.ServiceType == typeof(IHostedService) && !hosted.Contains(service)).ToList())
            builder.Services.Remove(service);
        builder.Services.AddSingleton<Sweeper>();
        var host = builder.Build();
        var district = new District(host, clock, folder);
        await host.StartAsync();
        district.Enrol("H1", "w1", "f1", "b1");
        district.Enrol("H2", "w2", "f2", "b2");
        await district.Get<DeadlineTable>().SetAsync([.. new[] { "w1", "f1", "b1" }.Select(id => new Deadline(id, DeviceStore.SilentDeadline, Start.AddHours(25)))]);
        return district;
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public IAlertGrain Alert(string key) => Get<IGrainFactory>().GetGrain<IAlertGrain>(key);

    /// <summary>Delivers reports as the dispatcher does.</summary>
    public Task DeliverAsync(string deviceId, params Report[] reports) => Grain(deviceId).Receive(reports);

    /// <summary>A button's report, received and measured now.</summary>
    public Report Button(ButtonEventKind kind = ButtonEventKind.Press, string? key = null) =>
        new(key ?? $"1/{++_sent}", Clock.GetUtcNow(), Clock.GetUtcNow(), false, false, null, null, new ReportBody.Button(kind, ButtonUse.Emergency));

    /// <summary>A meter's report, received now: litres by hours before now.</summary>
    public Report Water(IEnumerable<(double HoursAgo, long Litres)> samples, string? key = null)
    {
        ImmutableArray<Reading> readings = [.. samples.Select(sample => new Reading(Clock.GetUtcNow().AddHours(-sample.HoursAgo), sample.Litres * 1000))];
        return new(key ?? $"2/{++_sent}", Clock.GetUtcNow(), readings.Max(reading => reading.At), false, false, 80, null, new ReportBody.Water(readings, 1000));
    }

    public IDeviceGrain Grain(string deviceId) => deviceId[0] switch
    {
        'w' => Get<IGrainFactory>().GetGrain<IWaterMeterGrain>(deviceId),
        'f' => Get<IGrainFactory>().GetGrain<ISmokeDetectorGrain>(deviceId),
        _ => Get<IGrainFactory>().GetGrain<IButtonGrain>(deviceId),
    };

    /// <summary>Turns the clock on, sweeping at every step as the server does each second.</summary>
    public async Task PassAsync(TimeSpan time, TimeSpan? step = null)
    {
        var every = step ?? TimeSpan.FromSeconds(15);
        for (var passed = TimeSpan.Zero; passed < time; passed += every)
        {
            Clock.Advance(every);
            await SweepAsync();
        }
    }

    public Task SweepAsync() => Get<Sweeper>().SweepAsync(TestContext.Current.CancellationToken);

    public Task<int> SendAsync() => Get<Outbox>().SendDueAsync(TestContext.Current.CancellationToken);

    /// <summary>Alerts as they are on disk, newest first.</summary>
    public IReadOnlyList<Alert> Alerts(string? rule = null) => Store.File.Read(connection =>
        connection.Rows("SELECT doc FROM alerts WHERE @rule IS NULL OR rule = @rule ORDER BY n DESC", AlertStore.ReadAlert, ("@rule", rule)));

    public IReadOnlyList<Api.Notice> Notices(Alert alert) => Get<NoticeStore>().ReadOf(alert.Id.Value);

    public string[] Timeline(Alert alert) => [.. Get<AlertQueries>().TimelineOf(alert.Id.Value).Select(line => line.Kind)];

    /// <summary>Makes the disk refuse to write to a table of <c>alerts.db</c> until it is mended.</summary>
    public Task BreakAsync(string table) => Store.File.WriteAsync(connection =>
        connection.Run($"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'the disk refuses'); END"));

    public Task MendAsync() => Store.File.WriteAsync(connection => connection.Run("DROP TRIGGER broken"));

    /// <summary>Ends the process without a checkpoint, as a crash does, and starts again on the same files.</summary>
    public async Task<District> RestartAsync(bool withCheckpoint, TimeSpan later = default, TwilioOptions? twilio = null, AliyunOptions? aliyun = null, SmsOptions? sms = null)
    {
        if (withCheckpoint)
            foreach (var participant in _host.Services.GetServices<ICheckpointed>()) await participant.FlushAsync(CancellationToken.None);
        await StopAsync();
        return await StartAsync(Folder, Clock.GetUtcNow() + later, twilio, aliyun, sms);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task StopAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
    }

    private void Enrol(string household, params string[] devices)
    {
        DeviceKind[] kinds = [DeviceKind.Water, DeviceKind.Smoke, DeviceKind.Sos];
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
