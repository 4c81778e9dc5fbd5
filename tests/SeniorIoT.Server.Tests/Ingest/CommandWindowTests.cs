using SeniorIoT.DeviceProtocol;
using SeniorIoT.Server.Devices;
using Xunit;
using static SeniorIoT.Server.Tests.Ingest.CommandWire;

namespace SeniorIoT.Server.Tests.Ingest;

public sealed class CommandWindowTests
{
    private static readonly DeviceCommand Report = new DeviceCommand.Report();

    [Fact]
    public async Task A_client_has_no_more_commands_in_hand_than_it_takes()
    {
        await using var host = await IngestHost.StartAsync();
        var ordered = new List<CommandRow>();
        for (var i = 0; i < 4; i++) ordered.Add(await host.OrderAsync("m1", Report));
        var secret = host.Enrol("m1");
        using var meter = await WireClient.OpenAsync(host.Port);
        // Receive Maximum 2.
        await meter.SendRawAsync(PacketTests.PacketText.Parse($"10 r s4 'MQTT' 05 C2 k60 03 21 H2 s2 'm1' s2 'm1' s{secret.Length} '{secret}'"));
        Assert.Equal(0, (await meter.ReadAsync())!.Body[1]);
        await meter.SubscribeAsync(TopicOf("m1"));
        var (one, two) = (await HearAsync(meter), await HearAsync(meter));
        await meter.PingAsync();
        Assert.Equal(WireClient.PingResp, (await meter.ReadAsync())!.Type);

        await meter.AcknowledgeAsync(two.PacketId);
        var three = await HearAsync(meter);
        await meter.AcknowledgeAsync(one.PacketId);
        var four = await HearAsync(meter);
        Assert.Equal(ordered.Select(command => command.CommandId), [one.Message.Id, two.Message.Id, three.Message.Id, four.Message.Id]);
    }
}
