using System.Text;
using SeniorIoT.TimeSeries.Influx;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>The table of what answers mean. The snapshot is its documentation.</summary>
public sealed class WriteRulesTests
{
    private const string Conflict = "field type conflict: input field \"volume_ml\" on measurement \"water_meter\" is type float, already exists as type integer dropped=1";
    private const string Failure = "failure writing points to database: partial write: ";

    private static readonly (string Who, int? Status, string Words)[] Answers =
    [
        ("any: taken", 204, ""),
        ("a gateway: taken", 202, ""),
        ("Cloud: taken in part", 201, "partial write has occurred"),
        ("a login page", 200, "<!DOCTYPE html><title>Sign in</title>"),
        ("any: contradicts itself", 204, "something went wrong"),
        ("a proxy: elsewhere", 301, "Moved Permanently"),
        ("network: refused", null, "Connection refused (127.0.0.1:8086)"),
        ("network: silence", null, "No answer within 10 s"),

        ("1.x: a line in a batch", 400, "partial write: unable to parse 'garbage': missing fields dropped=0"),
        ("1.x: a line alone", 400, "unable to parse 'garbage': missing fields"),
        ("1.x: a line that speaks of settings", 400, "unable to parse 'event detail=\"database not found, gzip, max-series-per-database\"': missing fields"),
        ("1.x: type", 400, $"partial write: {Conflict}"),
        ("1.x: field name", 400, "partial write: invalid field name: input field \"time\" on measurement \"water_meter\" is invalid dropped=1"),
        ("1.x: expired", 400, "partial write: points beyond retention policy dropped=3"),
        ("1.12: expired", 400, "partial write: dropped 4 points outside retention policy of duration 24h0m0s - oldest point m at 1970-01-01T00:00:01Z dropped because it violates a Retention Policy Lower Bound at 2026-01-01T00:00:00Z dropped=4"),
        ("1.x: the future", 400, "partial write: dropped 1 points outside retention policy of duration 24h0m0s - oldest point m at 2099-01-01T00:00:01Z dropped because it violates a Write Window Upper Bound at 2026-01-01T00:00:00Z dropped=1"),
        ("1.x: values of a tag", 400, "partial write: max-values-per-tag limit exceeded (100000/100000): measurement=\"water_meter\" tag=\"device\" value=\"wm-7\" dropped=5000"),
        ("1.x: series", 400, "partial write: max-series-per-database limit exceeded: (1000000) dropped=12"),
        ("1.x: retention policy", 500, "retention policy not found: nope"),
        ("1.x: database", 404, "database not found: \"senioriot\""),
        ("1.x: no database named", 400, "database is required"),
        ("1.6: no such path", 404, "404 page not found"),
        ("1.x: credentials", 401, "authorization failed"),
        ("1.6: token", 401, "unable to parse authentication credentials"),
        ("1.x: right", 403, "\"senioriot\" user is not authorized to write to database \"senioriot\""),
        ("1.x: too large", 413, "Request Entity Too Large"),
        ("1.x: packing", 400, "unexpected EOF"),
        ("1.x: packing", 400, "gzip: invalid header"),
        ("1.x: throttled", 503, "request throttled, queue full"),
        ("1.x: memory", 500, "engine: cache-max-memory-size exceeded: (1073741824/1073741824)"),
        ("1.x: time", 500, "timeout"),

        ("2.x: a line", 400, "unable to parse 'garbage': missing fields"),
        ("2.x: type", 422, $"{Failure}{Conflict}"),
        ("2.x: expired", 422, $"{Failure}dropped 350 points outside retention policy of duration 72h0m0s - oldest point m at 2025-08-26T03:26:38Z dropped because it violates a Retention Policy Lower Bound at 2025-09-02T09:04:10Z dropped=350 for database: 9f282d63c7d3a5c0 for retention policy: autogen"),
        ("2.x: bucket", 404, "bucket \"senioriot\" not found"),
        ("2.x: mapping", 404, "no dbrp mapping found for database \"senioriot\""),
        ("2.x: mapping", 404, "unable to find DBRP"),
        ("2.x: organisation", 404, "organization name \"district\" not found"),
        ("2.x: no organisation", 400, "Please provide either orgID or org"),
        ("2.x: token", 401, "unauthorized access"),
        ("2.x: right", 403, "insufficient permissions for write"),
        ("2.x: busy", 503, "service unavailable"),
        ("2.x: broken", 500, "unexpected error writing points to database: no space left on device"),

        ("3 Core: a line, rest written", 400, "partial write of line protocol occurred"),
        ("3 Core: a line, nothing written", 400, "parsing failed for write_lp endpoint"),
        ("3 Core: type", 400, "invalid column type for column 'volume_ml', expected iox::column_type::field::integer, got iox::column_type::field::float"),
        ("3 Core: columns", 422, "Update to schema would exceed number of columns per table limit of 500 columns"),
        ("3 Core: tables", 422, "Adding a new table would exceed limit of 2000 tables"),
        ("3 Core: token", 401, ""),
        ("3 Core: right", 403, ""),
        ("3 Core: too large", 413, "request entity too large"),
        ("3 Core: busy", 429, ""),

        ("a proxy: bad request", 400, "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head>"),
        ("a proxy: says nothing", 400, ""),
        ("a proxy: method", 405, "Method Not Allowed"),
        ("a proxy: credentials", 407, "Proxy Authentication Required"),
        ("a proxy: slow", 408, ""),
        ("a proxy: packing", 415, "Unsupported Media Type"),
        ("a proxy: address", 414, "URI Too Long"),
        ("a proxy: nothing behind it", 502, "<html>502 Bad Gateway</html>"),
        ("a proxy: silence behind it", 504, ""),
        ("a proxy: no such page", 404, "<html>404 Not Found</html>"),
        ("words that nobody knows", 400, "the moon is in the wrong house"),
        ("words that nobody knows", 418, "I am a teapot"),
    ];

