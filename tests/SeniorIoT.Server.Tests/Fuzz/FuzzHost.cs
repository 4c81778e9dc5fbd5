using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Tests.Fuzz;

/// <summary>The real door on the real clock. It remembers what went wrong, and of what it was sent only how much.</summary>
internal sealed class FuzzHost : IAsyncDisposable, ILoggerProvider
{
    /// <summary>Who does not say who he is within this is gone.</summary>
    public static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("senioriot-fuzz-").FullName;
    private readonly Dictionary<string, long> _delivered = [];
    private WebApplication _app = null!;
    private long _deliveredAll;

    private FuzzHost() => TaskScheduler.UnobservedTaskException += Note;

    /// <summary>Errors in the log, and exceptions that nobody looked at.</summary>
    public ConcurrentQueue<string> Wrongs { get; } = new();

    public IngestCounters Counters => _app.Services.GetRequiredService<IngestCounters>();

    public int Port { get; private set; }

    /// <summary>Reports that reached the grains.</summary>
    public long Delivered => Interlocked.Read(ref _deliveredAll);

    /// <summary>Messages that came to any end.</summary>
    public long Accounted => Counters.StoredTotal + Counters.QuarantinedTotals.Values.Sum() + Counters.ShedTotals.Values.Sum();

    // Whether a client that is too fast is held back is tested elsewhere; here it would only make the good device wait.
    private const double NoLimit = 1_000_000;

    public static async Task<FuzzHost> StartAsync()
    {
        var host = new FuzzHost();
        var options = new IngestOptions { DataDirectory = host._folder, Address = IPAddress.Loopback, Port = 0, TlsPort = 0, ConnectWithin = ConnectWithin, HandshakeWithin = ConnectWithin, DevicePerSecondMax = NoLimit, TelemetryPerSecondMax = NoLimit };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(host).SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenForMqtt(options));
        builder.Services.AddSingleton<Deliver>((_, id, reports) =>
        {
            Interlocked.Add(ref host._deliveredAll, reports.Length);
            lock (host._delivered) host._delivered[id] = host._delivered.GetValueOrDefault(id) + reports.Length;
            return Task.CompletedTask;
        });
        builder.Services.AddSingleton(_ => new SqliteFile(Path.Combine(host._folder, "registry.db"), RegistrySchema.Migrations)).AddSingleton<CommandQueue>();
        builder.Services.AddIngest(options);
        host._app = builder.Build();
        await host._app.StartAsync();
        host.Port = new Uri(host._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return host;
    }

    /// <summary>Enrols a meter; returns its password.</summary>
    public string Enrol(string id)
    {
        var secret = DeviceSecret.Create();
        _app.Services.GetRequiredService<DeviceDirectory>().Set(new DirectoryEntry(id, DeviceKind.Water, "h-" + id, null, DeviceSecret.Hash(secret), false));
        return secret;
    }

    /// <summary>Reports of one device that reached its grain.</summary>
    public long DeliveredOf(string id)
    {
        lock (_delivered) return _delivered.GetValueOrDefault(id);
    }

    public ILogger CreateLogger(string categoryName) => new Ears(this, categoryName);

    public void Dispose()
    {
        // A provider of logs has nothing to give back.
    }

    public async ValueTask DisposeAsync()
    {
        TaskScheduler.UnobservedTaskException -= Note;
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void Note(object? sender, UnobservedTaskExceptionEventArgs forgotten)
    {
        // The event is the whole process's. There is no silo here: calls that were pending when another test's silo ended are not ours.
        if (forgotten.Exception.InnerExceptions.All(error => error is ObjectDisposedException { ObjectName: "This instance has been disposed" or "This instance has been disposed." })) return;
        Wrongs.Enqueue($"Nobody looked at {forgotten.Exception}");
    }

    private sealed class Ears(FuzzHost host, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) host.Wrongs.Enqueue($"{category}: {formatter(state, exception)} {exception}");
        }
    }
}
