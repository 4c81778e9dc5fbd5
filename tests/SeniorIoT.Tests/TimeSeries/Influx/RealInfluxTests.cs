using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsCheck;
using SeniorIoT.Parts;
using SeniorIoT.Tests.TimeSeries.Embedded;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Influx;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>Our lines and our client against the real InfluxDB 1.6.7.</summary>
public sealed class RealInfluxTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_the_writer_writes_1_6_7_reads_back_the_same()
    {
        var server = await Influxd.SharedAsync();
        await server.CreateDatabaseAsync("any");
        using var client = new InfluxClient(new InfluxOptions { Url = server.Url });
        var round = 0;
        await LineWriterTests.AnyLines.SampleAsync(async lines =>
        {
            // A measurement of its own for each line, because a field has one type for ever and a series one point a time.
            lines = [.. lines.Select(line => line with { Measurement = $"m{Interlocked.Increment(ref round)} {line.Measurement}", At = Year2000(line.At!.Value) })];
            Assert.Equal(new WriteAnswer(204, "", null), await client.WriteAsync("any", Gzip(LineWriterTests.Write(lines)), CancellationToken.None));
            foreach (var line in lines)
            {
                string[] columns = ["time", .. line.Tags.Select(tag => tag.Key), .. line.Fields.Select(field => field.Key)];
                var read = new List<string[]>();
                await client.QueryAsync("any", $"SELECT * FROM {Quote(line.Measurement)}", new Dictionary<string, string>(), columns,
                    row => read.Add([.. Enumerable.Range(0, columns.Length).Select(i => Text(row, i, i <= line.Tags.Count ? null : line.Fields[i - 1 - line.Tags.Count].Value))]), TimeSpan.FromSeconds(30), CancellationToken.None);
                Assert.Equal(
                    [$"{line.At}", .. line.Tags.Select(tag => tag.Value), .. line.Fields.Select(field => Convert.ToString(field.Value, CultureInfo.InvariantCulture)!)],
                    Assert.Single(read));
            }
        }, iter: 60, threads: 1, print: lines => string.Join('\n', lines.Select(LineWriterTests.Show)));
    }

    [Fact]
    public async Task What_we_refuse_makes_1_6_7_lose_the_line_behind_it()
    {
        var server = await Influxd.SharedAsync();
        await server.CreateDatabaseAsync("swallow");
        using var client = new InfluxClient(new InfluxOptions { Url = server.Url });
        // The device `\ "\= `, escaped as the specification says.
        var answer = await client.WriteAsync("swallow", Gzip("m,a=\\\\ \"\\\\=\\ ,b=\\\\ \"\\\\=\\  v=1i,s=\"x\" 1000\nm,a=z v=2i 2000\n"), Cancel);
        Assert.Equal(400, answer.StatusCode);
        Assert.Empty(await server.QueryAsync("swallow", "SELECT * FROM m"));
    }

    [Fact]
    public async Task A_ping_tells_the_version()
    {
        var server = await Influxd.SharedAsync();
        using var client = new InfluxClient(new InfluxOptions { Url = server.Url });
        Assert.StartsWith("1.6.7", await client.PingAsync(Cancel));
    }

    [Fact]
    public async Task Wrong_credentials_a_missing_database_and_a_server_that_is_away_are_told_apart()
    {
        await using var server = new Influxd { HasLogin = true };
        await server.StartAsync();
        await server.CreateDatabaseAsync("kept");
        var options = new InfluxOptions { Url = server.Url, Database = "kept", User = Influxd.User, Password = Influxd.Password };
        var line = Gzip("m v=1i 1000\n");
        using (var right = new InfluxClient(options))
        {
            Assert.Equal(204, (await right.WriteAsync("kept", line, Cancel)).StatusCode);
            Assert.Equal(404, (await right.WriteAsync("missing", line, Cancel)).StatusCode);
            var missing = await Assert.ThrowsAsync<InfluxQueryException>(() => AskAsync(right, "missing"));
            Assert.True(missing.IsMissingDatabase);
            Assert.Contains("has no database missing", missing.Message);
            Assert.True((await Assert.ThrowsAsync<InfluxQueryException>(() => AskAsync(right, "kept", "SELEC"))).IsRefusal);
        }

        using (var wrong = new InfluxClient(options with { Password = "guessed-wrong" }))
        {
            var answer = await wrong.WriteAsync("kept", line, Cancel);
            Assert.Equal((401, "authorization failed"), (answer.StatusCode, answer.Message));
            var refused = await Assert.ThrowsAsync<InfluxQueryException>(() => AskAsync(wrong, "kept"));
            Assert.Contains("Check influx-user", refused.Message);
            Assert.DoesNotContain("guessed-wrong", refused.ToString());
        }

        server.KillNow();
        using (var away = new InfluxClient(options))
        {
            var answer = await away.WriteAsync("kept", line, Cancel);
            Assert.Null(answer.StatusCode);
            Assert.NotEmpty(answer.Message);
            Assert.Contains("Check that it runs", (await Assert.ThrowsAsync<InfluxQueryException>(() => AskAsync(away, "kept"))).Message);
        }

        await server.StartAsync();
        Assert.Equal(["1000", "1"], Assert.Single(await server.QueryAsync("kept", "SELECT v FROM m")));
        await server.StopAsync();
    }

    [Theory]
    [InlineData("wm,device=wm-x v=garbage 946684800000", "unable to parse")]
    [InlineData("wm,device=wm-x v=1.5 946684800000", "field type conflict")]
    public async Task A_poisoned_line_in_a_batch_of_5000_is_the_only_one_that_is_missing(string poison, string words)
    {
        var server = await Influxd.SharedAsync();
        var database = $"poison_{words.Length}";
        await server.CreateDatabaseAsync(database);
        using var folder = new TempFolder();
        using var client = new InfluxClient(new InfluxOptions { Url = server.Url });
        await using var spool = new Spool(Path.Combine(folder.Path, "spool.db"), 10_000_000, TimeProvider.System);
        await using var forwarder = new Forwarder(spool, client.WriteAsync, new InfluxOptions(), TimeProvider.System);
        // The first line says once and for all that v is an integer.
        await spool.AppendAsync([new LineBatch(database, 1, Gzip("wm,device=wm-0 v=0i 946684800000\n"))], Cancel);
        string[] lines = [.. Enumerable.Range(0, 5_000).Select(i => i == 3_210 ? poison : $"wm,device=wm-{i % 50} v={i}i {946_684_800_000 + i}")];
        await spool.AppendAsync([new LineBatch(database, lines.Length, Gzip(string.Concat(lines.Select(line => line + '\n'))))], Cancel);
        forwarder.Start();
        await forwarder.WhenEmptyAsync(Cancel);

        Assert.Equal("4999", Assert.Single(await server.QueryAsync(database, "SELECT count(v) FROM wm"))[1]);
        var dead = Assert.Single(forwarder.ReadDeadLetters(null, 10));
        Assert.Equal(poison, dead.Line);
        Assert.Contains(words, dead.Error);
        Assert.Equal((StoreState.Ok, 1L, 5_000L), (forwarder.Status.State, forwarder.Status.DeadLetters, forwarder.Status.WrittenPoints));
    }

    [Fact]
    public async Task The_data_model_is_what_dashboards_are_told()
    {
        await using var test = await StoreUnderTest.OpenAsync(Kind.RealInflux16);
        const long at = 1_767_225_600_000;
        await test.AppendAsync(
            [new Point("wm-1", Metric.RssiDbm, at, -97), new Point("wm-1", Metric.TotalMillilitres, at, 5), new Point("wm-1", Metric.BatteryPercent, at, 80)],
            [new EventPoint("wm-1", at, "sos.press", "{}")]);
        await test.Store.WriteUseAsync([new UseDay("wm-1", new DateOnly(2026, 1, 1), at, 70, [70, null, .. new long?[22]])], Cancel);
        await test.SettleAsync();
        var server = await Influxd.SharedAsync();
        Assert.Equal([[$"{at}", "80", "-97", "5", "wm-1"]], await server.QueryAsync(test.Database, "SELECT battery_pct, rssi_dbm, total_ml, device FROM telemetry"));
        Assert.Equal([[$"{at}", "wm-1", "sos.press", "{}"]], await server.QueryAsync(test.Database, "SELECT device, kind, detail FROM device_event"));
        Assert.Equal([[$"{at}", "wm-1", "70", "True", "2026-01-01", "24"]], await server.QueryAsync(test.Database + "_1d", "SELECT device, use_ml, known, day, hours FROM water_use"));
        Assert.Equal(
            [[$"{at}", "70", "True"], [$"{at + 3_600_000}", "", "False"]], (await server.QueryAsync(test.Database + "_1h", "SELECT use_ml, known FROM water_use")).Take(2));
        foreach (var tier in (string[])["", "_1h", "_1d"])
            Assert.Subset(new HashSet<string>(["device", "kind"]), (await server.QueryAsync(test.Database + tier, "SHOW TAG KEYS")).Select(row => row[0]).ToHashSet());
    }

    private static Task AskAsync(InfluxClient client, string database, string statement = "SELECT v FROM m") =>
        client.QueryAsync(database, statement, new Dictionary<string, string>(), ["time", "v"], _ => { }, TimeSpan.FromSeconds(30), Cancel);

    /// <summary>Times of a few months, because each week is a shard of files.</summary>
    private static long Year2000(long any) => 946_684_800_000 + Math.Abs(any % 10_000_000_000);

    private static string Text(InfluxRow row, int column, object? like) => like switch
    {
        _ when column == 0 => $"{row.Long(0)}",
        long => $"{row.Long(column)}",
        double => Convert.ToString(row.Double(column), CultureInfo.InvariantCulture)!,
        bool => $"{row.Bool(column)}",
        _ => row.Text(column),
    };

    private static string Quote(string name) => $"\"{name.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
