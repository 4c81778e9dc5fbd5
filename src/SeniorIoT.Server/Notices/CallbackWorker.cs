using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Notices;

/// <summary>Works off what providers told us, after they were answered. Heard twice is once; what was kept when the server stopped is worked off at the next start.</summary>
internal sealed partial class CallbackWorker(
    CallbackStore store, NoticeReceipts receipts, NoticeStore notices, AttemptStore attempts, InboundTexts inbound, Outbox outbox, TimeProvider clock, ILogger<CallbackWorker> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly OutboxBell _bell = new();

    /// <summary>Says that there is something to work off.</summary>
    public void Ring() => _bell.Ring();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WorkAsync();
                await _bell.RungAsync(LookEvery, clock, stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(error, "Messages of a provider could not be read; they are kept");
                await Task.Delay(LookEvery, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // The server stops.
            }
        }
    }

    /// <summary>Says that a request could not be kept; the provider was told so and says it again.</summary>
    [LoggerMessage(Level = LogLevel.Error, Message = "A message of a provider could not be kept; it was asked to say it again")]
    public partial void LogNotKept(Exception error);

    /// <summary>Works off what is there; returns how many requests.</summary>
    internal async Task<int> WorkAsync()
    {
        var kept = store.Read();
        foreach (var callback in kept)
        {
            try
            {
                await (callback.Kind == AliyunApi.Receipt ? ReceiveAsync(callback.Body) : HearAsync(callback.Body));
                await store.RemoveAsync(callback.Id);
            }
            catch (Exception error)
            {
                // Kept, tried again, and after that shown by health: one bad message must not hold up the others.
                log.LogError(error, "Message {Id} of a provider could not be worked off", callback.Id);
                await store.FailAsync(callback.Id, error.GetType().Name);
            }
        }

        return kept.Count;
    }

    private async Task ReceiveAsync(string body)
    {
        foreach (var report in JsonSerializer.Deserialize(body, AliyunCallbackJson.Default.ListAliyunReport)!)
        {
            var now = clock.GetUtcNow();
            var isThere = report.Success ?? string.Equals(report.ErrCode, "DELIVERED", StringComparison.OrdinalIgnoreCase);
            SendFault? fault = isThere ? null : SendFaults.OfAliyun(report.ErrCode ?? "");
            var detail = fault?.Words(ProviderHttp.Short($"{report.ErrCode} {report.ErrMsg}".Trim()));
            var notice = await receipts.ReceiveAsync(report.BizId ?? "", report.OutId, isThere ? NoticeState.Delivered : NoticeState.Undelivered, detail, now, fault);
            if (notice is null || isThere) continue;
            if (fault == SendFault.Unsubscribed && PhoneNumber.ToE164(notice.Phone) is { } number) await attempts.BarAsync(number, detail!, now);
            await outbox.GoOnIfNobodyHearsAsync(notice.AlertId, notice.Step);
        }
    }

    // Aliyun cannot answer in the same breath: the answer is a text of its own, owed once, under the id that InboundTexts gives it where a crash came in between.
    private async Task HearAsync(string body)
    {
        foreach (var text in JsonSerializer.Deserialize(body, AliyunCallbackJson.Default.ListAliyunText)!)
        {
            var id = "aliyun:" + (text.SequenceId is { Length: > 0 } sequence ? sequence : Digest($"{text.PhoneNumber} {text.SendTime} {text.Content}"));
            if (await inbound.HandleAsync(text.PhoneNumber ?? "", text.Content ?? "", id) is not { } answer || PhoneNumber.ToE164(text.PhoneNumber ?? "") is not { } number) continue;
            await notices.OweAsync([new Notice($"reply-{id}", new AlertId(""), 0, NoticeChannel.Sms, new Responder(number, number, "contact"), answer, clock.GetUtcNow()) { IsInformation = true }]);
        }
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}

/// <summary>What Aliyun waits for.</summary>
internal sealed record AliyunReceived(int Code, string Msg);

/// <summary>A receipt, the little of it that we need.</summary>
internal sealed record AliyunReport(string? PhoneNumber, bool? Success, string? ErrCode, string? ErrMsg, string? BizId, string? OutId);

/// <summary>An answer of a person.</summary>
internal sealed record AliyunText(string? PhoneNumber, string? Content, string? SendTime, [property: JsonConverter(typeof(TextOrNumber))] string? SequenceId);

/// <summary>A field that is written as a text by some and as a number by others.</summary>
internal sealed class TextOrNumber : JsonConverter<string?>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType == JsonTokenType.Number
        ? reader.GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture)
        : reader.GetString();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AliyunReceived))]
[JsonSerializable(typeof(List<AliyunReport>))]
[JsonSerializable(typeof(List<AliyunText>))]
internal sealed partial class AliyunCallbackJson : JsonSerializerContext;
