namespace SeniorIoT.Api;

/// <summary>Body of <c>POST /api/v1/devices/{id}/commands</c>.</summary>
/// <param name="Command"><c>report</c> (send the present reading now), <c>interval</c> (report so often) or, for a smoke detector, <c>test</c> (do the self-test).</param>
/// <param name="Seconds">For <c>interval</c> only: 60 to 86400.</param>
/// <param name="ExpiresInHours">How long the command may wait for the device: 1/60 (a minute) to 720 (30 days); 168 (7 days) when left out.</param>
public sealed record NewCommand(string Command, int? Seconds = null, double? ExpiresInHours = null);

/// <summary>A command for a device. It is sent at least once until the device acknowledged it, in the order in which commands were ordered.</summary>
/// <param name="CommandId">Its id, which the device sees too.</param>
/// <param name="DeviceId">For whom.</param>
/// <param name="Command">As in <see cref="NewCommand.Command"/>.</param>
/// <param name="Seconds">As in <see cref="NewCommand.Seconds"/>.</param>
/// <param name="State">One of <see cref="CommandStates"/>.</param>
/// <param name="OrderedBy">The user who ordered it.</param>
/// <param name="OrderedAt">When.</param>
/// <param name="ExpiresAt">From when on it is not sent any more.</param>
/// <param name="Attempts">How often it was sent. Above 0 the device may have it, also when it has not acknowledged it.</param>
/// <param name="DeliveredAt">
/// When the device acknowledged it; null when it has not. Set on an expired or withdrawn command if it had been sent before, and the acknowledgement came after.
/// </param>
public sealed record OrderedCommand(
    string CommandId,
    string DeviceId,
    string Command,
    int? Seconds,
    string State,
    string OrderedBy,
    DateTimeOffset OrderedAt,
    DateTimeOffset ExpiresAt,
    int Attempts,
    DateTimeOffset? DeliveredAt);

/// <summary>States of an <see cref="OrderedCommand"/>. It begins as <see cref="Waiting"/>; the others are final.</summary>
public static class CommandStates
{
    /// <summary>Not acknowledged yet.</summary>
    public const string Waiting = "waiting";

    /// <summary>The device acknowledged it: it has it. Whether it was carried out is seen from what the device reports.</summary>
    public const string Delivered = "delivered";

    /// <summary>The device (MQTT 5) answered with an error code: it has it, and will not do it.</summary>
    public const string Refused = "refused";

    /// <summary>Its time ran out first.</summary>
    public const string Expired = "expired";

    /// <summary>A person took it back.</summary>
    public const string Withdrawn = "withdrawn";
}
