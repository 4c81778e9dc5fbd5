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
    private const int NoteStart = 3; // what a note begins with
    private const int FailedStatus = 2;
    private const int SentStatus = 3;

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
            return new SendResult.Refused(SendFault.Content, $"no registered template for '{text.Template}': set Aliyun:Templates:{text.Template}, or note and note-long");
        using var request = AliyunSignature.Request(options, "SendSms", new Dictionary<string, string>
        {
            ["PhoneNumbers"] = Number(text.To),
            ["SignName"] = options.SignName!,
            ["TemplateCode"] = template.Code,
            ["TemplateParam"] = JsonSerializer.Serialize(template.Values, Plain),
            ["OutId"] = text.NoticeId,
        }, clock.GetUtcNow(), Guid.NewGuid().ToString("N"));
        return await ProviderHttp.TryAsync(http, request, async response =>
        {
            var body = await ProviderHttp.ReadAsync(response, cancel);
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
    public async Task<string?> FindAsync(Outgoing text, CancellationToken cancel) =>
        // It names no BizId: the notice's own id is enough to know the text by.
        (await DetailsAsync(Number(text.To), null, text.OwedAt, cancel)).Any(sent => sent.OutId == text.NoticeId) ? text.NoticeId : null;

    /// <inheritdoc/>
    public async Task<Receipt?> AskAsync(SentText text, CancellationToken cancel)
    {
        // One that was found has the notice's id in place of Aliyun's.
        var bizId = text.ProviderId == text.NoticeId ? null : text.ProviderId;
        var sent = (await DetailsAsync(Number(text.To), bizId, text.SentAt, cancel)).FirstOrDefault(sent => sent.OutId == text.NoticeId || (bizId is not null && sent.OutId is null));
        return sent?.SendStatus switch
        {
            SentStatus => new Receipt(NoticeState.Delivered, null, null),
            FailedStatus => new Receipt(NoticeState.Undelivered, SendFaults.OfAliyun(sent.ErrCode ?? ""), sent.ErrCode),
            _ => null,
        };
    }

    private async Task<IReadOnlyList<AliyunDetail>> DetailsAsync(string number, string? bizId, DateTimeOffset at, CancellationToken cancel)
    {
        var query = new Dictionary<string, string>
        {
            ["PhoneNumber"] = number,
            ["SendDate"] = TimeZoneInfo.ConvertTime(at, zone).ToString("yyyyMMdd", CultureInfo.InvariantCulture),
            ["PageSize"] = "50",
            ["CurrentPage"] = "1",
        };
        if (bizId is not null) query["BizId"] = bizId;
        using var request = AliyunSignature.Request(options, "QuerySendDetails", query, clock.GetUtcNow(), Guid.NewGuid().ToString("N"));
        try
        {
            using var response = await http.SendAsync(request, cancel);
            return Read(await ProviderHttp.ReadAsync(response, cancel), AliyunJson.Default.AliyunDetails)?.SmsSendDetailDTOs?.SmsSendDetailDTO ?? [];
        }
        catch (Exception error) when (ProviderHttp.IsOfNetwork(error, cancel))
        {
            return []; // not to be known now
        }
    }

    private static string Number(string to) => to[Mainland.Length..];

    /// <summary>
    /// Code and values of the template; of a note with the whole text where the text's own is not registered; null when
    /// neither is. The values are shortened so that the text stays one segment with the registered signature, which may be longer than ours.
    /// </summary>
    private (string Code, IReadOnlyDictionary<string, string> Values)? TemplateOf(Outgoing text)
    {
        var left = NoticeText.LengthMax - options.SignName!.Length - 2;
        var own = NoticeTemplate.Of(text.Template);
        if (own != NoticeTemplate.Note && own != NoticeTemplate.LongNote && options.Templates.TryGetValue(own.Id, out var code))
            return (code, Filled(own, NoticeText.Squeeze(own, Languages.Chinese, text.Values, left)));
        var words = own == NoticeTemplate.Note || own == NoticeTemplate.LongNote ? text.Text[(text.Text.IndexOf('】', StringComparison.Ordinal) + 1)..]
            : own.Fill(Languages.Chinese, NoticeText.Squeeze(own, Languages.Chinese, text.Values, left - NoteStart));
        var (template, values) = NoticeTemplate.NoteOf(words);
        if (options.Templates.TryGetValue(template.Id, out code)) return (code, Filled(template, values));
        // All of it in the long one says as much as in the short one.
        return template == NoticeTemplate.Note && options.Templates.TryGetValue(NoticeTemplate.LongNote.Id, out code)
            ? (code, Filled(NoticeTemplate.LongNote, new Dictionary<string, string> { ["text"] = values["text"], ["more"] = "-" })) : null;
    }

    // Aliyun refuses an empty value, one that is too long, and brackets, which are the signature's.
    private static Dictionary<string, string> Filled(NoticeTemplate template, IReadOnlyDictionary<string, string> values) => template.Names.ToDictionary(name => name, name =>
    {
        var value = values.GetValueOrDefault(name, "").Replace('【', '(').Replace('】', ')').Trim();
        return value.Length == 0 ? "-" : value.Length > NoticeTemplate.PlaceLengthMax ? value[..NoticeTemplate.PlaceLengthMax] : value;
    });

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
