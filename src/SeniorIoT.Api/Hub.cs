namespace SeniorIoT.Api;

/// <summary>
/// The hub at <see cref="Path"/>: the names the server calls on a client. Best effort: after every (re)connect, and every
/// 30 s, a client fetches the open alerts again. A client hears of its own area only.
/// </summary>
public static class AlertsHubNames
{
    /// <summary>Path of the hub; the bearer token goes in the query as <c>access_token</c>.</summary>
    public const string Path = "/hubs/alerts";

    /// <summary>An alert was raised or changed; the argument is an <see cref="Alert"/>.</summary>
    public const string AlertChanged = "alertChanged";

    /// <summary>A device was heard, fell silent, connected or went; the argument is a <see cref="Device"/>. Coalesced: at most one a second for one device.</summary>
    public const string DeviceChanged = "deviceChanged";

    /// <summary>Every second: proof that the link is alive; the argument is the server's clock (a <see cref="DateTimeOffset"/>).</summary>
    public const string Heartbeat = "heartbeat";
}
