using System.Diagnostics;

namespace SeniorIoT.TimeSeries.Influx;

/// <summary>
/// The names in the database. They are a contract with dashboards: never rename one, and never change a field's type.
/// The only tags are the device and the kind of an event, so no personal data and nothing that changes is in a tag.
/// </summary>
internal static class InfluxSchema
{
    /// <summary>Measurement of samples: a field for each metric; values of one device and time share a line.</summary>
    public const string Telemetry = "telemetry";

    /// <summary>Measurement of events, in the same database: tags device and kind, field detail.</summary>
    public const string Events = "device_event";

    /// <summary>Measurement of roll-ups, in the database of hours and in that of days, at the start of each.</summary>
    public const string Use = "water_use";

    /// <summary>Tag: device id.</summary>
    public const string Device = "device";

    /// <summary>Tag: kind of an event.</summary>
    public const string Kind = "kind";

    /// <summary>Field: JSON of an event.</summary>
    public const string Detail = "detail";

    /// <summary>Field: millilitres used; counts only where <see cref="Known"/> is true, because an overwritten point keeps fields that it no longer has.</summary>
    public const string UsedMillilitres = "use_ml";

    /// <summary>Field: whether the use is known.</summary>
    public const string Known = "known";

    /// <summary>Field of a day: the local date, yyyy-MM-dd.</summary>
    public const string Day = "day";

    /// <summary>Field of a day: how many hours begin on it.</summary>
    public const string Hours = "hours";

    /// <summary>Tag of roll-ups on 3 Core, where overwriting is not reliable: Unix seconds of computing them; the newest counts.</summary>
    public const string Revision = "rev";

    public static string HourlyDatabase(string database) => database + "_1h";

    public static string DailyDatabase(string database) => database + "_1d";

    public static string FieldOf(Metric metric) => metric switch
    {
        Metric.TotalMillilitres => "total_ml",
        Metric.BatteryPercent => "battery_pct",
        Metric.RssiDbm => "rssi_dbm",
        _ => throw new UnreachableException($"Metric {metric} has no field."),
    };
}
