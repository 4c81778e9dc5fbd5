using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Notices;

/// <summary>Somebody who was told of an alert before.</summary>
/// <param name="NoticeId">The notice.</param>
/// <param name="Step">Its step.</param>
/// <param name="To">Who.</param>
/// <param name="State">Where the notice stands.</param>
/// <param name="IsInformation">See <see cref="Notice.IsInformation"/>.</param>
/// <param name="HasDeclined">Whether this person said that he or she cannot come.</param>
public sealed record Told(string NoticeId, int Step, Responder To, NoticeState State, bool IsInformation, bool HasDeclined);

/// <summary>What an answer asks of the alert, and what it owes to others.</summary>
public static class AnswerRules
{
    private const int NameLengthMax = 6;

    /// <summary>The command of an answer. "At the door" and "all is well" both say that somebody is there; closing stays with the centre.</summary>
    public static AlertCommand CommandOf(Answer answer, string by, string text) => answer switch
    {
        Answer.CannotCome => new AlertCommand.Decline(by, text),
        Answer.NeedsHelp => new AlertCommand.AskHelp(by, text),
        Answer.OnTheWay => new AlertCommand.Dispatch(by, by, text),
        _ => new AlertCommand.Arrive(by, text),
    };

    /// <summary>An answer in one word of Chinese, as timelines keep it.</summary>
    public static string Word(Answer answer) => answer switch
    {
        Answer.CannotCome => "不能去",
        Answer.Here => "到场",
        Answer.Safe => "平安",
        Answer.NeedsHelp => "求助",
        _ => "在路上",
    };

    /// <summary>
    /// The notices an event owes because of what people answered, given those that the ladder owes: a call for help from the door says so, and goes
    /// to others than whoever made it; when somebody goes, the others who were told hear that, once.
    /// </summary>
    /// <param name="alert">The alert after the event.</param>
    /// <param name="happened">What happened.</param>
    /// <param name="owed">What the ladder owes, see <see cref="NoticeRules.Owed"/>.</param>
    /// <param name="told">Everybody who was told of this alert before.</param>
    /// <param name="zone">Whose clocks the texts tell the time by.</param>
    public static IReadOnlyList<Notice> Owed(Alert alert, AlertEvent happened, IReadOnlyList<Notice> owed, IReadOnlyList<Told> told, TimeZoneInfo zone) => happened switch
    {
        AlertEvent.HelpAsked asked => ForHelp(alert, asked, owed),
        AlertEvent.Dispatched sent => [.. owed, .. Gone(alert, sent.ById, sent.By, sent.At, told, zone)],
        AlertEvent.Arrived arrived => [.. owed, .. Gone(alert, arrived.ById, arrived.By, arrived.At, told, zone)],
        _ => owed,
    };

    /// <summary>What the others hear when somebody has gone. It differs by its time, and asks nothing.</summary>
    public static string GoneText(Alert alert, string who, DateTimeOffset at, TimeZoneInfo zone) =>
        $"【{NoticeText.Cut(alert.Place.SubDistrict, NoticeText.SignatureLengthMax)}】{alert.Id} {NoticeText.Clock(at, zone)} {(who.Length == 0 ? "已有人" : NoticeText.Cut(who, NameLengthMax) + "已")}前往,您不必再去,谢谢。";

    /// <summary>What a call for help from the door says, in the language of whoever is told.</summary>
    public static NoticeWords Help(Alert alert, string by, int step, string language = Languages.Chinese) => NoticeText.Sign(
        NoticeText.Cut(alert.Place.SubDistrict, NoticeText.SignatureLengthMax), NoticeTemplate.Help, language, new Dictionary<string, string>
        {
            ["code"] = alert.Id.Value,
            ["case"] = language == Languages.English ? $"#{step + 1}" : $"{alert.Id} 第{step + 1}次",
            ["where"] = NoticeText.Where(alert.Place),
            ["who"] = NoticeText.Cut(by, NameLengthMax),
            ["menu"] = NoticeText.MenuOf(language),
        });

    private static IReadOnlyList<Notice> ForHelp(Alert alert, AlertEvent.HelpAsked asked, IReadOnlyList<Notice> owed)
    {
        var others = owed.Where(notice => !Is(notice.To, asked.ById, asked.By)).ToList();
        // Numbered anew: a gap would look like a notice that was lost.
        return [.. (others.Exists(notice => notice.Channel == NoticeChannel.Sms) ? others : owed).Select((notice, n) => notice with { Id = $"{alert.Id}-{notice.Step}-{n + 1}" }).Select(notice =>
            Help(alert, asked.By, asked.Again.Step, notice.To.Language) is var words ? notice with { Text = words.Text, Words = words } : notice)];
    }

    private static IEnumerable<Notice> Gone(Alert alert, PersonId? byId, string by, DateTimeOffset at, IReadOnlyList<Told> told, TimeZoneInfo zone)
    {
        var sent = alert.Dispatch!;
        var prefix = $"{alert.Id}-{alert.Round.Step}-go";
        if (alert.Priority == Priority.P3 || told.Any(one => one.NoticeId.StartsWith(prefix, StringComparison.Ordinal))) return [];
        var goes = told.Where(one => Is(one.To, byId, by) || Is(one.To, sent.ToId, sent.To)).Select(NumberOf).ToHashSet();
        return told
            .Where(one => !one.IsInformation && !one.HasDeclined && one.Step >= alert.Round.Step
                && one.State is NoticeState.Sending or NoticeState.Sent or NoticeState.Delivered && !goes.Contains(NumberOf(one)))
            .DistinctBy(NumberOf)
            .Select((one, n) => new Notice($"{prefix}{n + 1}", alert.Id, alert.Step, NoticeChannel.Sms, one.To, GoneText(alert, sent.To, at, zone), at)
            {
                IsInformation = true,
                Rank = SendOrder.RankOf(alert.Priority, isFirst: false),
            });
    }

    private static bool Is(Responder person, PersonId? id, string name) => PersonId.IsSame(PersonId.OfPhone(person.Phone), person.Name, id, name);

    private static string NumberOf(Told told) => PhoneNumber.ToE164(told.To.Phone) ?? told.To.Phone;
}
