using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;

namespace SeniorIoT.Server.Tests.Telemetry;

/// <summary>The parts of rolling up on files of their own, with a clock that the test turns. Nothing happens by itself.</summary>
internal sealed class RollupHost : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("senioriot-");
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly DeviceDirectory _devices = new();
    private SqliteFile _file = null!;
    private TelemetryWriter _writer = null!;

    public RollupHost(DateTimeOffset now, string zone = "Asia/Shanghai", RetentionOptions? retention = null)
    {
        (Clock, Zone, Retention) = (new FakeTimeProvider(now), TimeZoneInfo.FindSystemTimeZoneById(zone), retention ?? new RetentionOptions());
        foreach (var meter in (string[])["w1", "w2"]) _devices.Set(new DirectoryEntry(meter, DeviceKind.Water, "H1", null, [], false));
        _devices.Set(new DirectoryEntry("f1", DeviceKind.Smoke, "H1", null, [], false));
        Start();
    }

    public FakeTimeProvider Clock { get; }

    public TimeZoneInfo Zone { get; private set; }

    public RetentionOptions Retention { get; }

    public EmbeddedStore Store { get; private set; } = null!;

    public RollupMarks Marks { get; private set; } = null!;

    public RollupWorker Worker { get; private set; } = null!;

    public UseSeries Series => new(Store, Marks, Zone, Clock);

    public string TelemetryFolder => Path.Combine(_folder.FullName, "telemetry");

    /// <summary>What a checkpoint does with readings of a meter.</summary>
    public async Task UploadAsync(string device, params IEnumerable<Sample> samples)
    {
        await _writer.AddAsync([.. samples.Select(sample => new Point(device, Metric.TotalMillilitres, sample.AtMs, sample.Value))], [], CancellationToken.None);
        await _writer.FlushAsync(CancellationToken.None);
    }

    public Task PassAsync() => Worker.RunOnceAsync(CancellationToken.None);

    /// <summary>Turns the clock to when every mark there is can be taken, and takes them.</summary>
    public async Task SettleAsync()
    {
        Clock.Advance(TimeSpan.FromDays(2) + TimeSpan.FromMinutes(11));
        await PassAsync();
    }

    /// <summary>The next start of the server: what was only in memory is gone.</summary>
    public async Task RestartAsync(bool isNewRollupFile = false, string? zone = null)
    {
        await StopAsync();
        if (zone is not null) Zone = TimeZoneInfo.FindSystemTimeZoneById(zone);
        if (isNewRollupFile) foreach (var file in Directory.GetFiles(_folder.FullName, "rollup.db*")) File.Delete(file);
        Start();
    }

    /// <summary>Makes the disk refuse to let go of marks, as a crash after the roll-ups were written would.</summary>
    public Task KeepMarksAsync(bool isKept) => _file.WriteAsync(connection => connection.Run(
        isKept ? "CREATE TRIGGER IF NOT EXISTS kept BEFORE DELETE ON dirty BEGIN SELECT RAISE(ABORT, 'the disk refuses'); END" : "DROP TRIGGER IF EXISTS kept"));

    /// <summary>Makes the disk refuse new marks.</summary>
    public Task RefuseMarksAsync(bool isRefused) => _file.WriteAsync(connection => connection.Run(
        isRefused ? "CREATE TRIGGER refused BEFORE INSERT ON dirty BEGIN SELECT RAISE(ABORT, 'the disk refuses'); END" : "DROP TRIGGER refused"));

    public long Count(string what) => _file.Read(connection => connection.Scalar($"SELECT {what} FROM dirty", 0L));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _services.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private void Start()
    {
        Store = new EmbeddedStore(TelemetryFolder);
        _file = new SqliteFile(Path.Combine(_folder.FullName, "rollup.db"), RollupMarks.Migrations);
        Marks = new RollupMarks(_file, Zone, Clock);
        _writer = new TelemetryWriter(Store, Marks);
        Worker = new RollupWorker(Marks, Store, _devices, Zone, Retention, new RollupOptions(), _services.GetRequiredService<IMeterFactory>(), Clock, NullLogger<RollupWorker>.Instance);
    }

    private async Task StopAsync()
    {
        Worker.Dispose();
        _writer.Dispose();
        await Marks.DisposeAsync();
        await Store.DisposeAsync();
    }
}
