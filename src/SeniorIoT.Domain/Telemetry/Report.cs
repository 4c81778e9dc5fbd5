using System.Collections.Immutable;

namespace SeniorIoT.Domain.Telemetry;

/// <summary>One reading of a cumulative water register.</summary>
/// <param name="At">When it was measured (UTC), already judged: never later than its receive time plus 10 minutes.</param>
/// <param name="TotalMillilitres">The register, 0 or more.</param>
public readonly record struct Reading(DateTimeOffset At, long TotalMillilitres);

/// <summary>Something wrong that a device says of itself, or that we see in what it sends. Each is a P3 rule of its own.</summary>
public enum DeviceFault
{
    /// <summary>Battery at or below the limit, or the device says so.</summary>
    LowBattery,

    /// <summary>Opened, moved, or a magnet was held to it.</summary>
    Tamper,

    /// <summary>The device reports that it does not work (for a meter: blocked).</summary>
    Fault,

    /// <summary>Past its life, or contaminated so that it must be replaced.</summary>
    EndOfLife,

    /// <summary>Water ran backwards.</summary>
    Backflow,

    /// <summary>Its clock is more than 10 minutes ahead, or was never set.</summary>
    Clock,
}

/// <summary>What one message of a device means. Bytes, topics and MQTT end before this.</summary>
/// <param name="Key">Identity of the message at its device: <c>boot/seq</c>, else <c>m:mid</c>, else a hash of its content. The same message sent twice has the same key.</param>
/// <param name="ReceivedAt">Stamped once at the door.</param>
/// <param name="MeasuredAt">When it happened, as judged from the device's clock (see <see cref="MeasuredTime"/>).</param>
/// <param name="IsHistory">Old data: kept, never judged by a rule.</param>
/// <param name="IsClockSuspect">The device's time could not be believed and the receive time was taken.</param>
/// <param name="BatteryPercent">0 to 100; null when not said.</param>
/// <param name="RssiDbm">Signal strength; null when not said.</param>
/// <param name="Body">What it says.</param>
public sealed record Report(
    string Key,
    DateTimeOffset ReceivedAt,
    DateTimeOffset MeasuredAt,
    bool IsHistory,
    bool IsClockSuspect,
    int? BatteryPercent,
    int? RssiDbm,
    ReportBody Body);

/// <summary>The closed family of what a device can say.</summary>
[System.Text.Json.Serialization.JsonDerivedType(typeof(Heartbeat), "heartbeat")]
[System.Text.Json.Serialization.JsonDerivedType(typeof(Water), "water")]
[System.Text.Json.Serialization.JsonDerivedType(typeof(WaterEvent), "waterEvent")]
[System.Text.Json.Serialization.JsonDerivedType(typeof(Smoke), "smoke")]
[System.Text.Json.Serialization.JsonDerivedType(typeof(Button), "button")]
[System.Text.Json.Serialization.JsonDerivedType(typeof(FaultSeen), "fault")]
[System.Text.Json.Serialization.JsonDerivedType(typeof(Status), "status")]
public abstract record ReportBody
{
    private ReportBody()
    {
    }

    /// <summary>Proof of life and nothing else.</summary>
    public sealed record Heartbeat : ReportBody;

    /// <summary>Readings, in any order, at least one.</summary>
    public sealed record Water(ImmutableArray<Reading> Readings, long ResolutionMillilitres) : ReportBody;

    /// <summary>The meter's own finding of a leak, a burst, or that the meter was exchanged.</summary>
    public sealed record WaterEvent(WaterEventKind Kind) : ReportBody;

    /// <summary>A smoke detector's call.</summary>
    public sealed record Smoke(SmokeEventKind Kind) : ReportBody;

    /// <summary>A button's call.</summary>
    public sealed record Button(ButtonEventKind Kind, ButtonUse Use) : ReportBody;

    /// <summary>The device names a fault of its own.</summary>
    public sealed record FaultSeen(DeviceFault Fault) : ReportBody;

    /// <summary>The connection status channel.</summary>
    public sealed record Status(bool? IsOnline) : ReportBody;
}

/// <summary>Findings of a meter about the water, not about itself.</summary>
public enum WaterEventKind
{
    /// <summary>The meter suspects a leak.</summary>
    Leak,

    /// <summary>The meter suspects a burst.</summary>
    Burst,

    /// <summary>The meter was exchanged: the register starts anew.</summary>
    MeterSwap,
}

/// <summary>Calls of a smoke detector.</summary>
public enum SmokeEventKind
{
    /// <summary>Smoke.</summary>
    Alarm,

    /// <summary>No smoke any more.</summary>
    Clear,

    /// <summary>Somebody pressed the test key.</summary>
    Test,

    /// <summary>Somebody silenced the sounder.</summary>
    Hush,
}

/// <summary>Calls of a button.</summary>
public enum ButtonEventKind
{
    /// <summary>Pressed.</summary>
    Press,

    /// <summary>The press was taken back.</summary>
    Cancel,

    /// <summary>The device felt a fall.</summary>
    Fall,

    /// <summary>A position or a voice connection: noted on the open alert.</summary>
    Note,
}

/// <summary>Which key of the button was used.</summary>
public enum ButtonUse
{
    /// <summary>Call for help: the only one that is an alert.</summary>
    Emergency,

    /// <summary>General service.</summary>
    Service,

    /// <summary>A taxi.</summary>
    Taxi,

    /// <summary>An appointment at the doctor's.</summary>
    Register,

    /// <summary>A question.</summary>
    Consult,
}
