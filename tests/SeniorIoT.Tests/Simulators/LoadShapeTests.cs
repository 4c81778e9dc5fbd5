using System.Buffers;
using CsCheck;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using SeniorIoT.Simulators.LoadTest;
using SeniorIoT.Simulators.LoadTest.Shapes;
using SeniorIoT.Tests.DeviceProtocol;
using Xunit;

namespace SeniorIoT.Tests.Simulators;

/// <summary>The load generator writes its packets by hand; a decoder that is not ours and the contract's codec read them.</summary>
public sealed class LoadShapeTests
{
    private static readonly Gen<long> Instants = Gen.Long[0, 4_102_444_800_000];

    [Fact]
    public void A_reading_is_what_the_contract_says() =>
        Gen.Select(Gen.Bool, Gen.Int[0, 9_999_999], Gen.Long[0, (1L << 48) - 1], Instants, Gen.Int[100_000, 999_999], Gen.UShort[1, ushort.MaxValue], Gen.Bool)
            .Sample((isChild, number, mid, atMs, litres, packetId, isAgain) =>
            {
                var packet = new byte[512];
                var message = Message.Reading(isChild ? "g-1" : null, "wm-");
                message.WriteTo(packet, packetId, isAgain, number, mid, atMs, litres);

                var publish = Assert.IsType<MqttPublishPacket>(Decode(packet.AsSpan(0, message.Length)));
                Assert.Equal((packetId, isAgain, MqttQualityOfServiceLevel.AtLeastOnce), (publish.PacketIdentifier, publish.Dup, publish.QualityOfServiceLevel));
                var water = Assert.IsType<DeviceMessage.Water>(Read(publish, out var topic));
                Assert.Equal(new Topic(DeviceKind.Water, Message.IdOf("wm-", number), Channel.Telemetry, isChild ? "g-1" : null), topic);
                Assert.Equal((mid.ToString("x12"), 0), (water.Common.Mid, water.Common.UnknownFields));
                Assert.Equal((DateTimeOffset.FromUnixTimeMilliseconds(atMs), litres * 1_000L), (water.Common.MeasuredAt, Assert.Single(water.Samples).TotalMillilitres));
                Assert.InRange(publish.Payload.Length, 100, 130);
            });

    [Fact]
    public void A_press_is_what_the_contract_says()
    {
        var packet = new byte[512];
        var message = Message.Press("g-1", "b-");
        message.WriteTo(packet, 7, isAgain: false, 12, 1, 1_767_323_045_678, 0);
        var press = Assert.IsType<DeviceMessage.ButtonEvent>(Read((MqttPublishPacket)Decode(packet.AsSpan(0, message.Length)), out var topic));
        Assert.Equal("senioriot/v1/gateway/g-1/sos/b-0000012/event", topic.ToString());
        Assert.Equal((ButtonEventType.Press, ButtonFunction.Emergency), (press.Type, press.Button));
    }

    [Fact]
    public void A_CONNECT_says_who_it_is()
    {
        var connect = Assert.IsType<MqttConnectPacket>(Decode(Packets.Connect("wm-1", "secret", 600)));
        Assert.Equal(("wm-1", "wm-1", (ushort)600, true), (connect.ClientId, connect.Username, connect.KeepAlivePeriod, connect.CleanSession));
        Assert.Equal("secret"u8.ToArray(), connect.Password);
    }

    [Theory]
    [InlineData(32, null)]
    [InlineData(0, "not this one")]
    [InlineData(1, null)]
    public void Receive_Maximum_is_found_among_all_that_a_CONNACK_may_say(int receiveMaximum, string? reason)
    {
        var welcome = Packets.ReadConnack(BodyOf(new MqttConnAckPacket
        {
            ReasonCode = reason is null ? MqttConnectReasonCode.Success : MqttConnectReasonCode.NotAuthorized,
            ReceiveMaximum = (ushort)receiveMaximum,
            MaximumPacketSize = 65_536,
            MaximumQoS = MqttQualityOfServiceLevel.AtLeastOnce,
            AssignedClientIdentifier = "x!",
            ReasonString = reason,
            ServerKeepAlive = 60,
            UserProperties = [new MqttUserProperty("!", "!!"u8.ToArray())],
        }));
        Assert.Equal(new Welcome(reason is null ? (byte)0 : (byte)0x87, receiveMaximum == 0 ? 65_535 : receiveMaximum), welcome);
    }

