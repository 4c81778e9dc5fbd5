using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Api;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Storage;
using Xunit;

namespace SeniorIoT.Server.Tests.Ingest;

/// <summary>Grains with a memory: what they were told, in order. They fail and wait on demand.</summary>
internal sealed class FakeGrains
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Report>> _received = new();
    private int _begun;

    public ConcurrentDictionary<string, bool> Failing { get; } = new();

    public ConcurrentQueue<string> Order { get; } = new();

    /// <summary>Calls wait for it, when set.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>Calls that began.</summary>
    public int Begun => Volatile.Read(ref _begun);

    public async Task Receive(DeviceKind kind, string deviceId, Report[] reports)
    {
        Interlocked.Increment(ref _begun);
        if (Gate is { } gate) await gate.Task;
        if (Failing.ContainsKey(deviceId)) throw new IOException("The store of this grain is away.");
        foreach (var report in reports)
        {
            _received.GetOrAdd(deviceId, _ => new()).Enqueue(report);
            Order.Enqueue(deviceId);
        }
    }

    public string[] Keys(string deviceId) => _received.TryGetValue(deviceId, out var reports) ? [.. reports.Select(report => report.Key.Split('@')[0])] : [];

    public Report[] Reports(string deviceId) => _received.TryGetValue(deviceId, out var reports) ? [.. reports] : [];
}

/// <summary>A participant of the checkpoint that fails on demand.</summary>
internal sealed class FakeCheckpointed : ICheckpointed
{
    public int Flushes { get; private set; }

    public bool IsFailing { get; set; }

    public Task FlushAsync(CancellationToken cancel)
    {
        Flushes++;
        return IsFailing ? Task.FromException(new IOException("Disk full.")) : Task.CompletedTask;
    }
}

