using System.Globalization;
using System.Text.Json;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>The load generator against the real server: what both counted is the same.</summary>
public sealed class LoadTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    [Theory]
    [InlineData("devices", "--devices", "200")]
    [InlineData("gateways", "--devices", "60", "--children", "20")]
    public async Task Every_message_is_acknowledged_and_kept_and_every_press_is_seen(string shape, params string[] size)
    {
        var before = await StoredAsync();
        string[] where = ["--api", server.Address.ToString(), "--mqtt", $"127.0.0.1:{server.MqttPort}", "--password", ServerProcess.Password];
        var (code, output) = await Command.RunAsync(
            "dotnet", [await Repository.SimulatorsAsync(), "load", "--shape", shape, .. size, "--seconds", "2", "--warm-up", "1", "--sos", "5", "--json", .. where], TimeSpan.FromMinutes(1));
        Assert.True(code == 0, output);
        using var report = JsonDocument.Parse(output);
        var root = report.RootElement;
        long Number(string name) => root.GetProperty(name).GetInt64();
        var presses = root.GetProperty("sos").GetProperty("published").GetInt64();

        Assert.InRange(Number("published"), 100, long.MaxValue);
        Assert.Equal(Number("published"), Number("acknowledged") + Number("refused") + Number("inFlight"));
        Assert.Equal((0, 0), (Number("refused"), Number("inFlight")));
        Assert.InRange(presses, 5, 20);
        Assert.Equal(presses, root.GetProperty("sos").GetProperty("seen").GetInt64());
        Assert.Equal(Number("acknowledged") + presses, await StoredAsync() - before);
    }

    private async Task<long> StoredAsync()
    {
        var metrics = await server.Api.TextAsync("metrics");
        return metrics.Split('\n').Where(line => line.StartsWith("senioriot_ingest_messages", StringComparison.Ordinal) && line.Contains("outcome=\"stored\"", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
    }
}
