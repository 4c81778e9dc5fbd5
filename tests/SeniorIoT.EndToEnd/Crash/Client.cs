using System.Net.Sockets;
using SeniorIoT.EndToEnd.Parts;

namespace SeniorIoT.EndToEnd.Crash;

/// <summary>
/// A device that does what QoS 1 asks of it: keeps a message until it saw the PUBACK, connects again with a growing back-off, and sends
/// what is open once more, with DUP. The contract's back-off begins at a second; this one is in a hurry.
/// </summary>
internal sealed class Client(int port, Enrolled device, Ledger ledger, Random chance, int window, bool isVersion5) : IDisposable
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromMilliseconds(300);

    private RawDevice? _wire;
    private int _life;

    /// <summary>Sends in order, at most a window without PUBACK, on as many connections as it takes.</summary>
    /// <param name="messages">What to send.</param>
    /// <param name="givesUp">How probable it is, 0 to 1, that the device is never heard again when its connection breaks.</param>
    /// <returns>False when it gave up.</returns>
    public async Task<bool> SayAsync(IReadOnlyList<Message> messages, double givesUp = 0)
    {
        List<Message> open = [.. messages];
        for (var backOff = FirstBackOff; open.Count > 0;)
        {
            try
            {
                if (_wire is null) _life = ledger.Life;
                _wire ??= await RawDevice.ConnectAsync(port, device, isVersion5);
                backOff = FirstBackOff;
                await TalkAsync(_wire, open);
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
            {
                // The server was killed, or is not up yet: again, unless the battery is empty.
                Hang();
                if (open[0].IsSent && chance.NextDouble() < givesUp) return false;
                await Wait.PauseAsync(backOff * (1 + chance.NextDouble()));
                backOff = backOff * 2 < BackOffMax ? backOff * 2 : BackOffMax;
            }
        }

        return true;
    }

    public void Dispose() => Hang();

    private async Task TalkAsync(RawDevice wire, List<Message> open)
    {
        var waiting = new Queue<Message>(open);
        Dictionary<int, Message> inFlight = [];
        while (open.Count > 0)
        {
            while (inFlight.Count < window && waiting.TryDequeue(out var next))
                inFlight.Add(await wire.SendMessageAsync(next.Topic, next.Payload, isRepeat: ledger.Send(next)), next);
            var (id, code) = await wire.ReadPubAckAsync();
            if (!inFlight.Remove(id, out var message)) throw new InvalidOperationException($"{device.Id} got a PUBACK for {id}, which it never sent.");
            if (code != 0) throw new InvalidOperationException($"{device.Id} was refused with 0x{code:X2}: {System.Text.Encoding.UTF8.GetString(message.Payload)}");
            open.Remove(message);
            ledger.Acknowledge(message, _life);
        }
    }

    private void Hang()
    {
        _wire?.Dispose();
        _wire = null;
    }
}
