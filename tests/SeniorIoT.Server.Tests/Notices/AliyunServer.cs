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
/// refuses, with its codes: unknown keys, templates and signatures, values that are empty or missing, numbers of other countries.
/// </summary>
internal sealed partial class AliyunServer : IAsyncDisposable
{
    public const string KeyId = "LTAI-test";
    public const string KeySecret = "a-secret-of-tests";
    public const string CallbackKey = "a-key-of-16-characters-or-more";

    private static readonly HashSet<string> Parameters = ["PhoneNumbers", "SignName", "TemplateCode", "TemplateParam", "OutId"];

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

    /// <summary>Every template is registered.</summary>
    public AliyunOptions Options => new()
    {
        AccessKeyId = KeyId, AccessKeySecret = KeySecret, SignName = "江苏路街道", BaseUrl = new Uri(_app.Urls.First()), CallbackKey = CallbackKey, TextsPerSecond = 1000,
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
            AliyunCall[] found;
            lock (_lock) found = [.. _calls.Where(sent => sent.Action == "SendSms" && sent.Query["PhoneNumbers"] == call.Query["PhoneNumber"])];
            await http.Response.WriteAsJsonAsync(new { Code = code, SmsSendDetailDTOs = new { SmsSendDetailDTO = found.Select(sent => new { OutId = sent.Query["OutId"], SendStatus = 1 }) } }, new JsonSerializerOptions());
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
        if (call.Action == "QuerySendDetails") return query.ContainsKey("SendDate") && query.ContainsKey("PageSize") && query.ContainsKey("CurrentPage") ? (200, "OK") : (400, "MissingParameter");
        if (call.Action != "SendSms") return (404, "InvalidAction.NotFound");
        if (query.Keys.Except(Parameters).Any()) return (400, "UnsupportedParameter");
        if (!query.TryGetValue("PhoneNumbers", out var number) || !Mobile().IsMatch(number)) return (200, "isv.MOBILE_NUMBER_ILLEGAL");
        if (query.GetValueOrDefault("SignName") != "江苏路街道") return (200, "isv.SMS_SIGNATURE_ILLEGAL");
        if (NoticeTemplate.All.FirstOrDefault(template => "SMS_" + template.Id == query.GetValueOrDefault("TemplateCode")) is not { } template) return (200, "isv.SMS_TEMPLATE_ILLEGAL");
        var values = JsonSerializer.Deserialize<Dictionary<string, string>>(query.GetValueOrDefault("TemplateParam", "{}"))!;
        if (template.Names.Except(values.Keys).Any()) return (200, "isv.TEMPLATE_MISSING_PARAMETERS");
        return values.Values.Any(value => value.Length == 0) ? (200, "isv.TEMPLATE_PARAMS_ILLEGAL") : (200, "OK");
    }

    // Written from the description of the signature, not from our code.
    private static bool IsSigned(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var names = Regex.Match(header, "SignedHeaders=([^,]+)").Groups[1].Value;
        var canonical = new StringBuilder().Append(request.Method).Append('\n').Append(request.Path).Append('\n').Append(request.QueryString.Value!.TrimStart('?')).Append('\n');
        foreach (var name in names.Split(';')) canonical.Append(CultureInfo.InvariantCulture, $"{name}:{(name == "host" ? request.Host.Value : request.Headers[name].ToString())}\n");
        canonical.Append('\n').Append(names).Append('\n').Append(Convert.ToHexStringLower(SHA256.HashData([])));
        var toSign = "ACS3-HMAC-SHA256\n" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())));
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(KeySecret));
        return header.EndsWith("Signature=" + Convert.ToHexStringLower(hmac.ComputeHash(Encoding.UTF8.GetBytes(toSign))), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^1[3-9]\d{9}$")]
    private static partial Regex Mobile();
}
