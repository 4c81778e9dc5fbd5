using System.Globalization;
using System.Text.Json;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using SeniorIoT.Parts;

namespace SeniorIoT.EndToEnd.Influx;

/// <summary>The real server on a real InfluxDB, with water meters whose firmware keeps a message until its PUBACK.</summary>
internal sealed class InfluxServer : ServerProcess
{
    public const string Database = "district";

    private readonly Dictionary<string, RawDevice> _connections = [];

    public InfluxServer(params string[] store) => Store = store;

    public InfluxServer(string dataFolder, string[] store)
        : base(dataFolder) => Store = store;

    /// <summary>The options about the store; they may change between two starts.</summary>
    public string[] Store { get; set; }

    protected override IEnumerable<string> Options => Store;

    /// <summary>The options for InfluxDB at an address.</summary>
    public static string[] On(string influx, params string[] more) =>
        ["--telemetry-store", "influx", "--influx-url", influx, "--influx-database", Database, .. more];

    /// <summary>Every reading of the register in InfluxDB, asked past our own client.</summary>
    public static async Task<List<StoredPoint>> ReadAsync(Influxd influx) =>
        [.. (await influx.QueryAsync(Database, "SELECT total_ml, device FROM telemetry WHERE total_ml >= 0"))
            .Select(row => new StoredPoint(row[2], long.Parse(row[0], CultureInfo.InvariantCulture), long.Parse(row[1], CultureInfo.InvariantCulture)))];

    /// <summary>Sends a message until it is acknowledged, over as many connections and lives of the server as that takes.</summary>
    public async Task PublishAsync(Enrolled device, string channel, string payload)
    {
        await Wait.UntilAsync($"{device.Id} has its PUBACK", async () =>
        {
            try
            {
                if (!_connections.TryGetValue(device.Id, out var connection))
                {
                    connection = await RawDevice.ConnectAsync(MqttPort, device);
                    lock (_connections) _connections[device.Id] = connection;
                }

                await connection.PublishAsync(device.Topic(channel), payload);
                return true;
            }
            catch
            {
                // What a device does when a connection fails: opens another one, and sends again what was not acknowledged.
                lock (_connections)
                {
                    if (_connections.Remove(device.Id, out var broken)) broken.Dispose();
                }

                throw;
            }
        }, 60);
    }

    /// <summary>What the system page says of the telemetry store.</summary>
    public async Task<JsonElement> StoreAsync() => (await Api.GetAsync<JsonElement>("system")).GetProperty("telemetryStore");

    /// <summary>Until the store says so; the JSON is what <c>GET /api/v1/system</c> has under <c>telemetryStore</c>.</summary>
    public Task WhenStoreAsync(string what, Func<JsonElement, bool> isSo, double seconds = 60) =>
        Wait.UntilAsync(what, async () => isSo(await StoreAsync()), seconds);

    /// <summary>Until nothing waits: neither in the journal nor in the spool.</summary>
    public Task WhenWrittenAsync() => Wait.UntilAsync("nothing waits any more", async () =>
    {
        var system = await Api.GetAsync<JsonElement>("system");
        return system.GetProperty("journal").GetProperty("length").GetInt64() == 0
            && system.GetProperty("telemetryStore").GetProperty("waitingPoints").GetInt64() == 0;
    }, 90);

    /// <summary>The open administrator's alert about the store; null when there is none.</summary>
    public async Task<Alert?> StoreAlertAsync() => (await Api.ListAsync<Alert>("alerts?state=open&rule=telemetry-store")).SingleOrDefault();

    public override async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.Values) connection.Dispose();
        await base.DisposeAsync();
    }
}

/// <summary>A reading as InfluxDB holds it.</summary>
internal sealed record StoredPoint(string Device, long AtMs, long Value) : IComparable<StoredPoint>
{
    public int CompareTo(StoredPoint? other) => (Device, AtMs, Value).CompareTo((other!.Device, other.AtMs, other.Value));
}
