using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using SeniorIoT.Api;
using SeniorIoT.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd.Parts;

/// <summary>A server with simulated homes of Changning in it, and the page that makes things happen in them.</summary>
public sealed class District : ServerProcess
{
    public const int Homes = 160;

    private readonly ConcurrentQueue<string> _demoLog = new();
    private readonly HttpClient _control;
    private readonly int _controlPort;
    private Process? _demo;
    private int _connected;

    public District()
    {
        _controlPort = Ports.Take();
        _control = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_controlPort}/"), Timeout = TimeSpan.FromSeconds(60) };
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] args =
        [
            await Repository.SimulatorsAsync(), "demo", "--homes", Homes.ToString(CultureInfo.InvariantCulture), "--seed", "1", "--state", Path.Combine(DataFolder, "demo"),
            "--api", Address.ToString(), "--mqtt", $"127.0.0.1:{MqttPort}", "--control", _control.BaseAddress!.ToString(), "--incidents-per-hour", "0", "--password", Password,
        ];
        foreach (var arg in args) start.ArgumentList.Add(arg);
        _demo = new Process { StartInfo = start };
        _demo.OutputDataReceived += (_, line) => _demoLog.Enqueue(line.Data ?? "");
        _demo.ErrorDataReceived += (_, line) => _demoLog.Enqueue(line.Data ?? "");
        _demo.Start();
        _demo.BeginOutputReadLine();
        _demo.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
        // A few are silent on purpose.
        await WaitForAsync("the simulated devices are connected", now => now.Households >= Homes && now.Devices > Homes && now.DevicesConnected > 0.9 * now.Devices);
        _connected = (await Api.GetAsync<Overview>("overview")).DevicesConnected;
    }

    /// <summary>After the server was away: as many simulated devices are connected as at first.</summary>
    public Task WhenConnectedAgainAsync() => WaitForAsync("the simulated devices are back", now => now.DevicesConnected >= _connected);

    /// <summary>Ids of homes that the control page finds for these words.</summary>
    internal async Task<List<SimulatedHome>> FindHomesAsync(string words) => (await _control.GetFromJsonAsync<SimulatedHomes>("homes?q=" + Uri.EscapeDataString(words)))!.Items;

    /// <summary>Presses a button of the control page.</summary>
    internal async Task MakeAsync(string householdId, string action)
    {
        using var answer = await _control.PostAsync($"homes/{householdId}/{action}", null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public override async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        KillDemo();
        _demo?.Dispose();
        _control.Dispose();
        await base.DisposeAsync();
    }

    private Task WaitForAsync(string what, Func<Overview, bool> isSo) => Wait.UntilAsync(what, async () =>
    {
        if (_demo!.HasExited) throw new InvalidOperationException($"The simulators ended with code {_demo.ExitCode}:\n{string.Join('\n', _demoLog)}");
        return isSo(await Api.GetAsync<Overview>("overview"));
    }, 60);

    private void KillAtExit(object? sender, EventArgs exit) => KillDemo();

    private void KillDemo()
    {
        if (_demo is not { HasExited: false } demo) return;
        demo.Kill();
        demo.WaitForExit();
    }
}

/// <summary>What the control page answers.</summary>
internal sealed record SimulatedHomes(List<SimulatedHome> Items, int Total);

/// <summary>One of its homes.</summary>
internal sealed record SimulatedHome(string HouseholdId, string Address, string Resident, string Committee, bool HasButton, bool HasSmoke, bool Silent, bool CanStop13h);

/// <summary>The classes that share one district.</summary>
[CollectionDefinition(Name)]
public sealed class DistrictTests : ICollectionFixture<District>, ICollectionFixture<Browser>
{
    public const string Name = "district";
}
