using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SeniorIoT.TimeSeries.Influx;

/// <summary>What a server says of an error, out of every form that InfluxDB's versions and the proxies before them use.</summary>
internal static class ErrorMessage
{
    /// <summary>Of a long message both ends are kept: 1.x quotes a line in the middle and counts at the end.</summary>
    private const int HeadMax = 300, TailMax = 100;
    private const int BytesMax = 65_536;
    private const int LinesMax = 3;

    /// <summary>The message, or what the headers say when there is no body; empty when nothing is said.</summary>
    public static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var body = new byte[BytesMax];
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancel);
        var said = OfBody(body.AsSpan(0, length));
        foreach (var header in (string[])["X-Influxdb-Error", "X-Platform-Error-Code"])
            if (said.Length == 0 && response.Headers.TryGetValues(header, out var values)) said = string.Join(' ', values);
        return said;
    }

    /// <summary>One line, cut to a few hundred characters.</summary>
    public static string Cut(string message)
    {
        var text = string.Create(message.Length, message, (span, from) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(from[i]) ? ' ' : from[i];
        }).Trim();
        return text.Length <= HeadMax + TailMax ? text : $"{text.AsSpan(0, HeadMax)} … {text.AsSpan(text.Length - TailMax)}";
    }

    private static string OfBody(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body).Trim();
        if (!text.StartsWith('{')) return text;
        try
        {
            using var document = JsonDocument.Parse(text);
            return OfJson(document.RootElement) is { Length: > 0 } message ? message : text;
        }
        catch (JsonException)
        {
            // Cut off, or not JSON after all: people can still read it.
            return text;
        }
    }

    private static string OfJson(JsonElement error)
    {
        var parts = new List<string>();
        if (Text(error, "code") is { } code) parts.Add($"{code}:");
        if ((Text(error, "error") ?? Text(error, "message")) is { } message) parts.Add(message);
        // 3 Core says which lines it left out. The lines themselves are telemetry and stay out of messages.
        if (error.TryGetProperty("data", out var data))
        {
            JsonElement[] lines = data.ValueKind switch
            {
                JsonValueKind.Array => [.. data.EnumerateArray()],
                JsonValueKind.Object => [data],
                _ => [],
            };
            foreach (var line in lines.Take(LinesMax).Where(line => line.ValueKind == JsonValueKind.Object))
            {
                var number = line.TryGetProperty("line_number", out var value) && value.TryGetInt64(out var n) ? n.ToString(CultureInfo.InvariantCulture) : "?";
                parts.Add($"(line {number}: {Text(line, "error_message")})");
            }

            if (lines.Length > LinesMax) parts.Add($"(and {lines.Length - LinesMax} more)");
        }

        return string.Join(' ', parts);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
