using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SeniorIoT.TimeSeries.Influx;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>
/// An InfluxDB in memory, for the versions that cannot be run here: 2.x and 3 Core by their contract. It takes writes, and answers exactly the
/// statements that the store sends. As 3 Core it refuses a query of too many files, and of a point that is written twice it keeps either.
/// </summary>
internal sealed partial class MemoryInflux(InfluxWritePath version, int seed = 1) : HttpMessageHandler
{
    private const int FilesMax = 432;
    private const long FileMs = 600_000;
    private static readonly string[] Tags = ["device", "kind", "rev"];

    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<(string Database, string Measurement, string Tags, long At), (Dictionary<string, string> Tags, Dictionary<string, object> Fields)> _points = [];

    /// <summary>Paths and queries of what was sent, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Every statement that was refused for its files.</summary>
    public int TooManyFiles { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var target = request.RequestUri!;
        var query = target.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        if (request.Method == HttpMethod.Post)
        {
            await using var body = new GZipStream(await request.Content!.ReadAsStreamAsync(cancel), CompressionMode.Decompress);
            using var text = new StreamReader(body, Encoding.UTF8);
            var lines = LineReader.Read(await text.ReadToEndAsync(cancel));
            lock (_lock)
            {
                Asked.Add(target.PathAndQuery);
                return (version, target.AbsolutePath, query.GetValueOrDefault("precision")) switch
                {
                    (InfluxWritePath.V2, "/api/v2/write", "ms") when query.ContainsKey("org") => Keep(query["bucket"], lines),
                    (InfluxWritePath.V3, "/api/v3/write_lp", "millisecond") => Keep(query["db"], lines),
                    _ => new HttpResponseMessage(HttpStatusCode.NotFound),
                };
            }
        }

        lock (_lock)
        {
            Asked.Add(target.PathAndQuery);
            var device = query.TryGetValue("params", out var bound) ? JsonNode.Parse(bound)!["device"]!.GetValue<string>() : null;
            var results = query["q"].Split("; ").Select((statement, id) => Answer(query["db"], statement, device, id));
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(string.Concat(results.Select(result => result.ToJsonString() + "\n"))) };
        }
    }

    private HttpResponseMessage Keep(string database, List<Line> lines)
    {
        foreach (var line in lines)
        {
            var key = (database, line.Measurement, string.Join(',', line.Tags), line.At!.Value);
            var isNew = !_points.TryGetValue(key, out var point);
            if (isNew) _points[key] = point = (line.Tags.ToDictionary(tag => tag.Key, tag => tag.Value), []);
            foreach (var (field, value) in line.Fields)
                if (version != InfluxWritePath.V3 || !point.Fields.ContainsKey(field) || _random.Next(2) == 0) point.Fields[field] = value;
        }

        return new HttpResponseMessage(HttpStatusCode.NoContent);
    }

    private JsonObject Answer(string database, string statement, string? device, int id)
    {
        var select = Select().Match(statement);
        if (!select.Success) throw new InvalidOperationException($"The store sent a statement that this server does not know: {statement}");
        var measurements = Quoted().Matches(select.Groups["from"].Value).Select(name => name.Groups[1].Value).ToList();
        long from = Number(select.Groups["a"]), to = Number(select.Groups["b"]);
        var found = _points.Where(point => point.Key.Database == database && measurements.Contains(point.Key.Measurement) && point.Key.At >= from && point.Key.At < to).ToList();
        if (version == InfluxWritePath.V3 && found.Select(point => point.Key.At / FileMs).Distinct().Count() > FilesMax)
        {
            TooManyFiles++;
            return new JsonObject { ["error"] = "Query would exceed file limit of 432 parquet files. Please specify a smaller time range for your query." };
        }

        if (select.Groups["device"].Success) found.RemoveAll(point => point.Value.Tags.GetValueOrDefault("device") != device);
        var series = new JsonArray();
        var byDevice = select.Groups["group"].Success;
        foreach (var group in found.GroupBy(point => (point.Key.Measurement, byDevice ? point.Value.Tags["device"] : "")))
        {
            var points = select.Groups["desc"].Success ? group.OrderByDescending(point => point.Key.At) : group.OrderBy(point => point.Key.At);
            var (columns, rows) = Rows(select.Groups["list"].Value, from, [.. points.Select(point => (point.Key.At, point.Value.Tags, point.Value.Fields))]);
            if (select.Groups["limit"].Success) rows = rows.Take((int)Number(select.Groups["limit"]));
            var values = new JsonArray([.. rows.Select(row => (JsonNode)new JsonArray([.. row.Select(value => JsonValue.Create(value))]))]);
            if (values.Count == 0) continue;
            var one = new JsonObject { ["name"] = group.Key.Measurement, ["columns"] = new JsonArray([.. columns.Select(column => JsonValue.Create(column))]), ["values"] = values };
            if (byDevice) one["tags"] = new JsonObject { ["device"] = group.Key.Item2 };
            series.Add(one);
        }

        var result = new JsonObject { ["statement_id"] = id };
        if (series.Count > 0) result["series"] = series;
        return new JsonObject { ["results"] = new JsonArray(result) };
    }

    private static (string[] Columns, IEnumerable<object?[]> Rows) Rows(string list, long from, List<(long At, Dictionary<string, string> Tags, Dictionary<string, object> Fields)> points)
    {
        if (list.StartsWith("COUNT", StringComparison.Ordinal))
        {
            var field = Quoted().Match(list).Groups[1].Value;
            var numbers = points.Where(point => point.Fields.ContainsKey(field)).Select(point => (long)point.Fields[field]).ToList();
            return (["time", "n", "total"], numbers.Count == 0 ? [] : [[from, (long)numbers.Count, numbers.Sum()]]);
        }

        string[] names = list == "*" ? [.. points.SelectMany(point => point.Fields.Keys).Distinct()] : [.. Quoted().Matches(list).Select(name => name.Groups[1].Value)];
        // A row needs a field: tags alone are none.
        return (["time", .. names], points.Where(point => names.Any(point.Fields.ContainsKey)).Select(point =>
            (object?[])[point.At, .. names.Select(name => Tags.Contains(name) ? point.Tags.GetValueOrDefault(name) : point.Fields.GetValueOrDefault(name))]));
    }

    private static long Number(Group digits) => long.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("""
        ^SELECT (?<list>.+) FROM (?<from>"\w+"(, "\w+")*) WHERE (?<device>"device" = \$device AND )?time >= (?<a>\d+)ms AND time < (?<b>\d+)ms(?<group> GROUP BY "device")?( ORDER BY time ((?<desc>DESC)|ASC))?( LIMIT (?<limit>\d+))?$
        """)]
    private static partial Regex Select();

    [GeneratedRegex("\"(\\w+)\"")]
    private static partial Regex Quoted();
}
