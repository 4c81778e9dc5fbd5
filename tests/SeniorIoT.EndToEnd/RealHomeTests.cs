using System.Globalization;
using System.IO.Compression;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>Three weeks of a real person who lives alone, replayed as if they ended now.</summary>
public sealed class RealHomeTests(ServerProcess server, ITestOutputHelper output) : IClassFixture<ServerProcess>
{
    private const int Days = 21;
    private const int WindowHours = 12;
    private const long LimitLitres = 10;

    [Fact]
    public async Task The_water_of_a_real_home_is_shown_and_raises_what_the_rule_says()
    {
        if (Repository.Shared("data/daiad-swm-given") is not { } folder)
        {
            Assert.Skip("No recorded homes: put the folder shared/data/daiad-swm-given beside the repository to replay one.");
            return;
        }

        var (home, readings) = Choose(folder);
        var meter = await server.Api.EnrolAsync("water", "wm-real");
        using var device = await RawDevice.ConnectAsync(server.MqttPort, meter);
        List<(DateTimeOffset RaisedUntil, DateTimeOffset? ClearedAt)> expected = [];
        Alert? open = null;
        var sent = 0;
        foreach (var batch in readings.Chunk(3))
        {
            sent += batch.Length;
            Assert.Equal(0, await device.PublishAsync(meter.Topic("telemetry"), Payload.Batch($"b{sent}", batch)));
            open = await FollowAsync(meter, readings, sent - batch.Length, sent, open, expected);
        }

        await AssertNothingElseAsync(meter, device, expected);
        await AssertSeriesAsync(meter, readings);
        output.WriteLine($"Home {home}: {readings.Count} readings of {Days} days, {expected.Count} no-water alerts, {readings[^1].Litres - readings[0].Litres} L.");
        Assert.InRange(expected.Count, 2, Days);
    }

    /// <summary>The rule as it is written: what one reading proves of the hours before it. Null: nothing.</summary>
    private static bool? IsWithoutWater(List<(DateTimeOffset At, long Litres)> readings, int index)
    {
        var basis = -1;
        for (var i = index; i >= 0 && basis < 0; i--)
            if (readings[i].At <= readings[index].At.AddHours(-WindowHours)) basis = i;
        if (readings[index].Litres - readings[Math.Max(basis, 0)].Litres >= LimitLitres) return false;
        return basis >= 0 ? true : null;
    }

    /// <summary>
    /// Walks a batch with the rule in hand and waits until the server says the same. A cleared alert is closed, so that the next
    /// time is an alert of its own; a time that began and ended within one batch was over before it was known.
    /// </summary>
    private async Task<Alert?> FollowAsync(
        Enrolled meter, List<(DateTimeOffset At, long Litres)> readings, int from, int until, Alert? open, List<(DateTimeOffset, DateTimeOffset?)> expected)
    {
        for (var i = from; i < until; i++)
        {
            if (open is null || IsWithoutWater(readings, i) != false) continue;
            var cleared = await Wait.ForAsync($"the alert is cleared at {readings[i].At:O}", async () => await server.Api.AlertAsync(open.AlertId) is { ClearedAt: not null } one ? one : null);
            Assert.Equal(readings[i].At, cleared.ClearedAt!.Value, TimeSpan.FromSeconds(1));
            expected[^1] = (expected[^1].Item1, cleared.ClearedAt);
            await server.Api.PostAsync<AlertDetail>($"alerts/{open.AlertId}/close", new AlertAction(Outcome: Outcomes.Safe));
            open = null;
        }

        if (open is not null || IsWithoutWater(readings, until - 1) != true) return open;
        var raised = await Wait.ForAsync($"an alert at {readings[until - 1].At:O}", async () => (await server.Api.AlertsAsync(meter.HouseholdId, "no-water")).Find(one => one.State == "open"));
        Assert.Equal(readings[until - 1].At, raised.Evidence.UntilAt!.Value, TimeSpan.FromSeconds(1));
        Assert.True(raised.Evidence is { CoveredHours: >= WindowHours, UsedLitres: < LimitLitres }, raised.Evidence.ToString());
        expected.Add((readings[until - 1].At, null));
        return raised;
    }

    private async Task AssertNothingElseAsync(Enrolled meter, RawDevice device, List<(DateTimeOffset RaisedUntil, DateTimeOffset? ClearedAt)> expected)
    {
        Assert.Equal(0, await device.PublishAsync(meter.Topic("telemetry"), Payload.Heartbeat("last", Payload.Now)));
        await Wait.UntilAsync("the heartbeat was taken", async () => (await server.Api.GetAsync<Device>("devices/" + meter.Id)).BatteryPercent == 91);
        var alerts = await server.Api.AlertsAsync(meter.HouseholdId, "no-water");
        Assert.Equal(expected.Select(one => (one.RaisedUntil, one.ClearedAt)), alerts.Select(alert => (alert.Evidence.UntilAt!.Value, alert.ClearedAt)).OrderBy(one => one.Value));
        Assert.All(alerts, alert => Assert.Equal(0, alert.Repeats));
    }

