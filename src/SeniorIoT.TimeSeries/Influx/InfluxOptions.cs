namespace SeniorIoT.TimeSeries.Influx;

/// <summary>Which of InfluxDB's ways to write is used. Queries are InfluxQL at <c>/query</c> everywhere.</summary>
public enum InfluxWritePath
{
    /// <summary><c>/write</c>: every 1.x; 2.x with a mapping of database to bucket; 3 Core.</summary>
    V1,

    /// <summary><c>/api/v2/write</c>: 2.x, and 1.8 or newer. Needs <see cref="InfluxOptions.Org"/> on 2.x.</summary>
    V2,

    /// <summary><c>/api/v3/write_lp</c>: 3 Core.</summary>
    V3,
}

/// <summary>
/// Where an InfluxDB is and how it is spoken to. Three databases (buckets) are used, each with a retention of its own:
/// <see cref="Database"/> for samples and events, and the same name with <c>_1h</c> and <c>_1d</c> for use by hour and by day.
/// </summary>
public sealed record InfluxOptions
{
    /// <summary>Address of the server, e.g. <c>http://127.0.0.1:8086</c>.</summary>
    public string Url { get; set; } = "";

    /// <summary>Name of the database of samples; the others are derived from it.</summary>
    public string Database { get; set; } = "senioriot";

    /// <summary>How it is written to.</summary>
    public InfluxWritePath WritePath { get; set; } = InfluxWritePath.V1;

    /// <summary>User of Basic authentication (1.x); null without.</summary>
    public string? User { get; set; }

    /// <summary>Password of <see cref="User"/>.</summary>
    public string? Password { get; set; }

    /// <summary>Token (2.x, 3 Core); null without. Either this or <see cref="User"/>.</summary>
    public string? Token { get; set; }

    /// <summary>Organisation, for <see cref="InfluxWritePath.V2"/> on 2.x.</summary>
    public string? Org { get; set; }

    /// <summary>How many megabytes may wait in the spool while InfluxDB is away; then devices are not acknowledged. 1 or more.</summary>
    public int SpoolMegabytesMax { get; set; } = 2048;

    /// <summary>Most points in one request, 1 to 10,000.</summary>
    public int BatchPointsMax { get; set; } = 5000;

    /// <summary>How long points may wait for company before they are sent.</summary>
    public TimeSpan FlushEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one request may take.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Everything wrong, each with the option and the remedy; empty when it can be used.</summary>
    public IEnumerable<string> Errors()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            yield return $"influx-url: '{Url}' is not an address such as http://127.0.0.1:8086.";
        else if (url.UserInfo.Length > 0) yield return "influx-url: holds a password, which would end in logs. Use influx-user and influx-password.";
        if (string.IsNullOrWhiteSpace(Database) || Database.Any(c => c is '"' or '/' or '\\' || char.IsControl(c)))
            yield return $"influx-database: '{Database}' cannot be a name; use letters, digits, _ and -.";
        if (User is null != Password is null) yield return "influx-user and influx-password: set both or none.";
        if (User is not null && Token is not null) yield return "influx-token: set either a token or user and password.";
        if (Token?.Any(char.IsControl) == true) yield return "influx-token: has a line break or another control character in it.";
        if (User?.Contains(':') == true) yield return "influx-user: may not contain a colon.";
        if (SpoolMegabytesMax < 1) yield return "influx-spool-mb: must be 1 or more.";
        if (BatchPointsMax is < 1 or > 10_000) yield return "influx-batch-points: must be 1 to 10000.";
    }
}
