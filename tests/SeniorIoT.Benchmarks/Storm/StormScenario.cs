using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using SeniorIoT.Simulators.LoadTest.Shapes;

namespace SeniorIoT.Benchmarks.Storm;

/// <summary>
/// Every home calls at once, in an order drawn by lot; the texts go to a stand-in on this machine, as many a second as a provider takes.
/// Measured as those who wait would: from the moment a call is sent to the text at the provider.
/// </summary>
internal static class StormScenario
{
    private const int Seed = 4711, WarmUp = 300, FirstWithinSeconds = 5;
    private static readonly TimeSpan SettleWithin = TimeSpan.FromMinutes(3), Grace = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(string[] args)
    {
        if (!StormArguments.TryParse(args, out var asked)) return 2;
        using var provider = new SmsProvider();
        provider.Open();
        await using var server = new StormServer(provider, asked);
        var all = await StormHomes.EnrolAsync(server.DataFolder, server.DataFolder, asked.Alerts + WarmUp);
        var (homes, first) = (all[WarmUp..], all[..WarmUp]);
        await server.InitializeAsync();
        await using var browser = new Browser();
        var watcher = new StormWatcher(server.Api);
        var page = asked.HasBrowser ? await OpenAsync(browser, server) : null;

        // A server in service has compiled its way through its code long ago.
        var early = await ConnectAsync(first, server.MqttPort);
        await CallAsync(first, early);
        await SettleAsync(server, provider, first, first);

        Console.Error.WriteLine($"{homes.Count:N0} homes connect …");
        var devices = await ConnectAsync(homes, server.MqttPort);
        using var over = new CancellationTokenSource();
        Task[] watching = [watcher.AskAsync(over.Token), page is null ? Task.CompletedTask : watcher.PressAsync(page, over.Token)];
        var before = ProcessCost.Of(server.ProcessId);
        var storm = Payload.Now;
        await CallAsync(homes, devices);
        var alerts = await SettleAsync(server, provider, homes, all);
        var cost = ProcessCost.Of(server.ProcessId);
        await over.CancelAsync();
        await Task.WhenAll(watching);
        foreach (var device in early.Concat(devices)) device.Dispose();

        var incidents = await server.Api.ListAsync<Incident>("incidents?limit=200");
        Report(asked, homes, alerts, incidents, provider.Texts, watcher, storm, (cost.Cpu - before.Cpu).TotalMilliseconds / homes.Count);
        return 0;
    }

    private static async Task<Microsoft.Playwright.IPage> OpenAsync(Browser browser, StormServer server)
    {
        await browser.InitializeAsync();
        return await browser.LogInAsync(server.Address);
    }

