using System.Globalization;
using System.Text.RegularExpressions;

namespace SeniorIoT.TimeSeries.Influx;

/// <summary>What becomes of a write.</summary>
internal enum Verdict
{
    /// <summary>It is in the database.</summary>
    Written,

    /// <summary>Something in it is not acceptable: halve it until the line is found. A single line is a dead letter.</summary>
    Split,

    /// <summary>It is too large: halve it. A single line that is too large is a dead letter.</summary>
    Halve,

    /// <summary>The rest may be written; the oldest lines were dropped, because the database no longer keeps their time. They are counted.</summary>
    Expired,

    /// <summary>The database could not unpack it. If we can, somebody between us spoils it, and nothing is wrong with the lines: pause.</summary>
    Garbled,

    /// <summary>It would refuse everything until a person mends something. Nothing may be given up for that.</summary>
    Pause,

    /// <summary>It is away or busy: again, later.</summary>
    Retry,
}

/// <summary>A verdict and its reason.</summary>
/// <param name="Verdict">What becomes of the write.</param>
/// <param name="Problem">For <see cref="Verdict.Pause"/>, <see cref="Verdict.Retry"/> and <see cref="Verdict.Garbled"/>: what is wrong, and the remedy.</param>
/// <param name="Dropped">For <see cref="Verdict.Expired"/>: how many lines; 0 when the answer does not say.</param>
internal sealed record Ruling(Verdict Verdict, string? Problem = null, int Dropped = 0);

/// <summary>
/// What every answer to a write means, for InfluxDB 1.x, 2.x and 3 Core and what may stand before it. The order is the point: an answer is taken for a
/// complaint about lines only when it is nothing else, because such a line is given up, and a wrong setting must never cost one.
/// </summary>
internal static partial class WriteRules
{
    private const int WordsLengthMax = 200;

    /// <summary>Judges an answer.</summary>
    /// <param name="answer">What came back.</param>
    /// <param name="database">Where the write went, for the sentence.</param>
    public static Ruling Judge(WriteAnswer answer, string database)
    {
        var said = answer.Message.Trim();
        return answer.StatusCode switch
        {
            null => Retry("InfluxDB is out of reach", "Points wait on disk; see whether it runs, and the network to it, if this lasts."),
            // Every InfluxDB says 204 and nothing else. A login page says 200, and has not written anything.
            204 when said.Length == 0 => new Ruling(Verdict.Written),
            >= 200 and < 300 when Says("partial write", "rejected") => new Ruling(Verdict.Split),
            200 or 201 or 202 when said.Length == 0 => new Ruling(Verdict.Written),
            >= 200 and < 300 => Pause("The answer to a write is not InfluxDB's", "Check that --influx-url leads to InfluxDB itself and not to a proxy's page."),
            >= 300 and < 400 => Pause("InfluxDB's address leads elsewhere", "Set --influx-url to where InfluxDB itself answers."),
            401 => Pause("InfluxDB refuses user or token", "Check --influx-user and --influx-password, or --influx-token."),
            407 => Pause("A proxy before InfluxDB wants credentials", "Let this server reach InfluxDB without it."),
            408 or 429 => Retry("InfluxDB is busy", "Points wait on disk; give it more room, or raise its limits, if this lasts."),
            413 => new Ruling(Verdict.Halve),
            // It quotes the line, and the line may hold any words: ask no further.
            400 or 422 when Says("unable to parse '", "partial write of line protocol", "parsing failed") => new Ruling(Verdict.Split),
            >= 400 when Says("database not found", "dbrp") || Mentions("bucket", "not found") || Mentions("database", "not found") =>
                Pause($"InfluxDB has no database '{database}'", "Create it, or a bucket of that name (2.x: with a mapping of database to bucket for /write)."),
            >= 400 when Mentions("org", "not found") => Pause("InfluxDB has no such organisation", "Check --influx-org."),
            >= 400 when Says("retention policy not found") => Pause($"The database '{database}' has no default retention policy", "Give it one."),
            >= 400 when Says("max-values-per-tag", "max-series-per-database") => Pause(
                "InfluxDB takes no more series", "Set index-version = \"tsi1\" in its configuration and rebuild its index, or raise that limit.", until: ": measurement="),
            >= 400 and < 500 when Says("would exceed", "partial write: max-", "quota") => Pause("InfluxDB has reached a limit of its own", "Raise that limit, or remove what is not needed."),
            403 => Pause($"InfluxDB does not let us write to '{database}'", "Give the user or token the right to read and write it."),
            404 => Pause("Nothing answers to this way to write", "Check --influx-url, and --influx-write-path: V1 suits every 1.x, V2 suits 1.8 and 2.x, V3 suits 3 Core."),
            400 when Says("gzip", "unexpected eof", "flate", "decompress", "decoding") =>
                new Ruling(Verdict.Garbled, Sentence("InfluxDB cannot unpack what we send", "Look for a proxy on the way that changes it.")),
            400 or 422 when said.Length == 0 || said.StartsWith('<') =>
                Pause("Writes are refused without InfluxDB's reason", "Look for a proxy on the way, and at https or http in --influx-url."),
            400 or 422 when Says("is required", "provide either org", "invalid precision", "invalid database name", "db name", "missing required") =>
                Pause("InfluxDB does not understand the request", "Check --influx-database, --influx-org and --influx-write-path."),
            // The newer words name the border; what lies in the future is not expired but wrong.
            400 or 422 when Says("points beyond retention policy", "outside retention policy") && !Says("upper bound") => new Ruling(Verdict.Expired, Dropped: DroppedIn(said)),
            400 or 422 => new Ruling(Verdict.Split),
            >= 500 => Retry("InfluxDB cannot write now", "Points wait on disk; see its log, its disk and its memory if this lasts."),
            _ => Pause("InfluxDB refuses every write", "Check --influx-url and --influx-write-path, and what stands between."),
        };

        bool Says(params ReadOnlySpan<string> words)
        {
            foreach (var word in words)
                if (said.Contains(word, StringComparison.OrdinalIgnoreCase)) return true;
            return false;
        }

        bool Mentions(string first, string then) => said.IndexOf(first, StringComparison.OrdinalIgnoreCase) is >= 0 and var at
            && said.IndexOf(then, at, StringComparison.OrdinalIgnoreCase) >= 0;

        string Sentence(string what, string remedy, string? until = null)
        {
            var words = Markup().Replace(said, " ").Trim().Split('\n')[0].TrimEnd();
            // Plain text pages say their status themselves.
            if (words.StartsWith($"{answer.StatusCode} ", StringComparison.Ordinal)) words = words[$"{answer.StatusCode} ".Length..];
            if (until is not null && words.IndexOf(until, StringComparison.Ordinal) is >= 0 and var end) words = words[..end];
            if (words.Length > WordsLengthMax) words = words[..WordsLengthMax] + "…";
            string[] reasons = [.. new[] { $"{answer.StatusCode}", words }.Where(reason => reason.Length > 0)];
            return $"{what}{(reasons.Length > 0 ? $" ({string.Join(' ', reasons)})" : "")}. {remedy}";
        }

        Ruling Pause(string what, string remedy, string? until = null) => new(Verdict.Pause, Sentence(what, remedy, until));

        Ruling Retry(string what, string remedy) => new(Verdict.Retry, Sentence(what, remedy));
    }

    private static int DroppedIn(string said) =>
        DroppedCount().Match(said) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var count) ? count : 0;

    [GeneratedRegex(@"\bdropped=(\d+)")]
    private static partial Regex DroppedCount();

    [GeneratedRegex("<[^>]*>|<[^>]*$")]
    private static partial Regex Markup();
}
