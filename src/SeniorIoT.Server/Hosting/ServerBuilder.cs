using System.Text.Json;
using Microsoft.AspNetCore.ResponseCompression;
using OpenTelemetry.Metrics;
using Orleans.Configuration;
using Orleans.Serialization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Answers;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Ladders;
using SeniorIoT.Server.Mails;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Proof;
using SeniorIoT.Server.Reporting;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Storms;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.Server.Visits;

namespace SeniorIoT.Server.Hosting;

/// <summary>Puts the rooms together into one process. What each of them needs is said in its own folder.</summary>
internal static class ServerBuilder
{
    private const int SiloPortMin = 20_000;
    private const int SiloPorts = 10_000;

    private static int _siloPort = Environment.ProcessId * 37;

    /// <summary>Builds the server with embedded parts.</summary>
    public static WebApplication Build(WebApplicationBuilder builder, ServerOptions options)
    {
        var ingest = options.Ingest();
        builder.WebHost.UseStaticWebAssets(); // the console, when the program runs from its build output instead of a published folder
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 32 * 1024 * 1024; // a district's spreadsheet
            foreach (var (address, port) in options.HttpSockets())
            {
                if (address is null) kestrel.ListenAnyIP(port);
                else kestrel.Listen(address, port);
            }

            kestrel.ListenForMqtt(ingest);
        });
        builder.Host.UseSystemd().ConfigureHostOptions(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));

        builder.UseOrleans(AddSilo); // first: hosted services start in this order and stop in reverse, and grains must outlive them all
        var services = builder.Services;
        services.AddSingleton(options).AddSingleton(options.Detection).AddSingleton(options.Retention);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new DevicePresence(
            id => provider.GetRequiredService<ConnectedDevices>().Is(id),
            id =>
            {
                provider.GetRequiredService<ConnectedDevices>().Close(id);
                return Task.CompletedTask;
            }));
        services.AddRegistry(options.Data).AddAccess(options.Data).AddApiProblems();
        services.AddIngest(ingest);
        AddStores(services, options);
        AddAlerts(services, options.Twilio, options.Aliyun, options.Sms, options.Proof);
        services.AddMail(options.Mail, options.Data);
        services.AddDuty(options.Duty);
        services.AddJobs().AddProof();
        AddWeb(services);
        return builder.Build();
    }

    /// <summary>Telemetry and device states.</summary>
    internal static void AddStores(IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(options.Zone()).AddSingleton(options.Rollup);
        services.AddSingleton(provider => StoreSetup.Open(options, provider.GetRequiredService<TimeProvider>()));
        services.AddHealthChecks().AddCheck<StoreHealth>("telemetry", tags: ["ready"]);
        services.AddSingleton(provider => new RollupMarks(
            new SqliteFile(StoreSetup.RollupOf(options.Data), RollupMarks.Migrations), provider.GetRequiredService<TimeZoneInfo>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RollupWorker>().AddHostedService(provider => provider.GetRequiredService<RollupWorker>()).AddSingleton<UseSeries>();
        services.AddSingleton<ExportSource>().AddSingleton<ExportDesk>();
        services.AddSingleton<TelemetryWriter>().AddSingleton<ICheckpointed>(provider => provider.GetRequiredService<TelemetryWriter>());
        services.AddSingleton(_ => new GrainStateStore(new SqliteFile(Path.Combine(options.Data, "grains.db"), GrainStateStore.Migrations)));
        services.AddSingleton<ICheckpointed>(provider => provider.GetRequiredService<GrainStateStore>());
        services.AddSingleton<DeviceDesk>().AddSingleton<HomeDesk>().AddSingleton<ShadowDesk>().AddSingleton<DeviceAddresses>();
    }

    /// <summary>Alerts and notices, with what rings, sends and shows them.</summary>
    internal static void AddAlerts(IServiceCollection services, TwilioOptions twilio, AliyunOptions? aliyun = null, SmsOptions? sms = null, ProofOptions? proof = null)
    {
        services.AddProbeHome(proof ?? new ProofOptions());
        services.AddSingleton(provider => new AlertStore(new SqliteFile(
            Path.Combine(provider.GetRequiredService<ServerOptions>().Data, "alerts.db"), AlertSchema.Migrations)));
        services.AddVisits().AddReports();
        services.AddSingleton<AlertQueries>().AddSingleton<AlertPage>().AddSingleton<Presence>().AddSingleton<Colleagues>().AddSingleton<AlertFeed>().AddSingleton<OpenCalls>().AddSingleton<SystemAlerts>().AddSingleton<AlertCounters>();
        services.AddSingleton(provider => provider.GetRequiredService<ProbeHome>().Around(provider.GetRequiredService<AreaChannels>().Around(
            Surroundings(provider.GetRequiredService<HouseholdDirectory>(), provider.GetRequiredService<DeviceDirectory>(), provider.GetRequiredService<LadderStore>(), provider.GetRequiredService<DutyDirectory>(), provider.GetRequiredService<TimeZoneInfo>()))));
        services.AddNotices(twilio, aliyun ?? new(), sms ?? new());
        services.AddAnswers();
        services.AddSingleton<Sweeper>().AddHostedService(provider => provider.GetRequiredService<Sweeper>());
        services.AddHostedService<AlertFeedSubscriber>().AddHostedService<DeviceFeed>().AddHostedService<StoreWatcher>();
        services.AddStorms();
        services.AddSingleton<DiskWatcher>().AddHostedService(provider => provider.GetRequiredService<DiskWatcher>());
    }

    private static void AddWeb(IServiceCollection services)
    {
        services.AddSignalR(hub => hub.KeepAliveInterval = TimeSpan.FromSeconds(5));
        services.AddOpenApi("v1");
        services.AddResponseCompression(compression => compression.MimeTypes = ResponseCompressionDefaults.MimeTypes);
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("SeniorIoT", "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel").AddRuntimeInstrumentation()
            // Room is taken for all of them beforehand, for each of 140 instruments; ours have a handful of labels.
            .AddView(_ => new MetricStreamConfiguration { CardinalityLimit = 500 }).AddPrometheusExporter());
    }

    /// <summary>The silo of this process.</summary>
    internal static void AddSilo(ISiloBuilder silo)
    {
        silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: FreePort());
        silo.Configure<GrainCollectionOptions>(collection => collection.CollectionQuantum = TimeSpan.FromSeconds(10));
        // Places of grains are remembered long after the grains went, at 300 bytes each: enough for those that are awake.
        silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = 50_000);
        silo.Services.AddSerializer(serializer => serializer.AddJsonSerializer(
            type => type.Namespace?.StartsWith("SeniorIoT", StringComparison.Ordinal) == true && !typeof(IGrainObserver).IsAssignableFrom(type),
            new JsonSerializerOptions(JsonSerializerDefaults.Web)));
    }

    /// <summary>
    /// A port that nobody has: the silo is alone in its process, and two servers may run on one machine. Not one of those that the system gives to outgoing
    /// connections (32768 and up): such a connection could take it before the silo does.
    /// </summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = SiloPortMin + (int)((uint)Interlocked.Increment(ref _siloPort) % SiloPorts);
            using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (System.Net.Sockets.SocketException taken) when (taken.SocketErrorCode is System.Net.Sockets.SocketError.AddressAlreadyInUse or System.Net.Sockets.SocketError.AccessDenied)
            {
                // Somebody has it: the next.
            }
        }
    }

    private static AlertSurroundings Surroundings(HouseholdDirectory households, DeviceDirectory devices, LadderStore ladders, DutyDirectory duty, TimeZoneInfo zone) => new(
        id => households.TryGet(id.Value, out var home)
            ? new Place(
                id, home.Address, home.Committee, home.SubDistrict, string.Join('、', home.Residents.Select(resident => resident.Name)),
                home.Residents.Count > 0 ? home.Residents[0].BirthYear : null, home.Residents.Any(resident => resident.LivesAlone))
            : id.Value is [GatewayDesk.Mark, ..] ? GatewayDesk.PlaceOf(id, devices, households)
            : new Place(id, "(household was deleted)", "", "", "", null, false),
        duty.ToTell,
        (place, priority) => ladders.Book.InForce(place, priority, households.TryGet(place.Household.Value, out var home) && home.ContactFirst),
        zone) { Ladders = () => ladders.Book };
}
