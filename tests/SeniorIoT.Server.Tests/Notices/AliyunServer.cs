using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Tests.Notices;

/// <summary>One call as Aliyun saw it.</summary>
internal sealed record AliyunCall(string Action, IReadOnlyDictionary<string, string> Query);

/// <summary>
/// Stands in for Aliyun's SMS service: computes the signature again from what arrived, in code of its own, and refuses what the service
/// refuses, with its codes: unknown keys, a clock that is off, headers that are not signed, templates and signatures it does not know, values that are
/// empty, missing, no texts, longer than 35 characters, that hold an address of the web or brackets, numbers of other countries, an OutId over 256 bytes.
/// It registers only templates that its rules allow. It knows of a text what <see cref="Became"/> says.
/// </summary>
internal sealed partial class AliyunServer : IAsyncDisposable
{
    public const string KeyId = "LTAI-test";
    public const string KeySecret = "a-secret-of-tests";
    public const string CallbackKey = "a-key-of-16-characters-or-more";

    private static readonly HashSet<string> Parameters = ["PhoneNumbers", "SignName", "TemplateCode", "TemplateParam", "OutId"];
    private static readonly HashSet<string> Details = ["PhoneNumber", "BizId", "SendDate", "PageSize", "CurrentPage"];
    private static readonly string[] Signed = ["host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"];

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<AliyunCall> _calls = [];
    private readonly HashSet<string> _nonces = [];

    private AliyunServer(WebApplication app) => _app = app;

    /// <summary>Every call so far.</summary>
    public IReadOnlyList<AliyunCall> Calls
    {
        get
        {
            lock (_lock) return [.. _calls];
        }
    }

    /// <summary>Texts that were asked for.</summary>
    public IReadOnlyList<AliyunCall> Sent => [.. Calls.Where(call => call.Action == "SendSms")];

    /// <summary>A code in place of the ordinary answer; null for the rules.</summary>
    public Func<AliyunCall, string?>? Instead { get; set; }

    /// <summary>What became of a text, by its OutId: 1 under way, 2 lost, 3 arrived, and the code of its loss.</summary>
    public Func<string, (int Status, string? Code)> Became { get; set; } = _ => (1, null);

    /// <summary>The clock that the dates of requests are compared with; null: any date is right.</summary>
    public TimeProvider? Clock { get; set; }

    /// <summary>The signature that is registered.</summary>
    public string SignName { get; set; } = "江苏路街道";

    /// <summary>Every template is registered.</summary>
    public AliyunOptions Options => new()
    {
        AccessKeyId = KeyId, AccessKeySecret = KeySecret, SignName = SignName, BaseUrl = new Uri(_app.Urls.First()), CallbackKey = CallbackKey, TextsPerSecond = 1000,
        Templates = NoticeTemplate.All.ToDictionary(template => template.Id, template => "SMS_" + template.Id),
    };

    public static async Task<AliyunServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new AliyunServer(app);
        app.MapPost("/", server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>The BizId of the n-th call.</summary>
    public static string BizIdOf(int n) => $"{900000 + n}^0";

    /// <summary>The text as it would be on the phone.</summary>
    public static string TextOf(AliyunCall call) => $"【{call.Query["SignName"]}】" + NoticeTemplate.Of(call.Query["TemplateCode"][4..]).Fill(
        Languages.Chinese, JsonSerializer.Deserialize<Dictionary<string, string>>(call.Query["TemplateParam"])!);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var call = new AliyunCall(http.Request.Headers["x-acs-action"].ToString(), http.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));
        int n;
        lock (_lock)
        {
            _calls.Add(call);
            n = _calls.Count;
        }

        var (status, code) = Fault(http.Request, call);
        if (code == "OK" && Instead?.Invoke(call) is { } instead) (status, code) = (200, instead);
        http.Response.StatusCode = status;
        if (code == "OK" && call.Action == "QuerySendDetails")
        {
            (int Index, AliyunCall Item)[] found;
            lock (_lock) found = [.. _calls.Index().Where(sent => sent.Item.Action == "SendSms" && sent.Item.Query["PhoneNumbers"] == call.Query["PhoneNumber"]
                && (!call.Query.TryGetValue("BizId", out var id) || id == BizIdOf(sent.Index + 1)))];
            await http.Response.WriteAsJsonAsync(new
            {
                Code = code,
                TotalCount = $"{found.Length}",
                SmsSendDetailDTOs = new { SmsSendDetailDTO = found.Select(sent => new { OutId = sent.Item.Query["OutId"], SendStatus = Became(sent.Item.Query["OutId"]).Status, ErrCode = Became(sent.Item.Query["OutId"]).Code }) },
            }, new JsonSerializerOptions());
            return;
        }

