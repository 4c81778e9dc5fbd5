using System.Diagnostics.CodeAnalysis;

namespace SeniorIoT.DeviceProtocol.V1;

/// <summary>Bytes to messages and back, version 1 of the contract. Pure; does not throw on any input.</summary>
public static class Codec
{
    /// <summary>Decodes the payload published on <paramref name="topic"/>.</summary>
    /// <returns>False when the payload is refused; <paramref name="refusal"/> then names the field and the remedy.</returns>
    public static bool TryDecode(
        in Topic topic,
        ReadOnlySpan<byte> payload,
        [NotNullWhen(true)] out DeviceMessage? message,
        [NotNullWhen(false)] out Refusal? refusal) => throw new NotImplementedException();

    /// <summary>Encodes a message as a device would send it.</summary>
    public static byte[] Encode(DeviceMessage message) => throw new NotImplementedException();
}
