using System.Collections.Concurrent;
using Xunit;

namespace SeniorIoT.Server.Tests.Ingest.PacketTests;

public sealed class OwnPacketTests
{
    [Fact]
    public async Task Every_packet_is_answered_as_the_table_says_and_no_connection_is_left()
    {
        await using var host = await IngestHost.StartAsync();
        var (run, wrong) = (new PacketRun(host), new ConcurrentBag<string>());
        await Parallel.ForEachAsync(OwnPacket.All.Index(), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = TestContext.Current.CancellationToken }, async (row, _) =>
        {
            var (id, packet) = ("device-" + row.Index, row.Item);
            using var client = await run.OpenAsync(new PacketTest("", "", "", packet.Version, packet.IsConnectedFirst, false, []), id);
            await client.SendRawAsync(Fill(packet.Send, id, packet.IsConnectedFirst ? "" : host.Enrol(id)));
            var answers = new List<string>();
            if (!packet.Answers.EndsWith("closed", StringComparison.Ordinal))
            {
                if (packet.Answers.Length > 0) answers.Add(await PacketRun.ReadAsync(client));
                await PacketRun.TrySendAsync(client, [0xC0, 0]);
                if (await PacketRun.ReadAsync(client) is not "D0" and var got) answers.Add(got);
            }
            else
            {
                do answers.Add(await PacketRun.ReadAsync(client));
                while (answers[^1] is not ("closed" or "nothing"));
            }

            if (string.Join("; ", answers) != packet.Answers) wrong.Add($"{packet.Version} {packet.Name}: {string.Join("; ", answers)} instead of {packet.Answers}");
        });
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong));
        await Wire.Until(() => host.Counters.Connections == 0, "the end of all connections");
        // Stored is what was acknowledged, and the wills of those who were let in.
        var stored = OwnPacket.All.Count(packet => packet.Answers is "40 00 07" or "20 00 00" && packet.Send.Contains("{topic}"));
        await Wire.Until(() => host.Counters.StoredTotal == stored, $"{stored} messages instead of {host.Counters.StoredTotal}");
    }

    private static byte[] Fill(string text, string id, string secret)
    {
        return PacketText.Parse(text.Replace("{id}", Text(id)).Replace("{pw}", Text(secret)).Replace("{topic}", Text(Wire.TelemetryOf(id)))
            .Replace("{command}", Text($"senioriot/v1/water/{id}/command")));

        static string Text(string value) => $"s{value.Length} '{value}'";
    }
}
