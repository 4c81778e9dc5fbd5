namespace SeniorIoT.DeviceProtocol;

/// <summary>Why a message is refused. The number is the MQTT 5 reason code a version 5 client receives.</summary>
public enum RefusalReason : byte
{
    /// <summary>0x87: the topic is well formed, but it is not this client's.</summary>
    NotAuthorized = 0x87,

    /// <summary>0x90: the topic does not follow the grammar of <see cref="Topic"/>.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>0x95: the payload is longer than allowed.</summary>
    PacketTooLarge = 0x95,

    /// <summary>0x99: the payload is not a message of the contract.</summary>
    PayloadFormatInvalid = 0x99,
}

/// <summary>
/// A message that was not understood, as a value: which field, what was wrong with it and what would be right.
/// It never carries the offending value of a free-text field, so it may be logged and shown.
/// </summary>
/// <param name="Reason">The class of error, and the reason code for the device.</param>
/// <param name="Field">The JSON path (<c>water.total_l</c>, <c>water.samples[3].ts</c>), or <c>topic</c>, or <c>payload</c>.</param>
/// <param name="Detail">One English sentence: what is wrong and the remedy.</param>
public sealed record Refusal(RefusalReason Reason, string Field, string Detail);
