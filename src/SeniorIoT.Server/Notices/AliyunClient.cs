using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// Aliyun's SMS service (Dysmsapi 2017-05-25): <c>SendSms</c> with a registered signature and template, and <c>QuerySendDetails</c> to find
/// out about a text whose sending got no answer. The notice's id travels as <c>OutId</c>; receipts bring it back.
/// </summary>
internal sealed class AliyunClient(HttpClient http, AliyunOptions options, TimeZoneInfo zone, TimeProvider clock) : IProvider
{
    private const string Mainland = "+86";

    // Chinese as it is: escaped it would be six times as long.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public string Name => "aliyun";

    /// <inheritdoc/>
    public NoticeChannel Channel => NoticeChannel.Sms;

    /// <inheritdoc/>
    public double TextsPerSecond => options.TextsPerSecond;

    /// <inheritdoc/>
    public int? TextsADay => options.TextsADay;

    /// <inheritdoc/>
    public bool GivesReceipts => options.CallbackKey is not null;

    /// <summary>Mobile numbers of the mainland, for which its templates are registered.</summary>
    public bool Reaches(string to) => to.StartsWith(Mainland + "1", StringComparison.Ordinal) && to.Length == 14;

    /// <inheritdoc/>
    public async Task<SendResult> SendAsync(Outgoing text, CancellationToken cancel)
    {
        if (TemplateOf(text) is not { } template)
            return new SendResult.Refused(SendFault.Content, $"no registered template for '{text.Template}': set Aliyun:Templates:{text.Template} or Aliyun:Templates:note");
        using var request = AliyunSignature.Request(options, "SendSms", new Dictionary<string, string>
        {
            ["PhoneNumbers"] = Number(text),
            ["SignName"] = options.SignName!,
            ["TemplateCode"] = template.Code,
            ["TemplateParam"] = JsonSerializer.Serialize(template.Values, Plain),
            ["OutId"] = text.NoticeId,
        }, clock.GetUtcNow(), Guid.NewGuid().ToString("N"));
        return await ProviderHttp.TryAsync(http, request, async response =>
        {
            var body = await response.Content.ReadAsStringAsync(cancel);
            var answer = Read(body, AliyunJson.Default.AliyunAnswer);
            return answer switch
            {
                { Code: "OK", BizId: { } id } => new SendResult.Taken(id),
                { Code: { } code } => new SendResult.Refused(SendFaults.OfAliyun(code), ProviderHttp.Short($"{code}: {answer.Message}")),
                _ when response.IsSuccessStatusCode => new SendResult.Unknown(ProviderHttp.Short($"an answer that is not Aliyun's: {body}")),
                _ => ProviderHttp.OfStatus(response, ProviderHttp.Short($"HTTP {(int)response.StatusCode}: {body}")),
            };
        }, cancel);
    }

    /// <inheritdoc/>
    public async Task<string?> FindAsync(Outgoing text, CancellationToken cancel)
    {
        using var request = AliyunSignature.Request(options, "QuerySendDetails", new Dictionary<string, string>
        {
            ["PhoneNumber"] = Number(text),
            ["SendDate"] = TimeZoneInfo.ConvertTime(text.OwedAt, zone).ToString("yyyyMMdd", CultureInfo.InvariantCulture),
            ["PageSize"] = "50",
            ["CurrentPage"] = "1",
        }, clock.GetUtcNow(), Guid.NewGuid().ToString("N"));
        try
        {
            using var response = await http.SendAsync(request, cancel);
            var details = Read(await response.Content.ReadAsStringAsync(cancel), AliyunJson.Default.AliyunDetails);
            // It names no BizId: the notice's own id is enough to know the text by.
            return details?.SmsSendDetailDTOs?.SmsSendDetailDTO?.Any(sent => sent.OutId == text.NoticeId) == true ? text.NoticeId : null;
        }
        catch (Exception error) when (ProviderHttp.IsOfNetwork(error, cancel))
        {
            return null; // not to be known now: the text is sent again and says so
        }
    }

    private static string Number(Outgoing text) => text.To[Mainland.Length..];

    /// <summary>
    /// Code and values of the template; of <c>note</c> with the whole text in one place where the text's own is not registered; null when
    /// neither is. The values are cut so that the text stays one segment with the registered signature, which may be longer than ours.
    /// </summary>
    private (string Code, Dictionary<string, string> Values)? TemplateOf(Outgoing text)
    {
        if (text.Template != NoticeTemplate.Note.Id && options.Templates.TryGetValue(text.Template, out var code))
        {
            var template = NoticeTemplate.Of(text.Template);
            var values = template.Names.ToDictionary(name => name, name => text.Values.GetValueOrDefault(name, ""));
            Shorten(values, "where", template.Fill(Languages.Chinese, values).Length + Signature - NoticeText.LengthMax);
            return (code, Filled(values));
        }

        if (!options.Templates.TryGetValue(NoticeTemplate.Note.Id, out code)) return null;
        var note = new Dictionary<string, string> { ["text"] = text.Text[(text.Text.IndexOf('】', StringComparison.Ordinal) + 1)..] };
        Shorten(note, "text", note["text"].Length + Signature - NoticeText.LengthMax);
        return (code, Filled(note));
    }

    private int Signature => options.SignName!.Length + 2;

    private static void Shorten(Dictionary<string, string> values, string name, int by)
    {
        if (by > 0 && values.TryGetValue(name, out var value)) values[name] = value[..Math.Max(0, value.Length - by)].TrimEnd();
    }

    // Aliyun refuses an empty value.
    private static Dictionary<string, string> Filled(Dictionary<string, string> values) => values.ToDictionary(pair => pair.Key, pair => pair.Value.Length == 0 ? "-" : pair.Value);

    private static T? Read<T>(string body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null; // a proxy's page: the status alone counts
        }
    }
}

/// <summary>An answer of <c>SendSms</c>, also a refusal.</summary>
internal sealed record AliyunAnswer(string? Code, string? Message, string? BizId, string? RequestId);

/// <summary>An answer of <c>QuerySendDetails</c>.</summary>
internal sealed record AliyunDetails(string? Code, AliyunDetailList? SmsSendDetailDTOs);

/// <inheritdoc cref="AliyunDetails"/>
internal sealed record AliyunDetailList(IReadOnlyList<AliyunDetail>? SmsSendDetailDTO);

/// <summary>A text that was sent.</summary>
internal sealed record AliyunDetail(string? OutId, string? ErrCode, int? SendStatus);

[JsonSerializable(typeof(AliyunAnswer))]
[JsonSerializable(typeof(AliyunDetails))]
internal sealed partial class AliyunJson : JsonSerializerContext;