/// <summary>A host with nothing but ingest in it, on a free port of the loopback address and on a clock that only tests move.</summary>
internal sealed class IngestHost : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _app;

    private IngestHost(WebApplication app, string folder) => (_app, Folder) = (app, folder);

    public string Folder { get; }

    public FakeGrains Grains => Get<FakeGrains>();

    public FakeTimeProvider Clock => Get<FakeTimeProvider>();

    public FakeCheckpointed Participant => Get<FakeCheckpointed>();

    public Journal Journal => Get<Journal>();

    public Checkpoint Checkpoint => Get<Checkpoint>();

    public IngestCounters Counters => Get<IngestCounters>();

    public ConnectedDevices Connected => Get<ConnectedDevices>();

    public CommandQueue Commands => Get<CommandQueue>();

    public IReadOnlyList<QuarantinedMessage> Quarantined => Get<Quarantine>().Read(null, 1000);

    public int Port => PortOf(0);

    public static async Task<IngestHost> StartAsync(Func<IngestOptions, IngestOptions>? configure = null, string? folder = null, FakeGrains? grains = null)
    {
        folder ??= Directory.CreateTempSubdirectory("senioriot-ingest-").FullName;
        var options = new IngestOptions { DataDirectory = folder, Address = IPAddress.Loopback, Port = 0, TlsPort = 0 };
        options = configure?.Invoke(options) ?? options;
        grains ??= new FakeGrains();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenForMqtt(options));
        var clock = new FakeTimeProvider(Start);
        builder.Services.AddSingleton(grains).AddSingleton(clock).AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<FakeCheckpointed>().AddSingleton<ICheckpointed>(provider => provider.GetRequiredService<FakeCheckpointed>());
        builder.Services.AddSingleton<Deliver>(grains.Receive);
        // Commands need the registry's file, and nothing else of the registry.
        builder.Services.AddSingleton(_ => new SqliteFile(Path.Combine(folder, "registry.db"), RegistrySchema.Migrations)).AddSingleton<CommandQueue>();
        builder.Services.AddIngest(options);
        var host = new IngestHost(builder.Build(), folder);
        await host._app.StartAsync();
        return host;
    }

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public int PortOf(int index) => new Uri(Get<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(index)).Port;

    /// <summary>Enrols a device, or with <paramref name="kind"/> null a gateway. Returns its password.</summary>
    public string Enrol(string id, DeviceKind? kind = DeviceKind.Water, string? gatewayId = null, bool isRetired = false)
    {
        var secret = DeviceSecret.Create();
        Get<DeviceDirectory>().Set(new DirectoryEntry(id, kind, kind is null ? null : "h-" + id, gatewayId, DeviceSecret.Hash(secret), isRetired));
        return secret;
    }

    /// <summary>Enrols and connects.</summary>
    public async Task<WireClient> ConnectAsync(string id, DeviceKind? kind = DeviceKind.Water, bool isVersion5 = true)
    {
        var secret = Enrol(id, kind);
        var client = await WireClient.OpenAsync(Port, isVersion5);
        Assert.Equal(0, (await client.ConnectAsync(id, secret))[1]);
        return client;
    }

    /// <summary>Orders a command, as the API would; it expires after a week unless said otherwise.</summary>
    public async Task<CommandRow> OrderAsync(string deviceId, DeviceCommand command, TimeSpan? validFor = null)
    {
        await Get<SqliteFile>().WriteAsync(connection => connection.Run(
            "INSERT OR IGNORE INTO devices(device_id, kind, secret_hash, enrolled_at) VALUES(@id, 'water', x'', 0)", ("@id", deviceId)));
        var now = Clock.GetUtcNow();
        return (await Commands.OrderAsync(deviceId, new CommandMessage(CommandQueue.NewId(), now, now + (validFor ?? TimeSpan.FromDays(7)), command), "op"))!;
    }

    /// <summary>A command as it stands in the file.</summary>
    public CommandRow Command(CommandRow ordered) => Get<SqliteFile>().Read(connection => CommandStore.Find(connection, ordered.DeviceId, ordered.CommandId))!;

    public async Task<HealthCheckResult> CheckHealthAsync() =>
        await new IngestHealth(Journal, Get<Dispatcher>(), Checkpoint, Get<IngestOptions>()).CheckHealthAsync(new HealthCheckContext());

    /// <summary>Holds the journal's writer. Returns when it is held; the result lets it go.</summary>
    public async Task<ManualResetEventSlim> HoldCommitsAsync()
    {
        var (held, release) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new ManualResetEventSlim());
        _ = Journal.File.WriteAsync(_ =>
        {
            held.SetResult();
            release.Wait(TimeSpan.FromSeconds(20));
        });
        await held.Task;
        return release;
    }

    /// <summary>Makes the disk full for the journal, at its next growth beyond so many pages (or beyond what it has).</summary>
    public Task LimitFileAsync(int pages) => ExecuteAsync($"PRAGMA max_page_count = {pages}");

    public Task ExecuteAsync(string sql) => Journal.File.WriteAsync(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    });

    public Task StopAsync() => _app.StopAsync();

    /// <summary>The files as a power cut would leave them now, in a new folder.</summary>
    public string CrashImage()
    {
        var image = Directory.CreateTempSubdirectory("senioriot-ingest-").FullName;
        foreach (var file in Directory.GetFiles(Folder))
            if (!file.EndsWith("-shm", StringComparison.Ordinal)) File.Copy(file, Path.Combine(image, Path.GetFileName(file)));
        return image;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>What tests of the door say again and again.</summary>
internal static class Wire
{
    public static string TelemetryOf(string id) => $"senioriot/v1/water/{id}/telemetry";

    public static string Water(string mid, long litres = 100) =>
        $$$"""{"mid":"{{{mid}}}","ts":"2026-03-01T07:59:00Z","water":{"total_l":{{{litres}}},"resolution_l":1}}""";

    public static string Press(string mid) => $$$"""{"mid":"{{{mid}}}","ts":"2026-03-01T07:59:00Z","sos":{"type":"press"}}""";

    /// <summary>Waits for something that another thread does, and fails loudly if it never comes.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        for (var waited = 0; !condition(); waited++)
        {
            Assert.True(waited < 4000, $"Waited in vain: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
