using System.Collections.Concurrent;
using System.Text;
using Xunit;

namespace SeniorIoT.Server.Tests.Ingest.PacketTests;

/// <summary>Fires packets at a host, each test with a device and a connection of its own, many at once.</summary>
internal sealed class PacketRun(IngestHost host)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Runs all. What became of those that did not end as <paramref name="judge"/> wants.</summary>
    public async Task<Dictionary<PacketTest, string>> RunAsync(IReadOnlyList<PacketTest> tests, Func<PacketTest, WireClient, Task<string?>> judge)
    {
        var deviations = new ConcurrentDictionary<PacketTest, string>(ReferenceEqualityComparer.Instance);
        await Parallel.ForEachAsync(Enumerable.Range(0, tests.Count), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = TestContext.Current.CancellationToken }, async (index, _) =>
        {
            using var client = await OpenAsync(tests[index], "device-" + index);
            if (await judge(tests[index], client) is { } deviation) deviations[tests[index]] = deviation;
        });
        await Wire.Until(() => host.Counters.Connections == 0, "the end of all connections");
        return new(deviations);
    }

    /// <summary>Sends and expects what the test says. Null when all was as it says.</summary>
    public static async Task<string?> JudgeAsync(PacketTest test, WireClient client)
    {
        foreach (var step in test.Steps)
        {
            if (step.Type == "send")
            {
                if (!await TrySendAsync(client, step.Bytes)) return "closed too early";
            }
            else if (step.Type == "recv" && await ExpectAsync(client, step.Bytes) is { } deviation)
            {
                return deviation;
            }
        }

        return test.IsClosed ? await ExpectEndAsync(client) : await TrySendAsync(client, [0xC0, 0]) ? await ExpectAsync(client, [0xD0, 0]) : "closed";
    }

    /// <summary>Sends what the test would send to a client. Null when the server closes or goes on answering, and lets nobody in.</summary>
    public static async Task<string?> SurviveAsync(PacketTest test, WireClient client)
    {
        foreach (var step in test.Steps.Where(step => step.Type == "send")) await TrySendAsync(client, step.Bytes);
        await TrySendAsync(client, [0xC0, 0]);
        try
        {
            while (await client.ReadAsync(Patience) is { } packet)
            {
                if (packet.Type == WireClient.PingResp) return null;
                if (packet.Type == WireClient.ConnAck && packet.Body[1] == 0) return "let in";
            }

            return null;
        }
        catch (OperationCanceledException)
        {
            return "neither closed nor answering";
        }
    }

    /// <summary>Reads the answer as hex, "closed", or "nothing". Of a DISCONNECT or an acknowledgement, only what it means.</summary>
    public static async Task<string> ReadAsync(WireClient client)
    {
        try
        {
            return await client.ReadAsync(Patience) is { } packet ? Describe(packet) : "closed";
        }
        catch (OperationCanceledException)
        {
            return "nothing";
        }
    }

    /// <summary>False when the server has closed the connection.</summary>
    public static async Task<bool> TrySendAsync(WireClient client, byte[] bytes)
    {
        try
        {
            await client.SendRawAsync(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Opens a connection and, where the test wants that, lets a device in that wants no reasons in words.</summary>
    public async Task<WireClient> OpenAsync(PacketTest test, string id)
    {
        var client = await WireClient.OpenAsync(host.Port, test.Version == 5);
        if (!test.IsConnectedFirst) return client;
        var start = test.Version switch { 3 => "s6 'MQIsdp' 03 C2 k60", 4 => "s4 'MQTT' 04 C2 k60", _ => "s4 'MQTT' 05 C2 k60 v2 17 00" };
        var secret = host.Enrol(id);
        await client.SendRawAsync(PacketText.Parse($"10 r {start} s{id.Length} '{id}' s{id.Length} '{id}' s{secret.Length} '{secret}'"));
        Assert.Equal(0, (await client.ReadAsync())!.Body[1]);
        return client;
    }

    private static async Task<string?> ExpectAsync(WireClient client, byte[] expected)
    {
        var (wanted, got) = (Describe(new WirePacket(expected[0], expected[2..])), await ReadAsync(client));
        return wanted == got ? null : $"{got} instead of {wanted}";
    }

    private static async Task<string?> ExpectEndAsync(WireClient client)
    {
        while (true)
        {
            var got = await ReadAsync(client);
            if (got == "closed") return null;
            // A last word that the test does not mention is welcome; anything else is not.
            if (!got.StartsWith("E0", StringComparison.Ordinal) && !got.StartsWith("20", StringComparison.Ordinal)) return $"{got} instead of the end";
        }
    }

    private static string Describe(WirePacket packet)
    {
        var told = packet.Type switch { WireClient.Disconnect => 1, WireClient.ConnAck => 2, >= WireClient.PubAck and <= 7 => 3, _ => int.MaxValue };
        var text = new StringBuilder(packet.FirstByte.ToString("X2"));
        foreach (var part in packet.Body.Take(told)) text.Append(' ').Append(part.ToString("X2"));
        return text.ToString();
    }
}
