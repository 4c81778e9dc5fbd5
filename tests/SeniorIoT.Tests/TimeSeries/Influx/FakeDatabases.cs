using System.Text.Json;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>Whose ways the fake has.</summary>
internal enum Personality
{
    /// <summary>1.6.7, as Debian has it. Compared with the real one.</summary>
    V1_6,

    /// <summary>1.8 and later 1.x: with <c>/api/v2/write</c> and <c>/health</c>.</summary>
    V1_8,

    /// <summary>2.7 and 2.8, from their source and documentation.</summary>
    V2,

    /// <summary>3 Core, from its source and documentation.</summary>
    V3,
}

/// <summary>An answer of the fake.</summary>
internal sealed record Reply(int Status, string Body = "", string ContentType = "application/json")
{
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The words in it, whatever form they have.</summary>
    public string Words
    {
        get
        {
            if (!Body.StartsWith('{')) return Body.Trim();
            using var json = JsonDocument.Parse(Body);
            return (json.RootElement.TryGetProperty("error", out var words) || json.RootElement.TryGetProperty("message", out words) ? words.GetString() : null) ?? "";
        }
    }
}

/// <summary>
/// What a fake InfluxDB keeps, and what it says to a write, by personality: which lines are written when another is not, and in which words it
/// says so. Not thread safe.
/// </summary>
internal sealed class FakeDatabases(Personality personality)
{
    /// <summary>A database or bucket: points by series and time, fields merged.</summary>
    internal sealed class Database
    {
        public TimeSpan? Retention { get; init; }

        public SortedDictionary<(string Series, long AtMs), SortedDictionary<string, string>> Points { get; } = [];

        public Dictionary<(string Measurement, string Field), string> Types { get; } = [];
    }

    private readonly Dictionary<string, Database> _databases = [];

    public IReadOnlyDictionary<string, Database> All => _databases;

    public Database Create(string name, TimeSpan? retention = null) => _databases[name] = new Database { Retention = retention };

    /// <summary>Takes a body as a write path of this personality does.</summary>
    /// <param name="name">Database or bucket.</param>
    /// <param name="body">Line protocol.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="path">What was asked, e.g. <c>/write</c>; decides the form of errors.</param>
    /// <param name="acceptPartial">3 Core's parameter, where it applies.</param>
    public Reply Write(string name, string body, DateTimeOffset now, string path = "/write", bool acceptPartial = false)
    {
        if (!_databases.TryGetValue(name, out var database))
        {
            if (personality != Personality.V3) return NotFound(name, path);
            database = Create(name);
        }

        var lines = FakeLine.ParseAll(body);
        if (lines.Count == 0) return personality is Personality.V1_6 or Personality.V1_8 ? new Reply(204) : Error(400, "invalid", "writing requires points", path);
        return personality switch
        {
            Personality.V3 => WriteV3(database, lines, now, path, acceptPartial),
            Personality.V2 => WriteV2(database, lines, now, path),
            _ => WriteV1(database, lines, now),
        };
    }

    /// <summary>An error in the form of this personality and path.</summary>
    public Reply Error(int status, string code, string message, string path) =>
        personality is Personality.V2 || (personality is Personality.V3 && path.StartsWith("/api/v2", StringComparison.Ordinal))
            ? new Reply(status, JsonSerializer.Serialize(new { code, message }))
            : new Reply(status, JsonSerializer.Serialize(new { error = message }, Plain));

    /// <summary>Quotes as Go writes them, not as \u0022.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private Reply NotFound(string name, string path) => personality switch
    {
        Personality.V2 when path == "/write" => Error(404, "not found", $"no dbrp mapping found for database \"{name}\"", path),
        Personality.V2 => Error(404, "not found", $"bucket \"{name}\" not found", path),
        _ => Error(404, "", $"database not found: \"{name}\"", path),
    };

    /// <summary>1.x writes what it can. Of several complaints it says one: a conflict before expiry, and what cannot be parsed only if nothing else is wrong.</summary>
    private Reply WriteV1(Database database, IReadOnlyList<FakeLine> lines, DateTimeOffset now)
    {
        var bad = string.Join('\n', lines.Where(line => line.Error is not null).Select(line => $"unable to parse '{line.Text}': {line.Error}"));
        var good = lines.Where(line => line.Error is null).ToList();
        if (good.Count == 0) return Error(400, "", bad, "/write");
        var expired = good.RemoveAll(line => IsExpired(database, line, now));
        var conflicts = Put(database, good, now);
        return conflicts.Count > 0 ? Error(400, "", $"partial write: {conflicts[0]} dropped={conflicts.Count}", "/write")
            : expired > 0 ? Error(400, "", $"partial write: points beyond retention policy dropped={expired}", "/write")
            : bad.Length > 0 ? Error(400, "", $"partial write: {bad} dropped=0", "/write")
            : new Reply(204);
    }