    private static async Task<List<RawDevice>> ConnectAsync(List<StormHome> homes, int port)
    {
        var devices = new RawDevice[homes.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, homes.Count), async (n, _) => devices[n] = await RawDevice.ConnectAsync(port, homes[n].Device));
        return [.. devices];
    }

    private static async Task CallAsync(List<StormHome> homes, List<RawDevice> devices)
    {
        var order = Enumerable.Range(0, homes.Count).ToArray();
        new Random(Seed).Shuffle(order);
        await Task.WhenAll(order.Select(async n =>
        {
            var home = homes[n];
            home.SentAt = Payload.Now;
            var code = await devices[n].PublishAsync(home.Device.Topic("event"), Payload.Event("\"mid\":\"storm\"", Payload.Now, home.Body));
            if (code != 0) throw new InvalidOperationException($"{home.Device.Id} was refused with code {code}.");
        }));
    }

    // Until every home has its alert and every call for help its text.
    private static async Task<List<Alert>> SettleAsync(StormServer server, SmsProvider provider, List<StormHome> homes, List<StormHome> called)
    {
        var urgent = homes.Where(home => home.IsUrgent).Select(home => home.Device.Id).ToHashSet();
        await Wait.UntilAsync("every home has its alert", async () => (await server.Api.GetAsync<Overview>("overview")).OpenByPriority.Values.Sum() >= called.Count, SettleWithin.TotalSeconds);
        var alerts = await server.Api.ListAsync<Alert>("alerts?limit=500");
        var owed = alerts.Where(alert => urgent.Contains(alert.DeviceId)).Select(alert => alert.AlertId).ToHashSet();
        await Wait.UntilAsync("every call for help has its text", () => Task.FromResult(owed.IsSubsetOf(provider.Texts.Select(AlertOf))), SettleWithin.TotalSeconds);
        return alerts;
    }

    private static void Report(
        StormArguments asked, List<StormHome> homes, List<Alert> alerts, List<Incident> incidents, IReadOnlyList<SentText> texts, StormWatcher watcher, DateTimeOffset storm, double cpuMs)
    {
        var byDevice = homes.ToDictionary(home => home.Device.Id);
        var firstText = texts.GroupBy(AlertOf).ToDictionary(group => group.Key, group => group.Min(text => text.At));
        var calls = alerts.Where(alert => alert.Priority == "P1" && byDevice.ContainsKey(alert.DeviceId)).ToList();
        var waits = calls.Select(alert => (firstText[alert.AlertId] - byDevice[alert.DeviceId].SentAt!.Value).TotalSeconds).Order().ToList();
        var raises = calls.Select(alert => (alert.RaisedAt - byDevice[alert.DeviceId].SentAt!.Value).TotalSeconds).Order().ToList();
        var lastCall = calls.Max(alert => firstText[alert.AlertId]);
        var urgent = calls.Select(alert => alert.AlertId).ToHashSet();
        var others = texts.Where(text => !urgent.Contains(AlertOf(text)) && text.At < lastCall).ToList();
        var overtaken = others.Count(other => calls.Any(call => call.RaisedAt + Grace < other.At && firstText[call.AlertId] > other.At));
        var raised = alerts.Where(alert => byDevice.ContainsKey(alert.DeviceId)).Max(alert => alert.RaisedAt);
        var first = calls.Min(alert => firstText[alert.AlertId]);
        var firstSent = homes.Where(home => home.IsUrgent).Min(home => home.SentAt!.Value);

        Console.WriteLine($"{homes.Count:N0} homes call at once, {calls.Count:N0} of them for help; {asked.TextsPerSecond} texts a second; {Environment.ProcessorCount} cores, shared with the homes, the provider{(asked.HasBrowser ? " and a browser" : "")}\n");
        Console.WriteLine("| what | target | measured here |\n|---|---|---|");
        Row("first text of a call for help, from the press", $"≤ {FirstWithinSeconds} s", Seconds((first - firstSent).TotalSeconds));
        Row("text of each call for help, from the press", "–", $"p50 {Seconds(At(waits, 0.5))}, p99 {Seconds(At(waits, 0.99))}, last {Seconds(waits[^1])}");
        Row("its alert, from the press", "–", $"p50 {Seconds(At(raises, 0.5))}, p99 {Seconds(At(raises, 0.99))}, last {Seconds(raises[^1])}");
        Row("calls for help that got their first text", "all", $"{urgent.Count(firstText.ContainsKey):N0} of {calls.Count:N0}");
        Row("texts of others that went while a call for help waited for more than a second", "0", $"{overtaken:N0} of {others.Count:N0}");
        Row("alerts raised, from the first call to the last", "–", $"{alerts.Count:N0} in {Seconds((raised - storm).TotalSeconds)}, {cpuMs:0.00} ms of CPU an alert");
        Row("incidents", "–", incidents.Count == 0 ? "none" : string.Join(", ", incidents.GroupBy(one => one.Scope).Select(group => $"{group.Count():N0} of a {group.Key}")));
        foreach (var (name, times) in watcher.Times.Where(pair => pair.Value.Count > 0))
        {
            times.Sort();
            Row($"{name} meanwhile", "–", string.Create(CultureInfo.InvariantCulture, $"p50 {At(times, 0.5):0} ms, p99 {At(times, 0.99):0} ms, most {times[^1]:0} ms ({times.Count} times)"));
        }
    }

    // Notices are named after their alert: A0427-0-1.
    private static string AlertOf(SentText text) => text.NoticeId[..text.NoticeId.IndexOf('-', StringComparison.Ordinal)];

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s");

    private static void Row(string what, string target, string measured) => Console.WriteLine($"| {what} | {target} | {measured} |");

    /// <summary>The server with the stand-in as its provider.</summary>
    private sealed class StormServer(SmsProvider provider, StormArguments asked) : ServerProcess
    {
        protected override IEnumerable<string> Options =>
        [
            "--twilio-account-sid", SmsProvider.Account, "--twilio-auth-token", SmsProvider.Token, "--twilio-from", "+14155550100", "--twilio-base-url", provider.Address.ToString(),
            "--twilio-public-url", Address.ToString(), "--twilio-texts-per-second", $"{asked.TextsPerSecond}", "--twilio-texts-a-day", "0",
        ];
    }
}
