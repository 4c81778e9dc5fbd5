using System.Globalization;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain.Proof;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Proof;

/// <summary>Closes the books of a data folder from the command line, also beside a running server. It mends nothing.</summary>
internal sealed class ReconcileCli(ServerOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Runs the command; what was found goes to <paramref name="told"/>. 0: all is there; 1: something is missing, or could not be read; 2: bad usage.</summary>
    public async Task<int> RunAsync(string? from, string? to, TextWriter told, CancellationToken cancel)
    {
        var faults = new Faults();
        var now = clock.GetUtcNow();
        var until = Instants.Read("--to", to, faults) ?? now;
        var since = Instants.Read("--from", from, faults) ?? until - Day;
        if (since >= until) faults.Add("--from", "Must be before --to.");
        foreach (var (field, problem) in faults.All) await told.WriteLineAsync($"{field}: {problem}");
        if (faults.Any) return 2;
        foreach (var name in (string[])["alerts.db", "journal.db", "registry.db"])
        {
            if (File.Exists(Path.Combine(options.Data, name))) continue;
            await told.WriteLineAsync($"{options.Data} holds no {name}: it is not the data folder of a server. Name it with --data.");
            return 2;
        }

        try
        {
            await using var services = Services();
            await services.GetRequiredService<Registry>().LoadAsync(cancel);
            var books = services.GetRequiredService<BooksReader>().Read(since, until);
            return await TellAsync(books, ReconciliationRules.Check(books, now), told);
        }
        catch (Exception error) when (error is IOException or SqliteException or UnauthorizedAccessException or CannotStartException)
        {
            await told.WriteLineAsync($"The books could not be read. {error.Message}");
            return 1;
        }
    }

    private ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics().AddSingleton(clock).AddSingleton(options).AddSingleton(options.Detection).AddSingleton(options.Retention).AddSingleton(options.Zone());
        services.AddRegistry(options.Data);
        ServerBuilder.AddAlerts(services, options.Twilio);
        services.AddDuty(options.Duty);
        services.AddSingleton(provider => new SqliteFile(Path.Combine(options.Data, "journal.db"), JournalRows.Migrations));
        services.AddSingleton(provider => new BooksReader(
            new CallRecord(provider.GetRequiredService<SqliteFile>(), provider.GetRequiredService<DeviceDirectory>()), provider.GetRequiredService<AlertStore>(),
            provider.GetRequiredService<AlertSurroundings>(), options.Retention, () => options.Twilio is { AccountSid: not null, PublicUrl: not null }, clock));
        return services.BuildServiceProvider();
    }

    private static async Task<int> TellAsync(Books books, IReadOnlyList<Break> breaks, TextWriter told)
    {
        var seen = ReconciliationView.Of("asked", books, [], 0, books.To).Counts;
        await told.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{books.From:u} to {books.To:u}: {seen.Calls} calls, {seen.Alerts} alerts ({seen.Open} open, {seen.Answered} answered), {seen.Notices} notices ({seen.Delivered} delivered, {seen.Sent} sent, {seen.Failed} failed), {seen.UnusedIds} numbers unused."));
        foreach (var one in breaks)
            await told.WriteLineAsync($"{one.Kind}  {one.Alert?.Value ?? "-"}  household {one.Household?.Value ?? "-"}  since {one.Since:u}  {one.Missing}  [{one.Subject}]");
        await told.WriteLineAsync(breaks.Count == 0 ? "Nothing is missing." : string.Create(CultureInfo.InvariantCulture, $"{breaks.Count} things are missing."));
        return breaks.Count == 0 ? 0 : 1;
    }
}
