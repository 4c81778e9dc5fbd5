using System.Buffers.Binary;
using System.Text;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using Xunit;

namespace SeniorIoT.Server.Tests.Ingest;

/// <summary>A command as a device heard it.</summary>
internal sealed record Heard(string Topic, ushort PacketId, bool IsDuplicate, uint? ExpirySeconds, CommandMessage Message);

/// <summary>What tests of commands say again and again.</summary>
internal static class CommandWire
{
    public static string TopicOf(string id) => $"senioriot/v1/water/{id}/command";

    /// <summary>The next packet, which must be a command with QoS 1.</summary>
    public static async Task<Heard> HearAsync(WireClient client)
    {
        var packet = await client.ReadAsync();
        Assert.Equal((WireClient.Publish, 1), (packet!.Type, (packet.FirstByte >> 1) & 3));
        var body = packet.Body;
        var length = BinaryPrimitives.ReadUInt16BigEndian(body);
        var packetId = BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(2 + length));
        var at = 4 + length;
        uint? expiry = null;
        if (client.IsVersion5)
        {
            Assert.Equal((5, 0x02), (body[at], body[at + 1]));
            expiry = BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(at + 2));
            at += 6;
        }

        Assert.True(CommandCodec.TryDecode(body.AsMemory(at), out var message, out var refusal), refusal?.ToString());
        return new Heard(Encoding.UTF8.GetString(body, 2, length), packetId, (packet.FirstByte & 8) != 0, expiry, message);
    }
}
