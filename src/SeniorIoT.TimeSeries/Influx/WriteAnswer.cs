namespace SeniorIoT.TimeSeries.Influx;

/// <summary>What came back from a write. Network trouble is an answer too: <see cref="StatusCode"/> is then null.</summary>
/// <param name="StatusCode">HTTP status; null when there was no answer (refused, reset, timed out).</param>
/// <param name="Message">The server's words out of whatever form they came in, or what the network said; empty when it said nothing.</param>
/// <param name="RetryAfter">How long the server asks us to wait, not negative; null when it does not say.</param>
internal sealed record WriteAnswer(int? StatusCode, string Message, TimeSpan? RetryAfter);

/// <summary>Points that are ready to be sent: line protocol, gzip, with <c>\n</c> after every line, times in milliseconds.</summary>
/// <param name="Database">Where to.</param>
/// <param name="Points">How many values are in it, 1 or more.</param>
/// <param name="Gzip">The lines, one gzip member. Members may be joined: the result is gzip of all their lines.</param>
internal sealed record LineBatch(string Database, int Points, byte[] Gzip);
