// Requests go to a server in this process and end with it: a token on each call would only be noise.
#pragma warning disable xUnit1051

using SeniorIoT.Api;
using SeniorIoT.Server.Tests.Access;
using SeniorIoT.Server.Tests.Backups;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using Xunit;

namespace SeniorIoT.Server.Tests.Telemetry;

/// <summary>Commands about telemetry, in a process of their own beside a server that has everything open.</summary>
public sealed class ExportCliTests : IAsyncLifetime
{
    private const long Jan = 1_767_225_600_000; // 2026-01-01T00:00Z

    private readonly string _root = Directory.CreateTempSubdirectory("senioriot-").FullName;
    private EmbeddedStore _store = null!;
    private RegistryHost _host = null!;

    private string Out => Path.Combine(_root, "out.csv");

    public async ValueTask InitializeAsync()
    {
        _store = new EmbeddedStore(Path.Combine(_root, "telemetry"));
        _host = await RegistryHost.StartAsync(_root, telemetry: _store);
        using var admin = await _host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"), Homes.Household("H2", "South"));
        foreach (var (device, home) in ((string, string)[])[("w1", "H1"), ("w2", "H2")]) await admin.PostOkAsync("/api/v1/devices", new NewDevice(device, "water", home, null));
        await _store.AppendAsync([new Point("w1", Metric.TotalMillilitres, Jan, 1_500), new Point("w2", Metric.TotalMillilitres, Jan + 1, 2_000)], [], default);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_file_is_written_whole_and_never_over_another()
    {
        string[] args = ["export", "--data", _root, "--out", Out, "--committee", "South", "--from", "2026-01-01T00:00:00Z", "--to", "2026-01-02T00:00:00Z"];
        var (code, told) = await OtherProcess.RunAsync(args);
        Assert.True(code == 0, told);
        Assert.Contains("1 of 1 households, 1 rows", told, StringComparison.Ordinal);
        Assert.Equal("household_id,measured_at,total_l,device_id\nH2,2026-01-01T00:00:00.001Z,2,w2\n", await File.ReadAllTextAsync(Out));
        Assert.False(File.Exists(Out + ".part"));
        (code, told) = await OtherProcess.RunAsync(args);
        Assert.Equal((2, true), (code, told.Contains("exists", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Bad_usage_names_every_option()
    {
        var (code, told) = await OtherProcess.RunAsync("export", "--data", _root, "--out", Path.Combine(_root, "out.xlsx"), "--household", "no/id", "--metric", "litres");
        Assert.Equal(2, code);
        Assert.All((string[])["--household: ", "--from: ", "--to: ", "--metric: ", "--format: "], option => Assert.Contains(option, told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Telemetry_is_copied_to_another_store_and_the_second_run_is_the_proof()
    {
        var to = Path.Combine(_root, "elsewhere");
        var (code, told) = await OtherProcess.RunAsync("copy-telemetry", "--data", _root, "--to", to, "--verify");
        Assert.Equal((1, true), (code, told.Contains("2026-01-01 TotalMillilitres w1: 1 samples are missing in the target", StringComparison.Ordinal)));
        foreach (var expected in (string[])["0 equal already, 2 copied and verified, 0 different", "2 equal already, 0 copied and verified, 0 different"])
        {
            (code, told) = await OtherProcess.RunAsync("copy-telemetry", "--data", _root, "--to", to);
            Assert.True(code == 0 && told.Contains("TotalMillilitres: " + expected, StringComparison.Ordinal), told);
        }

        (code, told) = await OtherProcess.RunAsync("copy-telemetry", "--data", _root, "--to", to, "--from", "yesterday");
        Assert.Equal((2, true), (code, told.Contains("--from: \"yesterday\" is not a day", StringComparison.Ordinal)));
    }
}