    /// <summary>2.x refuses all of a body in which one line cannot be parsed; otherwise it writes what it can.</summary>
    private Reply WriteV2(Database database, IReadOnlyList<FakeLine> lines, DateTimeOffset now, string path)
    {
        var bad = string.Join('\n', lines.Where(line => line.Error is not null).Select(line => $"unable to parse '{line.Text}': {line.Error}"));
        if (bad.Length > 0) return Error(400, "invalid", bad, path);
        var good = lines.ToList();
        var expired = good.FindAll(line => IsExpired(database, line, now)).OrderBy(line => line.Time).ToList();
        good.RemoveAll(expired.Contains);
        var conflicts = Put(database, good, now);
        const string failure = "failure writing points to database: partial write: ";
        if (conflicts.Count > 0) return Error(422, "unprocessable entity", $"{failure}{conflicts[0]} dropped={conflicts.Count}", path);
        if (expired.Count == 0) return new Reply(204);
        var border = $"{now - database.Retention:yyyy-MM-ddTHH:mm:ssZ}";
        return Error(422, "unprocessable entity",
            $"{failure}dropped {expired.Count} points outside retention policy of duration {database.Retention!.Value.TotalHours:0}h0m0s - oldest {Which(expired[0])}, newest {Which(expired[^1])} "
            + $"dropped={expired.Count} for database: 0123456789abcdef for retention policy: autogen", path);

        string Which(FakeLine line) =>
            $"point {line.Series} at {DateTimeOffset.FromUnixTimeMilliseconds(line.Time!.Value):yyyy-MM-ddTHH:mm:ssZ} dropped because it violates a Retention Policy Lower Bound at {border}";
    }

    /// <summary>3 Core refuses the whole body, unless asked to accept the good part. What expired is taken, and not found later.</summary>
    private Reply WriteV3(Database database, IReadOnlyList<FakeLine> lines, DateTimeOffset now, string path, bool acceptPartial)
    {
        var types = new Dictionary<(string, string), string>(database.Types);
        var faults = lines.Select((line, i) => (Line: line, Number: i + 1, Error: line.Error ?? Learn(types, line).FirstOrDefault())).Where(fault => fault.Error is not null).ToList();
        if (faults.Count == 0 || acceptPartial) Put(database, lines.Where(line => line.Error is null), now);
        if (faults.Count == 0) return new Reply(204);
        var data = faults.Select(fault => new { original_line = fault.Line.Text, line_number = fault.Number, error_message = fault.Error }).ToList();
        if (path.StartsWith("/api/v2", StringComparison.Ordinal)) return Error(400, "invalid", $"parsing failed for write_lp endpoint: {faults[0].Error}", path);
        return new Reply(400, acceptPartial
            ? JsonSerializer.Serialize(new { error = "partial write of line protocol occurred", data }, Plain)
            : JsonSerializer.Serialize(new { error = "parsing failed for write_lp endpoint", data = data[0] }, Plain));
    }

    private static bool IsExpired(Database database, FakeLine line, DateTimeOffset now) =>
        database.Retention is { } kept && line.Time is { } time && time < (now - kept).ToUnixTimeMilliseconds();

    private static List<string> Put(Database database, IEnumerable<FakeLine> lines, DateTimeOffset now)
    {
        var conflicts = new List<string>();
        foreach (var line in lines)
        {
            var wrong = Learn(database.Types, line);
            conflicts.AddRange(wrong);
            if (wrong.Count > 0) continue;
            var key = (line.Series, line.Time ?? now.ToUnixTimeMilliseconds());
            if (!database.Points.TryGetValue(key, out var fields)) database.Points.Add(key, fields = new(StringComparer.Ordinal));
            foreach (var (field, value) in line.Fields) fields[field] = value;
        }

        return conflicts;
    }

    /// <summary>Remembers the types of a line's fields; says, at most once, what contradicts what is known.</summary>
    private static List<string> Learn(Dictionary<(string, string), string> types, FakeLine line)
    {
        if (line.Fields.ContainsKey("time")) return [$"invalid field name: input field \"time\" on measurement \"{line.Measurement}\" is invalid"];
        foreach (var (field, value) in line.Fields)
            if (types.GetValueOrDefault((line.Measurement, field)) is { } known && known != FakeLine.TypeOf(value))
                return [$"field type conflict: input field \"{field}\" on measurement \"{line.Measurement}\" is type {FakeLine.TypeOf(value)}, already exists as type {known}"];
        foreach (var (field, value) in line.Fields) types[(line.Measurement, field)] = FakeLine.TypeOf(value)!;
        return [];
    }
}
