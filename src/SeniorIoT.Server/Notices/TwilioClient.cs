using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// Twilio's Messages API (2010-04-01), the little of it that we need, typed. The HTTP client beneath limits time and breaks the
/// circuit; it never repeats a POST by itself.
/// </summary>
internal sealed class TwilioClient(HttpClient http, TwilioOptions options) : IProvider
{
    /// <summary>A text about an emergency that arrives hours late is worse than a failure that escalates (seconds; Twilio's default is 36,000).</summary>
    private const int ValiditySecondsUrgent = 300;
    private const int ValiditySecondsOther = 3600;
    private const int LookBack = 20;

    /// <inheritdoc/>
    public string Name => "twilio";

    /// <inheritdoc/>
    public NoticeChannel Channel => NoticeChannel.Sms;

    /// <inheritdoc/>
    public double TextsPerSecond => options.TextsPerSecond;

    /// <inheritdoc/>
    public int? TextsADay => options.TextsADay;

    /// <inheritdoc/>
    public bool GivesReceipts => options.PublicUrl is not null;

    /// <inheritdoc/>
    public bool Reaches(string to) => to.StartsWith('+');

    /// <summary>
    /// Sends one text. Receipts name the notice, because one may come before the answer to this request, or for a request whose answer
    /// was lost.
    /// </summary>
    public async Task<SendResult> SendAsync(Outgoing text, CancellationToken cancel)
    {
        var form = new Dictionary<string, string>
        {
            ["To"] = text.To,
            ["Body"] = text.Text,
            [options.From!.StartsWith("MG", StringComparison.Ordinal) ? "MessagingServiceSid" : "From"] = options.From,
            ["ValidityPeriod"] = (text.Priority == Priority.P1 ? ValiditySecondsUrgent : ValiditySecondsOther).ToString(CultureInfo.InvariantCulture),
        };
        if (options.Public($"/api/v1/sms/twilio/receipt?notice={text.NoticeId}") is { } callback) form["StatusCallback"] = callback;
        using var request = Request(HttpMethod.Post, "Messages.json");
        request.Content = new FormUrlEncodedContent(form);
        return await ProviderHttp.TryAsync(http, request, response => ReadAsync(response, cancel), cancel);
    }

    /// <summary>
    /// Looks for a text whose sending got no answer: same number, same words (no two of ours are the same), made since it is owed. Messages
    /// that Twilio still has in its queue have no date of sending, so the list is not asked by date: it begins with the newest.
    /// </summary>
    public async Task<string?> FindAsync(Outgoing text, CancellationToken cancel)
    {
        using var request = Request(HttpMethod.Get, $"Messages.json?To={Uri.EscapeDataString(text.To)}&PageSize={LookBack}");
        try
        {
            using var response = await http.SendAsync(request, cancel);
            if (!response.IsSuccessStatusCode) return null;
            var page = JsonSerializer.Deserialize(await ProviderHttp.ReadAsync(response, cancel), TwilioJson.Default.TwilioPage);
            return page?.Messages?.FirstOrDefault(message => message.Body == text.Text && IsSince(message.DateCreated, text.OwedAt) && message.Status is not ("failed" or "canceled"))?.Sid;
        }
        catch (Exception error) when (ProviderHttp.IsOfNetwork(error, cancel))
        {
            return null; // not to be known now: the text is sent again and says so
        }
    }

    /// <inheritdoc/>
    public async Task<Receipt?> AskAsync(SentText text, CancellationToken cancel)
    {
        using var request = Request(HttpMethod.Get, $"Messages/{Uri.EscapeDataString(text.ProviderId)}.json");
        try
        {
            using var response = await http.SendAsync(request, cancel);
            if (!response.IsSuccessStatusCode) return null;
            var message = JsonSerializer.Deserialize(await ProviderHttp.ReadAsync(response, cancel), TwilioJson.Default.TwilioMessage);
            return message?.Status is { } status && StateOf(status) is var state and > NoticeState.Sent
                ? new Receipt(state, state == NoticeState.Delivered ? null : SendFaults.OfTwilio(message.ErrorCode ?? 0), $"{message.ErrorCode}")
                : null;
        }
        catch (Exception error) when (ProviderHttp.IsOfNetwork(error, cancel))
        {
            return null; // not to be known now
        }
    }

