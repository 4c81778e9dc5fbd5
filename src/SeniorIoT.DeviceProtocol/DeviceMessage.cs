namespace SeniorIoT.DeviceProtocol;

/// <summary>The three kinds of device that version 1 of the contract knows, as they stand in a topic.</summary>
public enum DeviceKind
{
    /// <summary>Smart water meter, topic segment <c>water</c>.</summary>
    Water,

    /// <summary>Smoke detector, topic segment <c>smoke</c>.</summary>
    Smoke,

    /// <summary>One-button caller, topic segment <c>sos</c>.</summary>
    Sos,
}

/// <summary>What a device says of its own clock.</summary>
public enum DeviceClock
{
    /// <summary>Set from the network within the last days. The default when the field is absent.</summary>
    Synced,

    /// <summary>Running, but never or not lately compared with a true clock.</summary>
    Free,

    /// <summary>The device has no clock: a <c>ts</c> is meaningless, <c>age_s</c> or the receive time counts.</summary>
    None,
}

/// <summary>What is the same in every message of version 1.</summary>
/// <param name="Mid">Message id chosen by the device, 1 to 64 characters; null when absent.</param>
/// <param name="Boot">Boot counter; with <paramref name="Seq"/> it identifies a message. Null when absent.</param>
/// <param name="Seq">Sequence number within a boot; null when absent.</param>
/// <param name="MeasuredAt">The device's claim (<c>ts</c>), UTC; null when absent.</param>
/// <param name="AgeSeconds">Seconds between measuring and sending, for devices without a clock; null when absent.</param>
/// <param name="Clock">How far the device itself trusts its clock.</param>
/// <param name="IsHistory">True for old data that must never be treated as live (<c>hist</c>).</param>
/// <param name="BatteryPercent">0 to 100; null when absent.</param>
/// <param name="RssiDbm">Signal strength in dBm; null when absent.</param>
/// <param name="Firmware">Firmware version, at most 64 characters; null when absent.</param>
/// <param name="UnknownFields">How many fields were not understood, or (in an event) could not be read, and were left out.</param>
public sealed record Envelope(
    string? Mid,
    long? Boot,
    long? Seq,
    DateTimeOffset? MeasuredAt,
    double? AgeSeconds,
    DeviceClock Clock,
    bool IsHistory,
    int? BatteryPercent,
    int? RssiDbm,
    string? Firmware,
    int UnknownFields)
{
    /// <summary>
    /// What makes this message the same message when it is sent again: <c>boot/seq</c> when both are there, else <c>m:mid</c>
    /// with the measured time, so that a device that begins its message ids anew after a reset is still heard.
    /// Null when the device gave neither; the caller then has only the payload itself to compare.
    /// </summary>
    public string? Key() => this switch
    {
        { Boot: { } boot, Seq: { } seq } => $"{boot}/{seq}",
        { Mid: { } mid, MeasuredAt: { } at } => $"m:{mid}@{at.ToUnixTimeMilliseconds()}",
        { Mid: { } mid } => $"m:{mid}",
        _ => null,
    };
}

/// <summary>One reading of a register.</summary>
/// <param name="MeasuredAt">The device's claim; null when the sample carries none (then the envelope's time counts).</param>
/// <param name="TotalMillilitres">The cumulative register in millilitres, 0 or more.</param>
public readonly record struct WaterSample(DateTimeOffset? MeasuredAt, long TotalMillilitres);

/// <summary>A decoded message: the closed family of everything version 1 can say upwards.</summary>
public abstract record DeviceMessage
{
    private DeviceMessage(Envelope envelope) => Envelope = envelope;

    /// <summary>What every message carries.</summary>
    public Envelope Envelope { get; }

    /// <summary>Readings of a water meter: one, or a batch. Never empty.</summary>
    public sealed record Water(Envelope Common, IReadOnlyList<WaterSample> Samples, long ResolutionMillilitres) : DeviceMessage(Common)
    {
        /// <summary>By value, samples included: a decoded copy equals its original.</summary>
        public bool Equals(Water? other) =>
            base.Equals(other) && ResolutionMillilitres == other.ResolutionMillilitres && Samples.SequenceEqual(other.Samples);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), ResolutionMillilitres, Samples.Count);
    }

    /// <summary>Telemetry without a measurement: proof of life.</summary>
    public sealed record Heartbeat(Envelope Common) : DeviceMessage(Common);

    /// <summary>An event found by the meter itself.</summary>
    public sealed record WaterEvent(Envelope Common, WaterEventType Type) : DeviceMessage(Common);

    /// <summary>An event of a smoke detector.</summary>
    public sealed record SmokeEvent(Envelope Common, SmokeEventType Type) : DeviceMessage(Common);

    /// <summary>An event of a one-button caller.</summary>
    public sealed record ButtonEvent(Envelope Common, ButtonEventType Type, ButtonFunction Button) : DeviceMessage(Common);

    /// <summary>A message on the <c>status</c> channel: the device, or its will, says whether it is connected. Null: it did not say.</summary>
    public sealed record Status(Envelope Common, bool? IsOnline) : DeviceMessage(Common);
}

/// <summary><c>water.type</c> of an event.</summary>
public enum WaterEventType
{
    /// <summary><c>leak</c></summary>
    Leak,

    /// <summary><c>burst</c></summary>
    Burst,

    /// <summary><c>backflow</c></summary>
    Backflow,

    /// <summary><c>tamper</c></summary>
    Tamper,

    /// <summary><c>blocked</c></summary>
    Blocked,

    /// <summary><c>low_battery</c></summary>
    LowBattery,

    /// <summary><c>meter_swap</c>: the next register belongs to another meter.</summary>
    MeterSwap,
}

/// <summary><c>smoke.type</c> of an event.</summary>
public enum SmokeEventType
{
    /// <summary><c>alarm</c></summary>
    Alarm,

    /// <summary><c>clear</c></summary>
    Clear,

    /// <summary><c>test</c></summary>
    Test,

    /// <summary><c>hush</c></summary>
    Hush,

    /// <summary><c>fault</c></summary>
    Fault,

    /// <summary><c>low_battery</c></summary>
    LowBattery,

    /// <summary><c>end_of_life</c></summary>
    EndOfLife,

    /// <summary><c>contaminated</c></summary>
    Contaminated,

    /// <summary><c>tamper</c></summary>
    Tamper,
}

/// <summary><c>sos.type</c> of an event.</summary>
public enum ButtonEventType
{
    /// <summary><c>press</c></summary>
    Press,

    /// <summary><c>cancel</c></summary>
    Cancel,

    /// <summary><c>fall</c></summary>
    Fall,

    /// <summary><c>low_battery</c></summary>
    LowBattery,

    /// <summary><c>location</c></summary>
    Location,

    /// <summary><c>voice</c></summary>
    Voice,
}

/// <summary><c>sos.button</c>: which key was pressed. Absent means <see cref="Emergency"/>, the safe reading.</summary>
public enum ButtonFunction
{
    /// <summary><c>emergency</c></summary>
    Emergency,

    /// <summary><c>service</c></summary>
    Service,

    /// <summary><c>taxi</c></summary>
    Taxi,

    /// <summary><c>register</c></summary>
    Register,

    /// <summary><c>consult</c></summary>
    Consult,
}
