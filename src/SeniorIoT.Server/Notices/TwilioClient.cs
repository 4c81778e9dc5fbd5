using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Polly;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Notices;

/// <summary>How to reach Twilio. Without <see cref="AccountSid"/> no text is sent.</summary>
internal sealed class TwilioOptions
{
    /// <summary>Account, <c>AC</c> and 32 hexadecimal digits.</summary>
    public string? AccountSid { get; set; }

    /// <summary>Secret of the account; also the key of webhook signatures.</summary>
    public string? AuthToken { get; set; }

    /// <summary>Sender: an E.164 number, or a messaging service id (<c>MG…</c>).</summary>
    public string? From { get; set; }

    /// <summary>Where the API is; another address in tests.</summary>
    public Uri BaseUrl { get; set; } = new("https://api.twilio.com");

    /// <summary>This server as Twilio reaches it, for receipts; null: no receipts are asked for.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>Every error, each with the setting and the remedy.</summary>
    public IEnumerable<string> Errors()
    {
        if (AccountSid is null) yield break;
        if (!AccountSid.StartsWith("AC", StringComparison.Ordinal) || AccountSid.Length != 34) yield return "Twilio:AccountSid must be AC and 32 hexadecimal digits.";
        if (string.IsNullOrEmpty(AuthToken)) yield return "Twilio:AuthToken is missing: copy it from the Twilio console.";
        if (string.IsNullOrEmpty(From)) yield return "Twilio:From is missing: a sender number such as +14155550100, or a messaging service id MG….";
    }
}

/// <summary>What became of a text.</summary>
internal abstract record SmsResult(string? Why)
{
    /// <summary>The provider took it.</summary>
    public sealed record Taken(string ProviderId) : SmsResult((string?)null);

    /// <summary>Not now. <paramref name="After"/>: what the provider asked for.</summary>
    public sealed record TryAgain(string Reason, TimeSpan? After) : SmsResult(Reason);

    /// <summary>Never.</summary>
    public sealed record Refused(string Reason) : SmsResult(Reason);
}

/// <summary>
/// Twilio's Messages API (2010-04-01), the little of it that we need, typed. The HTTP client beneath limits time and breaks the
/// circuit; it never repeats a POST by itself, because a repeated POST is a second text: the outbox decides that.
/// </summary>
internal sealed class TwilioClient(HttpClient http, TwilioOptions options)
{
    /// <summary>A text about an emergency that arrives hours late is worse than a failure that escalates (seconds; Twilio's default is 36,000).</summary>
    private const int ValiditySecondsUrgent = 300;
    private const int ValiditySecondsOther = 3600;

    /// <summary>
    /// Sends one text. Does not throw for anything the provider or the network does. Receipts name the notice, because one may
    /// come before the answer to this request, or for a request whose answer was lost.
    /// </summary>
    public async Task<SmsResult> SendAsync(string noticeId, string phone, string text, bool isUrgent, CancellationToken cancel)
    {
        if (PhoneNumber.ToE164(phone) is not { } to) return new SmsResult.Refused($"'{phone}' is not a phone number; correct it in the household.");
        var form = new Dictionary<string, string>
        {
            ["To"] = to,
            ["Body"] = text,
            [options.From!.StartsWith("MG", StringComparison.Ordinal) ? "MessagingServiceSid" : "From"] = options.From,
            ["ValidityPeriod"] = (isUrgent ? ValiditySecondsUrgent : ValiditySecondsOther).ToString(CultureInfo.InvariantCulture),
        };
        if (options.PublicUrl is { } self) form["StatusCallback"] = new Uri(self, $"/api/v1/sms/twilio/receipt?notice={noticeId}").AbsoluteUri;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.BaseUrl, $"/2010-04-01/Accounts/{options.AccountSid}/Messages.json"))
        {
            Content = new FormUrlEncodedContent(form),
            Headers = { Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{options.AccountSid}:{options.AuthToken}"))) },
        };
        try
        {
            using var response = await http.SendAsync(request, cancel);
            return await ReadAsync(response, cancel);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or ExecutionRejectedException || (error is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return new SmsResult.TryAgain($"no answer of the provider that could be read: {error.Message}", null);
        }
    }

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
    public string UrlOf(HttpRequest request) => options.PublicUrl is { } self
        ? new Uri(self, request.Path + request.QueryString).AbsoluteUri
        : $"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}";

    private static async Task<SmsResult> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.IsSuccessStatusCode)
        {
            var message = await response.Content.ReadFromJsonAsync(TwilioJson.Default.TwilioMessage, cancel);
            return message?.Sid is { } sid ? new SmsResult.Taken(sid) : new SmsResult.TryAgain("the provider's answer had no sid", null);
        }

        var why = $"HTTP {(int)response.StatusCode}: {(await response.Content.ReadAsStringAsync(cancel)).Trim()}";
        if (why.Length > 300) why = why[..300];
        return response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError
            ? new SmsResult.TryAgain(why, Delay(response.Headers.RetryAfter))
            : new SmsResult.Refused(why);
    }

    private static TimeSpan? Delay(RetryConditionHeaderValue? retryAfter) =>
        retryAfter?.Delta is { } delta ? TimeSpan.FromSeconds(Math.Clamp(delta.TotalSeconds, 1, 120)) : null;
}

/// <summary>The fields of a message resource that we read.</summary>
internal sealed record TwilioMessage(string? Sid, string? Status);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TwilioMessage))]
internal sealed partial class TwilioJson : JsonSerializerContext;
