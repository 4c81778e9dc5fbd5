using System.CommandLine;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Answers;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Kpis;
using SeniorIoT.Server.Ladders;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Proof;
using SeniorIoT.Server.Reporting;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Storms;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.Server.Visits;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Hosting;

/// <summary>The command <c>serve</c>.</summary>
internal static class ServeCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var command = new Command("serve", "Runs the server. Every option is also a variable SENIORIOT_…: --mqtt-port is SENIORIOT_MQTT_PORT.");
        var options = ServerOptions.Named.ToDictionary(named => named.Key, named => new Option<string?>("--" + named.Option) { Description = named.Help });
        foreach (var option in options.Values) command.Options.Add(option);
        command.SetAction((parsed, cancel) => RunAsync(options.Select(pair => KeyValuePair.Create(pair.Key, parsed.GetValue(pair.Value))), cancel));
        return command;
    }

    private static async Task<int> RunAsync(IEnumerable<KeyValuePair<string, string?>> commandLine, CancellationToken cancel)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        if (!TryReadOptions(builder.Configuration, commandLine, out var options)) return 2;

        try
        {
            using var held = DataFolder.Hold(options.Data);
            return await RunAsync(builder, options, cancel);
        }
        catch (CannotStartException error)
        {
            System.Console.Error.WriteLine(error.Message);
            return 1;
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            System.Console.Error.WriteLine($"urls or mqtt-port: {error.Message} Name another port, or stop whoever has it.");
            return 1;
        }
    }

    private static async Task<int> RunAsync(WebApplicationBuilder builder, ServerOptions options, CancellationToken cancel)
    {
        await using var app = ServerBuilder.Build(builder, options);
        // Files of a newer program are refused before anything is changed in any of them.
        app.Services.GetRequiredService<AlertStore>();
        app.Services.GetRequiredService<GrainStateStore>();
        app.Services.GetRequiredService<ITimeSeriesStore>();
        app.Services.GetRequiredService<RollupMarks>();
        await RegistryLoader.LoadAsync(app.Services, cancel);
        // What loading a city left behind is as much again as the city, and the collector sees no hurry on a large machine.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        await FirstAdministrator.EnsureAsync(app.Services, options.AdminPassword, System.Console.Out);
        Map(app);
        app.Services.PlantJobs();
        await app.StartAsync(cancel);
        app.Logger.LogInformation("SeniorIoT serves {Urls}, MQTT on {Address}:{Port}, data in {Data}", options.HttpUrls, options.MqttAddress, options.MqttPort, Path.GetFullPath(options.Data));
        await app.WaitForShutdownAsync(cancel);
        return 0;
    }

    /// <summary>Reads the options from file, variables and command line, the last being the strongest; prints every error.</summary>
    internal static bool TryReadOptions(ConfigurationManager configuration, IEnumerable<KeyValuePair<string, string?>> commandLine, out ServerOptions options)
    {
        configuration.AddInMemoryCollection(ServerOptions.Named
            .Select(named => KeyValuePair.Create(named.Key, Environment.GetEnvironmentVariable("SENIORIOT_" + named.Option.ToUpperInvariant().Replace('-', '_'))))
            .Where(pair => pair.Value is not null));
        configuration.AddInMemoryCollection(commandLine.Where(pair => pair.Value is not null));
        try
        {
            options = configuration.Get<ServerOptions>() ?? new ServerOptions();
        }
        catch (InvalidOperationException error)
        {
            System.Console.Error.WriteLine($"A setting is not of the right kind. {error.Message}");
            options = new ServerOptions();
            return false;
        }

        var errors = options.Errors().ToList();
        foreach (var error in errors) System.Console.Error.WriteLine(error);
        return errors.Count == 0;
    }

    private static void Map(WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseApiProblems();
        app.UseResponseCompression();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapAccess().MapHouseholds().MapRules().MapRuleComparison().MapLadders().MapVisits().MapKpis().MapReports().MapResponders().MapDevices().MapCommands().MapImport();
        app.MapSeries().MapExports().MapAlerts().MapOverview().MapSystem().MapDeadLetters();
        app.MapDuty();
        app.MapSms();
        app.MapProof();
        app.MapAnswers();
        app.MapStorms();
        app.MapJobs();
        app.MapHub<AlertsHub>(Api.AlertsHubNames.Path);
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
        app.Map("/api/{**rest}", () => TypedResults.Problem(statusCode: 404, detail: "There is no such route; see /openapi/v1.json."));
        app.MapStaticAssets();
        app.MapFallbackToFile("index.html");
    }
}
