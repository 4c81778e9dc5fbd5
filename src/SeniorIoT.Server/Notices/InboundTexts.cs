using System.Text.RegularExpressions;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Notices;

/// <summary>Answers of the people we wrote to, whoever brings them.</summary>
internal sealed partial class InboundTexts(NoticeStore notices, AlertStore alerts, TextRecords texts, IGrainFactory grains, TimeProvider clock)
{
    /// <summary>
    /// <c>A0427 1</c>: I am there; 2: seen, all is well; 3: I need help. Believed only from a number that was told of that very
    /// alert. Closing stays with the monitoring centre. Safe to repeat: a text that was heard already changes nothing.
    /// </summary>
    /// <param name="from">Who wrote.</param>
    /// <param name="text">What.</param>
    /// <param name="providerId">The provider's id of the text, with the provider's name before it where ids of two could be the same.</param>
    /// <returns>What to answer; null when it was heard before.</returns>
    public async Task<string?> HandleAsync(string from, string text, string providerId)
    {
        if (notices.File.Read(connection => connection.Has("SELECT 1 FROM inbound_ids WHERE id = @id", ("@id", providerId)))) return null;
        await texts.HeardAsync(from);
        var answer = await ActAsync(from, text);
        if (providerId.Length > 0)
            await notices.File.WriteAsync(connection => connection.Run("INSERT OR IGNORE INTO inbound_ids VALUES (@id, @now)", ("@id", providerId), ("@now", clock.GetUtcNow())));
        return answer;
    }

    private async Task<string> ActAsync(string from, string text)
    {
        var match = Reply().Match(text);
        var sender = PhoneNumber.ToE164(from);
        if (!match.Success || sender is null) return "看不懂。请回复案件号加数字,如 A0427 1(1到场 2平安 3求助)。";
        var id = match.Groups["id"].Value.ToUpperInvariant();
        var told = notices.ReadOf(id).FirstOrDefault(notice => notice.Channel == "sms" && PhoneNumber.ToE164(notice.Phone) == sender);
        if (told is null || alerts.ReadKey(id) is not { } key) return $"没有发给您的案件 {id}。请核对案件号。";

        AlertCommand command = match.Groups["digit"].Value switch
        {
            "1" => new AlertCommand.Arrive(told.Recipient, "SMS: 到场"),
            "2" => new AlertCommand.Arrive(told.Recipient, "SMS: 平安"),
            _ => new AlertCommand.Note(told.Recipient, "SMS: 求助 (asks for help)"),
        };
        var answer = await grains.GetGrain<IAlertGrain>(key).Act(new(id), command, new Actor(told.Recipient, $"SMS ***{sender[^4..]}"));
        return answer.Rejected is null ? $"{id} 已收到,谢谢。" : $"{id} 已结束,谢谢。";
    }

    [GeneratedRegex(@"^\s*(?<id>[Aa]\d{4,})\D{0,3}(?<digit>[123])\s*$")]
    private static partial Regex Reply();
}
