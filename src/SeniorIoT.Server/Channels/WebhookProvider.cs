using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Answers;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Channels;

/// <summary>
/// A JSON message to a program of the committee, signed with HMAC-SHA256 over time and body, so that the receiver knows who wrote it and
/// can refuse what is old. Any answer from 200 to 299 means that it has it; the notice's id tells repeats.
/// </summary>
internal sealed class WebhookProvider(HttpClient http, AreaChannels channels, AnswerLinks links, TimeProvider clock) : IProvider
{
    /// <summary>Header of the signature: <c>sha256=</c> and hexadecimal digits.</summary>
    public const string SignatureHeader = "X-SeniorIoT-Signature";

    /// <summary>Header of the time of sending, in seconds since 1970.</summary>
    public const string TimeHeader = "X-SeniorIoT-Time";

    /// <inheritdoc/>
    public string Name => "webhook";

    /// <inheritdoc/>
    public NoticeChannel Channel => NoticeChannel.Webhook;

    /// <inheritdoc/>
    public double TextsPerSecond => 10;

    /// <inheritdoc/>
    public bool IsPacedByAddress => true;

    /// <inheritdoc/>
    public bool GivesReceipts => false;

    /// <inheritdoc/>
    public bool Reaches(string to) => channels.Find(to) is { Kind: NoticeChannel.Webhook };

    /// <summary>The signature of a body sent at <paramref name="time"/>.</summary>
    public static string Sign(string secret, string time, string body) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{body}")));

    /// <inheritdoc/>
    public async Task<SendResult> SendAsync(Outgoing text, CancellationToken cancel)
    {
        if (channels.Find(text.To) is not { } channel) return new SendResult.Refused(SendFault.Content, "the channel was taken away");
        var time = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var code = text.Values.GetValueOrDefault("code");
        var body = JsonSerializer.Serialize(
            new WebhookMessage(text.NoticeId, text.Priority.ToString(), text.Template, text.Text, code, text.OwedAt, links.ForGroup(code, channel)), WebhookJson.Default.WebhookMessage);
        using var request = new HttpRequestMessage(HttpMethod.Post, channel.Url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add(TimeHeader, time);
        if (channel.Secret is { } secret) request.Headers.Add(SignatureHeader, Sign(secret, time, body));
        return await ProviderHttp.TryAsync(http, request, response => Task.FromResult<SendResult>(response.IsSuccessStatusCode
            ? new SendResult.Taken(text.NoticeId)
            : ProviderHttp.OfStatus(response, $"HTTP {(int)response.StatusCode}")), cancel);
    }
}

/// <summary>What a webhook gets.</summary>
/// <param name="NoticeId">The same at each repeat.</param>
/// <param name="Priority">P1 to P3.</param>
/// <param name="Kind">Id of the text's template: what it is about.</param>
/// <param name="Text">The text, as people get it by SMS.</param>
/// <param name="AlertId">Case code; null when it is about no alert.</param>
/// <param name="OwedAt">Since when it is owed.</param>
/// <param name="AnswerUrl">The page on which it can be answered for some hours; null when no links are given out. Whoever has it can answer.</param>
internal sealed record WebhookMessage(string NoticeId, string Priority, string Kind, string Text, string? AlertId, DateTimeOffset OwedAt, Uri? AnswerUrl);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WebhookMessage))]
internal sealed partial class WebhookJson : JsonSerializerContext;
