using SeniorIoT.EndToEnd.Parts;
using SeniorIoT.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd.Influx;

/// <summary>What can be wrong between us and InfluxDB: the administrator hears of it, and nothing is lost meanwhile.</summary>
public sealed class TroubleTests
{
    [Fact]
    public async Task A_wrong_password_holds_everything_back_tells_the_administrator_and_heals_with_the_right_one()
    {
        await using var influx = new Influxd { HasLogin = true };
        await influx.StartAsync();
        await influx.CreateDatabasesAsync(InfluxServer.Database);
        await using var server = new InfluxServer(InfluxServer.On(influx.Url, "--influx-user", Influxd.User, "--influx-password", "wrong-4711"));
        await server.InitializeAsync();
        var meter = await server.Api.EnrolAsync("water", "wm-1");
        await server.PublishAsync(meter, "telemetry", Payload.Reading("r1", Payload.Now.AddMinutes(-5), 100));

        await ExpectTroubleAsync(server, "401");
        Assert.DoesNotContain("wrong-4711", server.Log);

        await server.StopAsync();
        server.Store = InfluxServer.On(influx.Url, "--influx-user", Influxd.User, "--influx-password", Influxd.Password);
        await server.StartAsync();
        await ExpectHealedAsync(server);
        Assert.Equal([100_000L], (await InfluxServer.ReadAsync(influx)).Select(point => point.Value));
        await Wait.UntilAsync("the alert's condition is over", async () => await server.StoreAlertAsync() is { ClearedAt: not null }, 120);
    }

    [Fact]
    public async Task A_missing_database_holds_everything_back_tells_the_administrator_and_heals_when_it_is_made()
    {
        await using var influx = new Influxd();
        await influx.StartAsync();
        await using var server = new InfluxServer(InfluxServer.On(influx.Url));
        await server.InitializeAsync();
        var meter = await server.Api.EnrolAsync("water", "wm-1");
        await server.PublishAsync(meter, "telemetry", Payload.Reading("r1", Payload.Now.AddMinutes(-5), 100));

        await ExpectTroubleAsync(server, InfluxServer.Database);

        await influx.CreateDatabasesAsync(InfluxServer.Database);
        await ExpectHealedAsync(server);
        Assert.Equal([100_000L], (await InfluxServer.ReadAsync(influx)).Select(point => point.Value));
    }

    [Fact]
    public async Task A_full_disk_acknowledges_nothing_and_when_there_is_room_again_nothing_is_missing()
    {
        if (await Tmpfs.TryMountAsync(megabytes: 96) is not { } disk)
        {
            Assert.Skip("A small file system can be mounted by root only.");
            return;
        }

        await using var mounted = disk;
        await using var influx = new Influxd();
        await influx.StartAsync();
        await influx.CreateDatabasesAsync(InfluxServer.Database);
        await using var server = new InfluxServer(Path.Combine(disk.Path, "data"), InfluxServer.On(influx.Url));
        await server.InitializeAsync();
        var meter = await server.Api.EnrolAsync("water", "wm-1");
        var from = Payload.Now.AddHours(-2);
        await server.PublishAsync(meter, "telemetry", Payload.Reading("r0", from, 1000));
        await server.WhenWrittenAsync();
        await influx.StopAsync();

        // The telemetry of a fleet, until the disk can take no more.
        disk.Fill();
        var acknowledged = 1;
        using (var device = await RawDevice.ConnectAsync(server.MqttPort, meter))
        {
            try
            {
                for (; acknowledged < 5_000; acknowledged++) await device.PublishAsync(meter.Topic("telemetry"), Reading(acknowledged));
            }
            catch (IOException)
            {
                // The disk is full: no PUBACK, and the connection is closed.
            }
        }

        Assert.InRange(acknowledged, 1, 4_999);
        await Wait.UntilAsync("health says that nothing can be made durable", async () => !await server.IsReadyAsync());

        disk.Clear();
        await influx.StartAsync();
        for (var i = 0; i < 3; i++) await server.PublishAsync(meter, "telemetry", Reading(acknowledged++));
        await server.WhenWrittenAsync();
        var stored = (await InfluxServer.ReadAsync(influx)).Select(point => point.Value).Order();
        Assert.Equal(Enumerable.Range(0, acknowledged).Select(n => (1000L + n) * 1000), stored);

        string Reading(int n) => Payload.Reading($"r{n}", from.AddSeconds(n), 1000 + n);
    }

    /// <summary>The store says what is wrong, an alert says it too, and a message still gets its PUBACK.</summary>
    private static async Task ExpectTroubleAsync(InfluxServer server, string inTheProblem)
    {
        await server.WhenStoreAsync("the store is paused", store => store.GetProperty("state").GetString() == "paused");
        var store = await server.StoreAsync();
        Assert.Contains(inTheProblem, store.GetProperty("problem").GetString());
        Assert.True(store.GetProperty("waitingPoints").GetInt64() > 0);
        var alert = await Wait.ForAsync("the administrator has an alert", server.StoreAlertAsync);
        Assert.Contains(inTheProblem, alert.Evidence.Note);
        Assert.True(await server.IsReadyAsync(), "Messages are safe: the server is ready.");
    }

    private static async Task ExpectHealedAsync(InfluxServer server)
    {
        await server.WhenWrittenAsync();
        Assert.Equal("ok", (await server.StoreAsync()).GetProperty("state").GetString());
    }
}
