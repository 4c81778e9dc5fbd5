using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text.Json;

namespace SeniorIoT.TimeSeries.Influx;

/// <summary>A query that failed; the message says why, and the remedy.</summary>
internal sealed class InfluxQueryException(string message, bool isRefusal, bool isMissingDatabase, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>The server was there and let us in, but does not answer this statement: another one may succeed.</summary>
    public bool IsRefusal => isRefusal;

    /// <summary>There is no such database.</summary>
    public bool IsMissingDatabase => isMissingDatabase;
}

internal sealed partial class InfluxClient
{
    /// <summary>Rows that the server puts into one document; a long result is many of them.</summary>
    private const int ChunkRows = 10_000;

    /// <summary>Runs one InfluxQL statement and gives its rows one by one as they arrive.</summary>
    /// <param name="database">Where.</param>
    /// <param name="statement">A SELECT; times in it say their unit.</param>
    /// <param name="bound">Values of its <c>$parameters</c>.</param>
    /// <param name="columns">Columns that a row is read by, in this order; one that the result lacks is null in every row.</param>
    /// <param name="take">Gets each row; it may not keep it.</param>
    /// <param name="patience">How long the server may be silent, before its answer and in the middle of it.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InfluxQueryException">There is no answer, or an error instead.</exception>
    public async Task QueryAsync(
        string database, string statement, IReadOnlyDictionary<string, string> bound, string[] columns, Action<InfluxRow> take, TimeSpan patience, CancellationToken cancel)
    {
        var target = $"query?db={Escape(database)}&epoch=ms&chunked=true&chunk_size={ChunkRows}&q={Escape(statement)}";
        if (bound.Count > 0) target += $"&params={Escape(JsonSerializer.Serialize(bound))}";
        using var deadline = new CancellationTokenSource(patience, _clock);
        using var response = await AnswerAsync(Request(HttpMethod.Get, target), database, patience, deadline, cancel);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            var pipe = PipeReader.Create(stream);
            // One JSON document a line. A server that does not know chunks sends a single line, which is read as well.
            while (true)
            {
                var read = await pipe.ReadAsync(either.Token);
                var rest = read.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    Take(rest.Slice(0, end), database, columns, take);
                    rest = rest.Slice(rest.GetPosition(1, end));
                }

                if (read.IsCompleted) Take(rest, database, columns, take);
                pipe.AdvanceTo(read.IsCompleted ? rest.End : rest.Start, rest.End);
                if (read.IsCompleted) return;
                // A long answer may take long, but not be silent for long.
                deadline.CancelAfter(patience);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Unreachable($"it went silent for {patience.TotalSeconds:0.#} s in the middle of an answer", null);
        }
        catch (Exception error) when (error is HttpRequestException or (IOException and not InfluxQueryException))
        {
            throw Unreachable($"the answer broke off: {Clean(error.Message)}", error);
        }
        catch (Exception error) when (error is JsonException or FormatException or KeyNotFoundException or (InvalidOperationException and not ObjectDisposedException))
        {
            // It is not JSON, or not of the shape of a result.
            throw Refused("it answered something that is no result", "Is influx-url the address of an InfluxDB?", error);
        }
    }

    /// <summary>Headers of a successful answer.</summary>
    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, string database, TimeSpan patience, CancellationTokenSource deadline, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        HttpResponseMessage? response = null;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.IsSuccessStatusCode) return response;
            using (response) throw Failure(response.StatusCode, await MessageAsync(response, either.Token), database);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            response?.Dispose();
            throw Unreachable($"no answer within {patience.TotalSeconds:0.#} s", null);
        }
        catch (Exception error) when (error is HttpRequestException or (IOException and not InfluxQueryException))
        {
            response?.Dispose();
            throw Unreachable(Clean(error.Message), error);
        }
        finally
        {
            request.Dispose();
        }
    }

    private void Take(ReadOnlySequence<byte> line, string database, string[] columns, Action<InfluxRow> take)
    {
        if (line.Length <= 1) return;
        using var document = JsonDocument.Parse(line);
        Require(document.RootElement, database);
        if (!document.RootElement.TryGetProperty("results", out var results)) throw new JsonException("no results");
        foreach (var result in results.EnumerateArray())
        {
            // InfluxDB says 200 before it knows that a statement fails.
            Require(result, database);
            if (!result.TryGetProperty("series", out var all)) continue;
            foreach (var series in all.EnumerateArray()) Take(series, columns, take);
        }
    }

    private static void Take(JsonElement series, string[] columns, Action<InfluxRow> take)
    {
        var names = series.GetProperty("columns").EnumerateArray().Select(name => name.GetString()).ToArray();
        var positions = Array.ConvertAll(columns, column => Array.IndexOf(names, column));
        var device = series.TryGetProperty("tags", out var tags) && tags.TryGetProperty(InfluxSchema.Device, out var tag) ? tag.GetString() : null;
        if (!series.TryGetProperty("values", out var values)) return;
        foreach (var row in values.EnumerateArray()) take(new InfluxRow(device, row, positions));
    }

    private void Require(JsonElement answer, string database)
    {
        if (answer.TryGetProperty("error", out var error)) throw Failure(HttpStatusCode.OK, Clean(error.GetString() ?? ""), database);
    }

    private InfluxQueryException Failure(HttpStatusCode status, string message, string database)
    {
        var said = $"{(int)status} {message}".TrimEnd();
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            return new($"InfluxDB at {_url} refuses our credentials ({said}). Check influx-user and influx-password, or influx-token, and that they may read {database}.", false, false);
        if (status == HttpStatusCode.NotFound || message.Contains("database not found", StringComparison.OrdinalIgnoreCase))
            return new($"InfluxDB at {_url} has no database {database} ({said}). Create it; on 2.x also map it to its bucket.", false, true);
        return Refused(said, "See its log.", null);
    }

    private InfluxQueryException Refused(string what, string remedy, Exception? inner) => new($"InfluxDB at {_url} refused a query ({what}). {remedy}", true, false, inner);

    private InfluxQueryException Unreachable(string what, Exception? inner) =>
        new($"InfluxDB at {_url} cannot be read ({what}). Check that it runs, and influx-url.", false, false, inner);
}
