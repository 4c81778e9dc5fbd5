using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using MQTTnet.Protocol;

namespace SeniorIoT.Server.Ingest;

/// <summary>Which clients have an open, admitted connection now. Thread-safe.</summary>
internal sealed class ConnectedDevices
{
    private readonly ConcurrentDictionary<string, MqttChannel> _channels = new(StringComparer.Ordinal);

    /// <summary>A client came (true) or went (false). Raised on the connection's own thread: do not block in it. A take-over raises nothing but true.</summary>
    public event Action<string, bool>? Changed;

    /// <summary>How many.</summary>
    public int Count => _channels.Count;

    /// <summary>Whether this device, or gateway, is connected itself.</summary>
    public bool Is(string deviceId) => _channels.ContainsKey(deviceId);

    /// <summary>Closes the connection of a client, for example because it was retired. Does nothing when there is none.</summary>
    public void Close(string deviceId)
    {
        if (TryGet(deviceId, out var channel)) channel.Close(MqttDisconnectReasonCode.AdministrativeAction);
    }

    public bool TryGet(string deviceId, [NotNullWhen(true)] out MqttChannel? channel) => _channels.TryGetValue(deviceId, out channel);

    /// <summary>Notes an admitted connection. There is one of each client: it ends the one that was there.</summary>
    public void Add(string deviceId, MqttChannel channel)
    {
        while (!_channels.TryAdd(deviceId, channel))
        {
            if (!TryGet(deviceId, out var previous) || !_channels.TryUpdate(deviceId, channel, previous)) continue;
            channel.Succeed(previous);
            break;
        }

        Changed?.Invoke(deviceId, true);
    }

    /// <summary>Removes this very connection; a newer one of the same client stays.</summary>
    public void Remove(string deviceId, MqttChannel channel)
    {
        if (_channels.TryRemove(new KeyValuePair<string, MqttChannel>(deviceId, channel))) Changed?.Invoke(deviceId, false);
    }
}
