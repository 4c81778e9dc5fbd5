using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

/// <summary>Twilio's own helper library for Node (<c>tests/twilio</c>) judges our signatures, speaks to our contract server and calls our webhooks.</summary>
public sealed class TwilioLibraryTests
{
    [Fact]
    public async Task Twilio_s_own_library_agrees_with_our_signatures_our_contract_server_and_our_webhooks()
    {
        var folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../twilio"));
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules", "twilio")), "Twilio's library is not installed; ./test.sh does it (npm ci in tests/twilio).");
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        await using var webhooks = await SmsApiTests.WebhooksAsync(district);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();

        using var result = JsonDocument.Parse(await RunAsync(folder, "check.mjs", provider.Options.BaseUrl.GetLeftPart(UriPartial.Authority), webhooks.Urls.First(), Provider.Account, Provider.Token, "A0001-0-1"));
        var said = result.RootElement;
        Assert.Equal([true, true, false], said.GetProperty("vectors").EnumerateArray().Select(judged => judged.GetBoolean()));
        Assert.Equal(Provider.SidOf(3), said.GetProperty("sent").GetString());
        foreach (var (name, code) in new[] { ("noNumber", 21211), ("tooLong", 21617), ("tooLate", 21624), ("notAllowed", 20001), ("noPassword", 20003) })
            Assert.Equal(code, said.GetProperty(name).GetProperty("code").GetInt32());
        // The two texts of the alert went side by side: which was first is open.
        List<string> listed = [.. said.GetProperty("listed").EnumerateArray().Select(sid => sid.GetString()!).Order()];
        Assert.Contains(listed[0], new[] { Provider.SidOf(1), Provider.SidOf(2) });
        Assert.Equal([Provider.SidOf(3)], listed[1..]);
        Assert.Equal((204, 403), (Status("receipt"), Status("forged")));
        Assert.Equal(200, Status("inbound"));
        Assert.Contains("A0001 已收到", said.GetProperty("inbound").GetProperty("body").GetString());
        Assert.Equal("delivered", district.Notices(district.Alerts()[0]).Single(notice => notice.NoticeId == "A0001-0-1").State);
        Assert.Equal("Li", Assert.IsType<Response.Given>(district.Alerts()[0].Response).By);

        int Status(string name) => said.GetProperty(name).GetProperty("status").GetInt32();
    }

    private static async Task<string> RunAsync(string folder, params string[] args)
    {
        var start = new ProcessStartInfo("node") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var arg in args) start.ArgumentList.Add(arg);
        using var node = Process.Start(start)!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, await errors);
        return await output;
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