    /// <summary>All that is said about answers.</summary>
    public static IEnumerable<string> Problems => Answers.Select(answer => WriteRules.Judge(new WriteAnswer(answer.Status, answer.Words, null), "senioriot").Problem).OfType<string>();

    [Fact]
    public void What_every_answer_means()
    {
        var table = new StringBuilder();
        foreach (var group in Answers.GroupBy(answer => WriteRules.Judge(new WriteAnswer(answer.Status, answer.Words, null), "senioriot").Verdict).OrderBy(group => group.Key))
        {
            table.Append('\n').Append(group.Key).Append('\n');
            foreach (var (who, status, words) in group)
            {
                var ruling = WriteRules.Judge(new WriteAnswer(status, words, null), "senioriot");
                table.Append($"  {who}: {status?.ToString() ?? "-"} {(words.Length > 110 ? words[..110] + "…" : words)}".TrimEnd()).Append('\n');
                if (ruling.Dropped > 0) table.Append($"      {ruling.Dropped} dropped\n");
                if (ruling.Problem is { } problem) table.Append($"      {problem}\n");
            }
        }

        Snapshot.Match(table.ToString());
    }

    [Fact]
    public void A_problem_is_said_with_a_remedy_in_few_words_and_without_the_name_of_a_device()
    {
        foreach (var (_, status, words) in Answers)
        {
            var ruling = WriteRules.Judge(new WriteAnswer(status, words + new string('x', 5_000), null), "senioriot");
            if (ruling.Problem is not { } problem) continue;
            Assert.InRange(problem.Length, 20, 500);
            Assert.EndsWith(".", problem);
            Assert.DoesNotContain("wm-7", problem);
        }
    }

    [Theory]
    [InlineData(1, null, 0.0, 5)]
    [InlineData(1, null, 0.999999, 10)]
    [InlineData(2, null, 0.0, 10)]
    [InlineData(4, null, 0.5, 60)]
    [InlineData(5, null, 0.9, 125)]
    [InlineData(1_000_000, null, 0.5, 125)]
    [InlineData(1, 3, 0.5, 3)]
    [InlineData(9, 600, 0.5, 600)]
    [InlineData(1, 0, 0.5, 1)]
    [InlineData(1, 31_536_000, 0.5, 86_400)]
    public void A_wait_doubles_up_to_a_limit_and_what_is_asked_for_wins(int failures, int? asked, double random, int seconds) =>
        Assert.Equal(seconds, Backoff.After(failures, asked is { } s ? TimeSpan.FromSeconds(s) : null, random).TotalSeconds, 0.001);
}
