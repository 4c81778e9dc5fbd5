namespace SeniorIoT.DeviceProtocol.V1;

/// <summary>Every word of the contract, once. The order is that of the enums beside them.</summary>
internal static class Vocabulary
{
    public static readonly Words Root = new(
        "mid", "boot", "seq", "ts", "age_s", "clock", "hist", "battery_pct", "rssi_dbm", "fw", "water", "smoke", "sos", "status", "online");

    public static readonly Words Body = new("type", "button", "total_l", "resolution_l", "samples");
    public static readonly Words Sample = new("ts", "total_l");

    public static readonly Words Clocks = new("synced", "free", "none");
    public static readonly Words Statuses = new("offline", "online");
    public static readonly Words WaterEvents = new("leak", "burst", "backflow", "tamper", "blocked", "low_battery", "meter_swap");

    public static readonly Words SmokeEvents = new(
        "alarm", "clear", "test", "hush", "fault", "low_battery", "end_of_life", "contaminated", "tamper");

    public static readonly Words ButtonEvents = new("press", "cancel", "fall", "low_battery", "location", "voice");
    public static readonly Words Buttons = new("emergency", "service", "taxi", "register", "consult");

    public static Words EventsOf(DeviceKind kind) => kind switch
    {
        DeviceKind.Water => WaterEvents,
        DeviceKind.Smoke => SmokeEvents,
        _ => ButtonEvents,
    };
}

/// <summary>Fields of a payload, in the order of <see cref="Vocabulary.Root"/>.</summary>
internal enum RootField
{
    Mid,
    Boot,
    Seq,
    Ts,
    Age,
    Clock,
    Hist,
    Battery,
    Rssi,
    Firmware,
    Water,
    Smoke,
    Sos,
    Status,
    Online,
}

/// <summary>Fields of <c>water</c>, <c>smoke</c> and <c>sos</c>, in the order of <see cref="Vocabulary.Body"/>.</summary>
internal enum BodyField
{
    Type,
    Button,
    Total,
    Resolution,
    Samples,
}