    /// <summary>What a message's status means for its notice; <see cref="NoticeState.Sending"/>: nothing new.</summary>
    public static NoticeState StateOf(string status) => status switch
    {
        "sent" => NoticeState.Sent,
        "delivered" or "read" => NoticeState.Delivered,
        "undelivered" => NoticeState.Undelivered,
        "failed" or "canceled" => NoticeState.Failed,
        _ => NoticeState.Sending, // accepted, queued, sending
    };

    /// <summary>
    /// The value of <c>X-Twilio-Signature</c>: base64(HMAC-SHA1(token, url + sorted name + value …)), as Twilio documents it.
    /// </summary>
    public static string Sign(string authToken, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var signed = new StringBuilder(url);
        foreach (var (name, value) in form.OrderBy(pair => pair.Key, StringComparer.Ordinal)) signed.Append(name).Append(value);
#pragma warning disable CA5350 // SHA-1 is what the provider's protocol prescribes.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(signed.ToString())));
#pragma warning restore CA5350
    }

    /// <summary>Whether a webhook comes from Twilio.</summary>
    public bool IsSigned(string url, IEnumerable<KeyValuePair<string, string>> form, string signature) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Sign(options.AuthToken!, url, form)), Encoding.ASCII.GetBytes(signature));

    /// <summary>The address a webhook was signed for: behind a proxy that is the public one.</summary>
    public string UrlOf(HttpRequest request) => options.Public(request.Path + request.QueryString)
        ?? $"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}";

    private HttpRequestMessage Request(HttpMethod method, string resource) => new(method, new Uri(options.BaseUrl, $"/2010-04-01/Accounts/{options.AccountSid}/{resource}"))
    {
        Headers = { Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{options.AccountSid}:{options.AuthToken}"))) },
    };

    private static async Task<SendResult> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.IsSuccessStatusCode)
        {
            var message = JsonSerializer.Deserialize(await ProviderHttp.ReadAsync(response, cancel), TwilioJson.Default.TwilioMessage);
            return message?.Sid is { } sid ? new SendResult.Taken(sid) : new SendResult.Unknown("the answer had no sid");
        }

        var body = await ProviderHttp.ReadAsync(response, cancel);
        var said = ProviderHttp.Short($"HTTP {(int)response.StatusCode}: {body}");
        var result = ProviderHttp.OfStatus(response, said);
        // What the code says is more exact than what the status says.
        return result is SendResult.Refused refused && CodeOf(body) is { } code ? refused with { Fault = SendFaults.OfTwilio(code), Said = ProviderHttp.Short($"{code}: {MessageOf(body)}") } : result;
    }

    private static int? CodeOf(string body) => Problem(body)?.Code;

    private static string? MessageOf(string body) => Problem(body)?.Message;

    private static TwilioProblem? Problem(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, TwilioJson.Default.TwilioProblem);
        }
        catch (JsonException)
        {
            return null; // a proxy's page: the status alone counts
        }
    }

    private static bool IsSince(string? date, DateTimeOffset at) =>
        DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var made) && made >= at.AddMinutes(-1);
}

/// <summary>The fields of a message resource that we read; dates as RFC 2822 writes them.</summary>
internal sealed record TwilioMessage(string? Sid, string? Status, string? Body, string? DateCreated, int? ErrorCode);

/// <summary>A page of messages, the newest first.</summary>
internal sealed record TwilioPage(IReadOnlyList<TwilioMessage>? Messages);

/// <summary>What a refusal says.</summary>
internal sealed record TwilioProblem(int? Code, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TwilioMessage))]
[JsonSerializable(typeof(TwilioPage))]
[JsonSerializable(typeof(TwilioProblem))]
internal sealed partial class TwilioJson : JsonSerializerContext;