        await http.Response.WriteAsJsonAsync(new { Code = code, Message = code, BizId = code == "OK" ? BizIdOf(n) : null, RequestId = Guid.NewGuid() }, new JsonSerializerOptions());
    }

    private (int Status, string Code) Fault(HttpRequest request, AliyunCall call)
    {
        var query = call.Query;
        if (!request.Headers.Authorization.ToString().Contains($"Credential={KeyId},", StringComparison.Ordinal)) return (404, "InvalidAccessKeyId.NotFound");
        if (!IsSigned(request)) return (400, "SignatureDoesNotMatch");
        lock (_lock)
            if (!_nonces.Add(request.Headers["x-acs-signature-nonce"].ToString())) return (400, "SignatureNonceUsed");
        if (request.Headers["x-acs-version"] != "2017-05-25") return (404, "InvalidVersion");
        if (!DateTimeOffset.TryParseExact(request.Headers["x-acs-date"], "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            || (Clock is { } clock && (clock.GetUtcNow() - date).Duration() > TimeSpan.FromMinutes(15))) return (400, "InvalidTimeStamp.Expired");
        if (call.Action == "QuerySendDetails") return DetailsFault(query);
        if (call.Action != "SendSms") return (404, "InvalidAction.NotFound");
        if (query.Keys.Except(Parameters).Any()) return (400, "UnsupportedParameter");
        if (query.GetValueOrDefault("PhoneNumbers", "").Length == 0) return (400, "MissingPhoneNumbers");
        if (query.GetValueOrDefault("SignName", "").Length == 0) return (400, "MissingSignName");
        if (query.GetValueOrDefault("TemplateCode", "").Length == 0) return (400, "MissingTemplateCode");
        if (!Mobile().IsMatch(query["PhoneNumbers"])) return (200, "isv.MOBILE_NUMBER_ILLEGAL");
        if (query["SignName"] != SignName) return (200, "isv.SMS_SIGNATURE_ILLEGAL");
        if (Encoding.UTF8.GetByteCount(query.GetValueOrDefault("OutId", "")) > 256) return (200, "isv.INVALID_PARAMETERS");
        if (NoticeTemplate.All.FirstOrDefault(template => "SMS_" + template.Id == query["TemplateCode"]) is not { } template || !IsRegistrable(template)) return (200, "isv.SMS_TEMPLATE_ILLEGAL");
        return (200, ValuesFault(template, query.GetValueOrDefault("TemplateParam", "{}")) ?? "OK");
    }

    private static (int Status, string Code) DetailsFault(IReadOnlyDictionary<string, string> query) =>
        query.Keys.Except(Details).Any() ? (400, "UnsupportedParameter")
        : !Mobile().IsMatch(query.GetValueOrDefault("PhoneNumber", "")) ? (400, "MissingPhoneNumber")
        : !Date().IsMatch(query.GetValueOrDefault("SendDate", "")) ? (400, "MissingSendDate")
        : !(int.TryParse(query.GetValueOrDefault("PageSize"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= 50) ? (400, "MissingPageSize")
        : !(int.TryParse(query.GetValueOrDefault("CurrentPage"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page >= 1) ? (400, "MissingCurrentPage")
        : (200, "OK");

    private static string? ValuesFault(NoticeTemplate template, string json)
    {
        Dictionary<string, string> values;
        try
        {
            values = JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;
        }
        catch (JsonException)
        {
            return "isv.INVALID_JSON_PARAM"; // also a number where a text is wanted
        }

        return template.Names.Except(values.Keys).Any() ? "isv.TEMPLATE_MISSING_PARAMETERS"
            : values.Values.Any(value => value.Length == 0) ? "isv.TEMPLATE_PARAMS_ILLEGAL"
            : values.Values.Any(value => value.Length > 35) ? "isv.PARAM_LENGTH_LIMIT"
            : values.Values.Any(value => value.Contains("http", StringComparison.OrdinalIgnoreCase) || value.Contains("www.", StringComparison.OrdinalIgnoreCase)) ? "isv.PARAM_NOT_SUPPORT_URL"
            : values.Values.Any(value => value.Contains('【') || value.Contains('】')) ? "isv.SMS_CONTENT_ILLEGAL" : null;
    }

    /// <summary>Whether the rules for notifications allow a template: each place once, words beside places, and a word or mark between any two of them.</summary>
    public static bool IsRegistrable(NoticeTemplate template)
    {
        var places = Place().Matches(template.Chinese);
        var between = Place().Split(template.Chinese);
        return places.Select(place => place.Value).Distinct().Count() == places.Count
            && between[1..^1].All(words => words.Trim().Length > 0)
            && between.Any(words => words.Any(char.IsLetter))
            && template.Chinese.IndexOfAny(['【', '】']) < 0 && !template.Chinese.Contains("http", StringComparison.Ordinal) && template.Chinese.Length <= 500;
    }

    // Written from the description of the signature, not from our code.
    private static bool IsSigned(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var names = Regex.Match(header, "SignedHeaders=([^,]+)").Groups[1].Value;
        if (!Signed.All(name => names.Split(';').Contains(name)) || request.Headers["x-acs-content-sha256"] != Convert.ToHexStringLower(SHA256.HashData([]))) return false;
        var canonical = new StringBuilder().Append(request.Method).Append('\n').Append(request.Path).Append('\n').Append(request.QueryString.Value!.TrimStart('?')).Append('\n');
        foreach (var name in names.Split(';')) canonical.Append(CultureInfo.InvariantCulture, $"{name}:{(name == "host" ? request.Host.Value : request.Headers[name].ToString())}\n");
        canonical.Append('\n').Append(names).Append('\n').Append(Convert.ToHexStringLower(SHA256.HashData([])));
        var toSign = "ACS3-HMAC-SHA256\n" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())));
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(KeySecret));
        return header.EndsWith("Signature=" + Convert.ToHexStringLower(hmac.ComputeHash(Encoding.UTF8.GetBytes(toSign))), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\$\{[a-z]+\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"^20\d{6}$")]
    private static partial Regex Date();

    [GeneratedRegex(@"^1[3-9]\d{9}$")]
    private static partial Regex Mobile();
}