    private async Task AssertSeriesAsync(Enrolled meter, List<(DateTimeOffset At, long Litres)> readings)
    {
        static string Text(DateTimeOffset at) => Uri.EscapeDataString(at.ToString("O"));
        var range = $"from={Text(readings[0].At)}&to={Text(readings[^1].At.AddSeconds(1))}";
        var raw = await Wait.ForAsync("every reading is in the series", async () =>
            await server.Api.GetAsync<Series>($"devices/{meter.Id}/series?metric=total_l&every=raw&{range}") is { } series && series.Points.Count == readings.Count ? series : null);
        Assert.Equal(readings.Select(reading => (reading.At, (double)reading.Litres)), raw.Points.Select(point => (point.At, point.Value!.Value)));

        var use = await server.Api.GetAsync<Series>($"devices/{meter.Id}/series?metric=use_l&every=raw&{range}");
        Assert.Equal(readings[^1].Litres - readings[0].Litres, use.Points.Sum(point => point.Value ?? 0), 0.5);

        var days = await server.Api.GetAsync<Series>($"devices/{meter.Id}/series?metric=use_l&every=1d&{range}");
        Assert.InRange(days.Points.Sum(point => point.Value ?? 0), 0.8 * use.Points.Sum(point => point.Value ?? 0), 1.2 * use.Points.Sum(point => point.Value ?? 0));
    }

    /// <summary>The first stretch of a lone home in which the register never steps back and a few quiet times begin and end.</summary>
    private static (string Home, List<(DateTimeOffset At, long Litres)> Readings) Choose(string folder)
    {
        var lone = File.ReadLines(Path.Combine(folder, "households.csv")).Skip(1).Select(line => line.Split(';')).Where(cells => cells[1] == "1").Select(cells => cells[0]).ToHashSet();
        foreach (var rows in ReadRows(Path.Combine(folder, "swm_trialA.csv.gz"), lone))
        {
            for (var first = 0; first < rows.Count; first += 24 * 7)
            {
                var stretch = rows.Skip(first).TakeWhile(row => row.At < rows[first].At.AddDays(Days)).ToList();
                var isClean = stretch.Count > 20 * Days && stretch.Zip(stretch.Skip(1)).All(pair => pair.First.At < pair.Second.At && pair.First.Litres <= pair.Second.Litres);
                if (!isClean) continue;
                var verdicts = Enumerable.Range(0, stretch.Count).Select(i => IsWithoutWater(stretch, i) == true).ToList();
                if (verdicts.Zip(verdicts.Skip(1)).Count(pair => pair is { First: true, Second: false }) is < 3 or > 12) continue;
                return (rows[first].Home, Shift(stretch));
            }
        }

        throw new InvalidOperationException("No stretch of a lone home is clean enough to replay.");
    }

    /// <summary>Whole seconds and whole days, so that mornings stay mornings; the last reading lies within the last day.</summary>
    private static List<(DateTimeOffset At, long Litres)> Shift(List<(string Home, DateTimeOffset At, long Litres)> stretch)
    {
        var shift = TimeSpan.FromDays(Math.Floor((Payload.Now - stretch[^1].At).TotalDays));
        return [.. stretch.Select(row => (row.At + shift, row.Litres))];
    }

    private static bool? IsWithoutWater(List<(string Home, DateTimeOffset At, long Litres)> rows, int index) =>
        IsWithoutWater([.. rows.Select(row => (row.At, row.Litres))], index);

    private static IEnumerable<List<(string Home, DateTimeOffset At, long Litres)>> ReadRows(string path, HashSet<string> lone)
    {
        var madrid = TimeZoneInfo.FindSystemTimeZoneById("Europe/Madrid");
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        List<(string Home, DateTimeOffset At, long Litres)> rows = [];
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(';');
            if (!lone.Contains(cells[0])) continue;
            if (rows.Count > 0 && rows[0].Home != cells[0])
            {
                yield return rows;
                rows = [];
            }

            var local = DateTime.ParseExact(cells[1], "dd/MM/yyyy HH:mm:ss", CultureInfo.InvariantCulture);
            rows.Add((cells[0], new DateTimeOffset(local, madrid.GetUtcOffset(local)).ToUniversalTime(), (long)double.Parse(cells[2], CultureInfo.InvariantCulture)));
        }

        if (rows.Count > 0) yield return rows;
    }
}
