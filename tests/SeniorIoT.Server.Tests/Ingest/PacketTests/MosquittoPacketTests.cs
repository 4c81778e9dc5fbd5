using Xunit;
using static SeniorIoT.Server.Tests.Ingest.Wire;

namespace SeniorIoT.Server.Tests.Ingest.PacketTests;

/// <summary>Mosquitto's packet tests, fired at our listener. Where we differ from it stands in <see cref="Deviation"/>, with the reason.</summary>
public sealed class MosquittoPacketTests
{
    [Fact]
    public async Task Every_packet_test_for_a_broker_passes_or_is_listed_with_the_reason_and_every_listed_one_differs()
    {
        var tests = Read("broker");
        await using var host = await IngestHost.StartAsync();
        var deviations = await new PacketRun(host).RunAsync(tests, PacketRun.JudgeAsync);

        AssertNone(deviations.Where(found => Deviation.Of(found.Key) is null).Select(found => $"{found.Key}: {found.Value}"));
        AssertNone(tests.Where(test => Deviation.Of(test) is not null && !deviations.ContainsKey(test)).Select(test => $"{test} is listed and passes"));
        AssertNone(Deviation.All.Where(line => !tests.Any(test => Deviation.Of(test) == line)).Select(line => $"{line} lists nothing"));
        TestContext.Current.SendDiagnosticMessage($"{tests.Count} packet tests for a broker, {deviations.Count} of them listed as different.");
        await AssertServingAsync(host);
    }

    [Fact]
    public async Task Packets_meant_to_break_a_client_neither_break_the_server_nor_let_anybody_in()
    {
        var tests = Read("lib");
        await using var host = await IngestHost.StartAsync();
        var deviations = await new PacketRun(host).RunAsync(tests, PacketRun.SurviveAsync);
        AssertNone(deviations.Select(found => $"{found.Key}: {found.Value}"));
        Assert.Equal(0, host.Counters.StoredTotal);
        await AssertServingAsync(host);
    }

    private static List<PacketTest> Read(string part)
    {
        var tests = PacketTest.ReadAll(part);
        Assert.SkipWhen(tests is null, $"Mosquitto's packet tests are not beside the repository (shared/data/mqtt-malformed/{part}).");
        return tests!;
    }

    private static void AssertNone(IEnumerable<string> wrong)
    {
        var lines = wrong.Order(StringComparer.Ordinal).ToList();
        Assert.True(lines.Count == 0, $"{lines.Count} times:\n{string.Join('\n', lines)}");
    }

    private static async Task AssertServingAsync(IngestHost host)
    {
        using var meter = await host.ConnectAsync("m1");
        await meter.PublishAsync(TelemetryOf("m1"), Water("a1"), 1);
        Assert.Equal((WireClient.PubAck, 1), await meter.ReadAsync() is { } answer ? (answer.Type, answer.PacketId) : default);
        await Until(() => host.Grains.Keys("m1").Length == 1, "delivery");
    }
}
