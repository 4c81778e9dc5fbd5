// Requests go to a server in this process and end with it: a token on each call would only be noise.
#pragma warning disable xUnit1051

using SeniorIoT.Api;
using SeniorIoT.Parts;
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
    public async Task An_export_is_in_the_audit_and_makes_nothing_else_in_the_data_folder()
    {
        var before = FilesIn(_root);
        var (code, told) = await OtherProcess.RunAsync(
            "export", "--data", _root, "--out", Out, "--household", "H1", "--metric", "use_l", "--every", "1d", "--from", "2026-01-01T00:00:00Z", "--to", "2026-01-02T00:00:00Z");
        Assert.True(code == 0, told);
        File.Delete(Out);
        Assert.Equal(before, FilesIn(_root));
        using var admin = await _host.LoginAsync();
        var entry = (await admin.GetOkAsync("/api/v1/audit?subject=H1")).GetProperty("items").EnumerateArray().First(entry => entry.GetProperty("action").GetString() == "export");
        Assert.Equal(
            "system use_l 1d csv, 2026-01-01T00:00:00Z to 2026-01-02T00:00:00Z, 1 households, from the command line",
            $"{entry.GetProperty("user").GetString()} {entry.GetProperty("detail").GetString()}");
    }

    [Fact]
    public async Task Telemetry_is_copied_to_InfluxDB_and_back_the_second_run_is_the_proof_and_an_export_is_the_same_from_there()
    {
        var back = Directory.CreateDirectory(Path.Combine(_root, "back")).FullName;
        string[] influx = ["--influx-url", (await Influxd.SharedAsync()).Url, "--influx-database", "cli"];
        await (await Influxd.SharedAsync()).CreateDatabasesAsync("cli");
        var (code, told) = await OtherProcess.RunAsync(["copy-telemetry", "--data", _root, "--to", "influx", "--verify", .. influx]);
        Assert.Equal((1, true), (code, told.Contains("2026-01-01 TotalMillilitres w1: 1 samples are missing in the target", StringComparison.Ordinal)));
        foreach (var (data, to) in ((string, string)[])[(_root, "influx"), (back, "embedded")])
        {
            foreach (var expected in (string[])["0 equal already, 2 copied and verified, 0 different", "2 equal already, 0 copied and verified, 0 different"])
            {
                (code, told) = await OtherProcess.RunAsync(["copy-telemetry", "--data", data, "--to", to, .. influx]);
                Assert.True(code == 0 && told.Contains("TotalMillilitres: " + expected, StringComparison.Ordinal), told);
            }

            Assert.Empty(Directory.GetFiles(data, "*spool*"));
        }

        await using (var store = new EmbeddedStore(Path.Combine(back, "telemetry"), new EmbeddedStoreOptions { IsReadOnly = true }))
            Assert.Equal([new Sample(Jan, 1_500)], await store.ReadAsync("w1", Metric.TotalMillilitres, long.MinValue, long.MaxValue, default));

        string[] export = ["export", "--data", _root, "--out", Out, "--from", "2026-01-01T00:00:00Z", "--to", "2026-01-02T00:00:00Z"];
        (code, told) = await OtherProcess.RunAsync([.. export, "--telemetry-store", "influx", .. influx]);
        Assert.True(code == 0, told);
        Assert.Empty(Directory.GetFiles(_root, "*spool*"));
        var fromInflux = await File.ReadAllTextAsync(Out);
        Assert.Equal("household_id,measured_at,total_l,device_id\nH1,2026-01-01T00:00:00Z,1.5,w1\nH2,2026-01-01T00:00:00.001Z,2,w2\n", fromInflux);
        File.Delete(Out);
        (code, told) = await OtherProcess.RunAsync(export);
        Assert.True(code == 0, told);
        Assert.Equal(fromInflux, await File.ReadAllTextAsync(Out));
    }

    [Fact]
    public async Task A_copy_or_an_export_that_cannot_reach_its_database_ends_with_the_remedy()
    {
        var url = (await Influxd.SharedAsync()).Url;
        string[] export = ["export", "--data", _root, "--out", Out, "--from", "2026-01-01T00:00:00Z", "--to", "2026-01-02T00:00:00Z", "--telemetry-store", "influx"];
        foreach (var command in (string[][])[["copy-telemetry", "--data", _root, "--to", "influx"], ["copy-telemetry", "--data", _root, "--to", "embedded"], export])
        {
            var (code, told) = await OtherProcess.RunAsync([.. command, "--influx-url", "http://127.0.0.1:1"]);
            Assert.True(code == 1 && told.Contains("Check that it runs, and influx-url.", StringComparison.Ordinal), told);
            (code, told) = await OtherProcess.RunAsync([.. command, "--influx-url", url, "--influx-database", "nowhere"]);
            Assert.True(code == 1 && told.Contains("no database nowhere", StringComparison.Ordinal) && told.Contains("Create it", StringComparison.Ordinal), told);
            (code, told) = await OtherProcess.RunAsync(command);
            Assert.True(code == 2 && told.Contains("influx-url", StringComparison.Ordinal), told);
        }

        Assert.False(File.Exists(Out));
        foreach (var (wrong, says) in ((string[], string)[])[(["--to", "elsewhere"], "elsewhere"), (["--to", "influx", "--from", "yesterday"], "--from: \"yesterday\" is not a day")])
        {
            var (code, told) = await OtherProcess.RunAsync(["copy-telemetry", "--data", _root, .. wrong, "--influx-url", url]);
            Assert.True(code == 2 && told.Contains(says, StringComparison.Ordinal), told);
        }
    }

    private static List<string> FilesIn(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("-wal", StringComparison.Ordinal) && !file.EndsWith("-shm", StringComparison.Ordinal)).Order()];
}
