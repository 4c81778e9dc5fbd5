using System.Net;
using System.Net.Sockets;

namespace SeniorIoT.Server.Tests.Fuzz;

/// <summary>One hostile connection: what it sends, in which pieces, and how it ends.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="Pieces">Lengths of the pieces it is written in.</param>
/// <param name="IsSlow">Pauses between pieces.</param>
/// <param name="IsCut">Ends with a reset instead of a FIN.</param>
/// <param name="Messages">At most so many messages may be counted for it.</param>
internal sealed record Assault(byte[] Bytes, IReadOnlyList<int> Pieces, bool IsSlow, bool IsCut, int Messages)
{
    private const int PacketBytesMax = 64 * 1024;

    /// <summary>Draws one. Half of them are let in first.</summary>
    public static Assault Draw(Random chance, string id, string secret, bool isVersion5, PacketSeeds seeds)
    {
        List<byte> bytes = [];
        var connect = PacketSeeds.Connect(isVersion5, id, secret, hasWill: chance.Next(3) == 0);
        var beginning = chance.Next(4);
        if (beginning > 0) bytes.AddRange(beginning > 1 ? connect : Mutation.Spoil(connect, chance, seeds.All));
        for (var count = chance.Next(1, 10); count > 0; count--)
        {
            var kind = chance.Next(10) == 0 ? seeds.Rare : seeds.Daily;
            var packet = kind[chance.Next(kind.Count)];
            if (chance.Next(3) == 0)
            {
                packet = Mutation.Spoil(packet, chance, seeds.All);
                // A length made right lets the damage further in; a false one is a test of its own.
                if (packet.Length > 3 && chance.Next(4) > 0) packet = PacketSeeds.Packet(packet[0], packet[(packet[1] < 0x80 ? 2 : 3)..]);
            }

            for (var repeats = chance.Next(12) == 0 ? chance.Next(2, 80) : 1; repeats > 0; repeats--) bytes.AddRange(packet);
        }

        byte[] all = [.. bytes];
        return new Assault(all, Cut(all.Length, chance), chance.Next(10) == 0, chance.Next(4) == 0, CountMessages(all));
    }

    /// <summary>Sends it, lets the server finish, and counts the PUBACKs.</summary>
    /// <exception cref="TimeoutException">The server neither closed nor ended.</exception>
    public async Task<int> RunAsync(int port, TimeSpan patience)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = new CancellationTokenSource(patience);
        var answers = new MemoryStream();
        var reading = Task.FromResult(true);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
            reading = ReadAsync(socket, answers, limit.Token);
            await WriteAsync(socket, limit.Token);
            if (IsCut) socket.Close(0);
            else socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            // Closed by the server while we still wrote. If it was our patience that ended, the reader says so.
        }

        if (!await reading) throw new TimeoutException($"After {patience.TotalSeconds} s the server had not closed.");
        return CountPubAcks(answers.ToArray());
    }

    private async Task WriteAsync(Socket socket, CancellationToken cancel)
    {
        var at = 0;
        foreach (var piece in Pieces)
        {
            await socket.SendAsync(Bytes.AsMemory(at, piece), cancel);
            at += piece;
            if (IsSlow) await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancel);
        }
    }

    /// <summary>Reads until the connection ends. False when it does not.</summary>
    private static async Task<bool> ReadAsync(Socket socket, MemoryStream answers, CancellationToken cancel)
    {
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, cancel) is > 0 and var count) answers.Write(buffer, 0, count);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Reset by the server, or cut by us: an end like any other.
            return true;
        }
    }

    private static List<int> Cut(int length, Random chance)
    {
        if (chance.Next(2) == 0) return [length];
        List<int> pieces = [];
        var longest = chance.Next(1, 200);
        for (var left = length; left > 0; left -= pieces[^1]) pieces.Add(pieces.Count < 100 ? Math.Min(left, chance.Next(1, longest + 1)) : left);
        return pieces;
    }

    /// <summary>Every PUBLISH in the stream, everything too long (it is recorded, whatever it is), and a last will for each CONNECT.</summary>
    private static int CountMessages(byte[] bytes)
    {
        var count = 0;
        foreach (var (first, length, _) in Frames(bytes)) count += first >> 4 is 1 or 3 || length > PacketBytesMax - 6 ? 1 : 0;
        return count;
    }

    private static int CountPubAcks(byte[] bytes) => Frames(bytes).Count(frame => frame.First >> 4 == 4 && frame.IsWhole);

    private static IEnumerable<(byte First, int Length, bool IsWhole)> Frames(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var first = bytes[at++];
            var (length, shift) = (0, 0);
            while (true)
            {
                if (at == bytes.Length || shift == 28) yield break;
                length |= (bytes[at] & 0x7F) << shift;
                shift += 7;
                if (bytes[at++] < 0x80) break;
            }

            yield return (first, length, length <= bytes.Length - at);
            // A long addition could overflow: what is beyond the end is the end.
            at = length <= bytes.Length - at ? at + length : bytes.Length;
        }
    }
}
