using SeniorIoT.DeviceProtocol;

namespace SeniorIoT.Server.Ingest;

/// <summary>Why something is in quarantine. The names are stored, shown and used as metric labels.</summary>
internal enum QuarantineReason
{
    /// <summary><c>not_authorized</c>: a topic that is not the client's.</summary>
    NotAuthorized = 1,

    /// <summary><c>topic_name_invalid</c></summary>
    TopicNameInvalid,

    /// <summary><c>packet_too_large</c></summary>
    PacketTooLarge,

    /// <summary><c>payload_format_invalid</c></summary>
    PayloadFormatInvalid,

    /// <summary><c>not_enrolled</c>: the client is unknown or was retired.</summary>
    NotEnrolled,

    /// <summary><c>bad_credentials</c></summary>
    BadCredentials,

    /// <summary><c>undecodable</c>: journalled by an earlier version of the program, not understood by this one.</summary>
    Undecodable,

    /// <summary><c>bad_certificate</c>: none where one is needed, not one of ours, or another device's.</summary>
    BadCertificate,
}

/// <summary>Words for <see cref="QuarantineReason"/>.</summary>
internal static class QuarantineReasons
{
    private static readonly string[] Words =
        ["", "not_authorized", "topic_name_invalid", "packet_too_large", "payload_format_invalid", "not_enrolled", "bad_credentials", "undecodable", "bad_certificate"];

    public static string Word(this QuarantineReason reason) => Words[(int)reason];

    public static QuarantineReason ToQuarantine(this RefusalReason reason) => reason switch
    {
        RefusalReason.NotAuthorized => QuarantineReason.NotAuthorized,
        RefusalReason.TopicNameInvalid => QuarantineReason.TopicNameInvalid,
        RefusalReason.PacketTooLarge => QuarantineReason.PacketTooLarge,
        _ => QuarantineReason.PayloadFormatInvalid,
    };
}