    [Fact]
    public void Packets_that_arrive_in_pieces_are_the_same_packets()
    {
        byte[] stream = [.. BodyWithHead(new MqttConnAckPacket { ReasonString = new string('x', 200) }), 0x40, 2, 0, 1, 0xD0, 0, 0x40, 3, 0, 2, 0x97, 0xE0, 1, 0x8E];
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            List<(byte, int)> taken = [];
            ReadOnlySpan<byte> first = stream.AsSpan(0, cut);
            while (Packets.TryTake(ref first, out var type, out var body)) taken.Add((type, body.Length));
            ReadOnlySpan<byte> rest = stream.AsSpan(cut - first.Length);
            while (Packets.TryTake(ref rest, out var type, out var body)) taken.Add((type, body.Length));
            Assert.Equal([Packets.Connack, Packets.Puback, Packets.Pingresp, Packets.Puback, Packets.Disconnect], taken.Select(one => one.Item1));
            Assert.Equal(0, rest.Length);
        }
    }

    [Fact]
    public void What_was_not_acknowledged_is_sent_again_as_it_was()
    {
        var speaker = new Speaker(("g-1", ""), Message.Reading("g-1", "wm-"), 10, 3, 4, default, run: 5) { IsWelcome = true, WindowNow = 4 };
        var sent = new byte[4][];
        for (var i = 0; i < 4; i++) speaker.WriteNext(sent[i] = new byte[speaker.MessageBytes], 1_767_323_045_678 + i, stamp: i);
        Assert.False(speaker.MaySend);
        Assert.True(speaker.TrySettle(2, out var number, out var sentAt));
        Assert.Equal((1, 1), (number, sentAt));
        Assert.False(speaker.TrySettle(2, out _, out _));
        Assert.False(speaker.TrySettle(77, out _, out _));

        var slot = 0;
        var again = new byte[speaker.MessageBytes];
        foreach (var first in new[] { sent[0], sent[2], sent[3] })
        {
            Assert.True(speaker.TryWriteAgain(again, ref slot, 9, out _));
            Assert.Equal([(byte)(first[0] | 8), .. first[1..]], again);
        }

        Assert.False(speaker.TryWriteAgain(again, ref slot, 9, out _));
        Assert.Equal((3, 4), (speaker.InFlight, speaker.Sent));
    }

    [Fact]
    public void A_gateway_speaks_for_its_children_in_turn_and_each_childs_time_advances()
    {
        var speaker = new Speaker(("g-1", ""), Message.Reading("g-1", "wm-"), 10, 3, 9, default, run: 5) { IsWelcome = true, WindowNow = 9 };
        List<(string Device, string? Mid, DateTimeOffset? At, long Total)> said = [];
        for (var i = 0; i < 9; i++)
        {
            var packet = new byte[speaker.MessageBytes];
            speaker.WriteNext(packet, nowMs: 1_767_323_045_678, stamp: 0);
            var water = (DeviceMessage.Water)Read((MqttPublishPacket)Decode(packet), out var topic);
            said.Add((topic.DeviceId, water.Common.Mid, water.Common.MeasuredAt, water.Samples[0].TotalMillilitres));
        }

        Assert.Equal(["wm-0000010", "wm-0000011", "wm-0000012"], said.Select(one => one.Device).Distinct());
        Assert.All(said.GroupBy(one => one.Device), child =>
        {
            Assert.Equal(3, child.Select(one => one.Mid).Distinct().Count());
            Assert.All(child.Zip(child.Skip(1)), pair => Assert.True(pair.First.At < pair.Second.At && pair.First.Total <= pair.Second.Total));
        });
    }

    [Fact]
    public void Whoever_reports_for_a_day_uses_water_and_never_without_a_pause()
    {
        const long StartMs = 1_767_323_000_000, QuarterMs = 900_000;
        var speaker = new Speaker(("g-1", ""), Message.Reading("g-1", "wm-"), 10, 1, 200, new Dating(StartMs, QuarterMs), run: 5) { IsWelcome = true, WindowNow = 200 };
        List<long> litres = [];
        for (var i = 0; i < 97; i++)
        {
            var packet = new byte[speaker.MessageBytes];
            speaker.WriteNext(packet, nowMs: 0, stamp: 0);
            var water = (DeviceMessage.Water)Read((MqttPublishPacket)Decode(packet), out _);
            Assert.Equal(StartMs + (i * QuarterMs), water.Common.MeasuredAt!.Value.ToUnixTimeMilliseconds());
            litres.Add(water.Samples[0].TotalMillilitres / 1_000);
        }

        var used = litres.Zip(litres.Skip(1), (before, after) => after - before).ToList();
        Assert.Equal(720, used.Sum());
        Assert.InRange(used.Max(), 1, 60);
        Assert.All(used.Chunk(8), twoHours => Assert.Contains(twoHours.Zip(twoHours.Skip(1)), pair => pair is (0, 0)));
    }

    [Fact]
    public void A_percentile_is_at_most_a_bucket_above_the_value_that_was_measured() =>
        Gen.Select(Gen.Long[0, 10_000_000].Array[1, 200], Messages.OneOf([0.5, 0.9, 0.99, 1.0])).Sample((microseconds, share) =>
        {
            var counts = new LatencyCounts();
            foreach (var one in microseconds) counts.Add(one);
            var exact = LoadCommand.Percentile(microseconds.Select(one => one / 1_000.0), share);
            Assert.InRange(counts.AtMs(share), exact, exact * 33 / 32);
            Assert.Equal(microseconds.Max() / 1_000.0, counts.AtMs(1));
        });

    [Theory]
    [InlineData("4711 (dotnet) S 1 2 3 4 5 6 7 8 9 10 1200 34 0 0 20", 12.34)]
    [InlineData("4711 (a b) c) R 1 2 3 4 5 6 7 8 9 10 1 0 0 0 20", 0.01)]
    public void Processor_time_is_that_of_user_and_system(string stat, double seconds) => Assert.Equal(seconds, ProcessCost.CpuIn(stat).TotalSeconds, 3);

    [Fact]
    public void A_machine_that_waits_for_its_disk_is_not_busy() => Assert.Equal(0.36, ProcessCost.BusyIn("cpu  1 2 3 1000 2000 4 5 21 7 8").TotalSeconds, 3);

    [Fact]
    public void A_roster_enrols_gateways_and_everybody_behind_them_once()
    {
        var rows = new Roster("x", 7, 3, 9).Files().SelectMany(file => file.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)).Select(line => line.Split(',')).ToList();
        var devices = rows.Select(cells => cells[4]).ToList();
        Assert.Equal(3 + 7 + Roster.ButtonGateways + 9, devices.Distinct().Count());
        Assert.Equal(devices.Count, devices.Distinct().Count());
        Assert.All(rows, cells => Assert.True(cells[6].Length == 0 ? cells[5] == "gateway" : devices.IndexOf(cells[6]) < devices.IndexOf(cells[4]), string.Join(',', cells)));
    }

    private static DeviceMessage Read(MqttPublishPacket publish, out Topic topic)
    {
        Assert.True(Topic.TryParse(publish.Topic, out topic, out _));
        Assert.True(Codec.TryDecode(topic, publish.Payload.ToArray(), out var message, out var refusal), refusal?.Detail);
        return message;
    }

    private static MqttPacket Decode(ReadOnlySpan<byte> packet)
    {
        var head = 2;
        while ((packet[head - 1] & 0x80) != 0) head++;
        var received = new ReceivedMqttPacket(packet[0], packet[head..].ToArray(), packet.Length);
        return new MqttPacketFormatterAdapter(MqttProtocolVersion.V500, new MqttBufferWriter(64, 64 * 1024)).Decode(received);
    }

    private static byte[] BodyWithHead(MqttPacket packet) => new MqttPacketFormatterAdapter(MqttProtocolVersion.V500, new MqttBufferWriter(64, 64 * 1024)).Encode(packet).Packet.ToArray();

    private static byte[] BodyOf(MqttPacket packet)
    {
        ReadOnlySpan<byte> bytes = BodyWithHead(packet);
        Assert.True(Packets.TryTake(ref bytes, out var type, out var body));
        Assert.Equal(Packets.Connack, type);
        return body.ToArray();
    }
}
