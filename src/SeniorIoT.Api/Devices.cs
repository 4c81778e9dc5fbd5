using System.Text.Json.Serialization;

namespace SeniorIoT.Api;

/// <summary>Body of <c>POST /api/v1/devices</c>. Kind: <c>water</c>, <c>smoke</c>, <c>sos</c> or <c>gateway</c>.</summary>
public sealed record NewDevice(string DeviceId, string Kind, string? HouseholdId, string? GatewayId = null);

/// <summary>Body of <c>PATCH /api/v1/devices/{id}</c>: members left out stay as they are.</summary>
public sealed record DevicePatch(string? HouseholdId = null, string? GatewayId = null, bool? Retired = null);

/// <summary>Answer of an enrolment: the only time the password is shown.</summary>
public sealed record EnrolledDevice(string DeviceId, string Kind, string? HouseholdId, MqttCredentials Mqtt);

/// <summary>What a device logs in with. Client id = user name = device id.</summary>
public sealed record MqttCredentials(string Username, string Password);

/// <summary>A device as the API shows it and the hub sends it (<c>deviceChanged</c>).</summary>
/// <param name="DeviceId">Its id.</param>
/// <param name="Kind"><c>water</c>, <c>smoke</c>, <c>sos</c> or <c>gateway</c>.</param>
/// <param name="HouseholdId">Where it is installed; null for a gateway.</param>
/// <param name="GatewayId">The gateway that speaks for it, or null.</param>
/// <param name="State"><c>new</c> (never heard), <c>ok</c>, <c>silent</c> or <c>retired</c>.</param>
/// <param name="Connected">Whether an MQTT connection of it is open now.</param>
/// <param name="LastSeenAt">When we last received anything from it.</param>
/// <param name="LastMeasuredAt">Time of its latest measurement.</param>
/// <param name="TotalLitres">Latest register of a meter.</param>
/// <param name="BatteryPercent">Latest battery charge.</param>
/// <param name="RssiDbm">Latest signal strength.</param>
/// <param name="EnrolledAt">When it was enrolled.</param>
/// <param name="LastTestedAt">When a call of it last came through: a button's press, a detector's test or alarm. Null when none did.</param>
public sealed record Device(
    string DeviceId,
    string Kind,
    string? HouseholdId,
    string? GatewayId,
    string State,
    bool Connected,
    DateTimeOffset? LastSeenAt,
    DateTimeOffset? LastMeasuredAt,
    double? TotalLitres,
    int? BatteryPercent,
    int? RssiDbm,
    DateTimeOffset EnrolledAt,
    DateTimeOffset? LastTestedAt = null)
{
    /// <summary>Address of its household; null for a gateway.</summary>
    public string? Address { get; init; }

    /// <summary>Who lives there, names separated by commas; null for a gateway.</summary>
    public string? Residents { get; init; }
}

/// <summary>Answer of <c>GET /api/v1/devices/{id}/series</c>. A null value is a gap: nothing is known there, which is not zero.</summary>
/// <param name="DeviceId">Whose.</param>
/// <param name="Metric"><c>total_l</c>, <c>use_l</c>, <c>battery_pct</c> or <c>rssi_dbm</c>.</param>
/// <param name="Unit"><c>L</c>, <c>%</c> or <c>dBm</c>.</param>
/// <param name="Every"><c>raw</c>, <c>1h</c> or <c>1d</c>.</param>
/// <param name="Points">Oldest first. For <c>1h</c> and <c>1d</c> every step of the time asked for is present.</param>
/// <param name="Next">Always null: a series is one page, as every list has pages.</param>
public sealed record Series(
    string DeviceId, string Metric, string Unit, string Every,
    [property: JsonPropertyName("items")] IReadOnlyList<SeriesPoint> Points, string? Next = null);

/// <summary>One value. For a step, <paramref name="At"/> is its start.</summary>
public sealed record SeriesPoint(DateTimeOffset At, double? Value);

/// <summary>A message that was refused (<c>GET /api/v1/quarantine</c>). Payloads longer than 512 bytes are cut.</summary>
public sealed record QuarantinedMessage(
    long Id,
    DateTimeOffset ReceivedAt,
    string? DeviceId,
    string Topic,
    string Reason,
    string Field,
    string Detail,
    int PayloadBytes,
    string Payload);
