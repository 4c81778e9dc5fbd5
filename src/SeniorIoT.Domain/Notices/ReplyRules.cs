namespace SeniorIoT.Domain.Notices;

/// <summary>What became of a case in a reply. The ids of the API are these words in lower case with underscores.</summary>
public enum ReplyFate
{
    /// <summary>It was done.</summary>
    Acted,

    /// <summary>The case is closed.</summary>
    Closed,

    /// <summary>The sender was never told of such a case.</summary>
    NotYours,

    /// <summary>A case without an answer, or with two that contradict each other.</summary>
    NoAnswer,

    /// <summary>An answer without a case, and none waits for the sender.</summary>
    NoCase,

    /// <summary>An answer without a case, and several wait for the sender.</summary>
    Several,

    /// <summary>Nothing was understood.</summary>
    Unclear,

    /// <summary>One of our own texts came back.</summary>
    Echo,
}

/// <summary>A case that the sender of a reply was told of.</summary>
/// <param name="Code">Case code.</param>
/// <param name="IsOpen">Whether it is not closed.</param>
public sealed record ToldCase(string Code, bool IsOpen);

/// <summary>One case of a reply, with what becomes of it.</summary>
/// <param name="Code">Case code; null where none is named nor known.</param>
/// <param name="Answer">What was said.</param>
/// <param name="Fate">What becomes of it; <see cref="ReplyFate.Acted"/>: it is to be done.</param>
public sealed record Heard(string? Code, Answer? Answer, ReplyFate Fate);

/// <summary>What becomes of a reply by text, and how it is answered.</summary>
public static class ReplyRules
{
    /// <summary>Longest answer: with the longest signature it is still one segment (see <see cref="NoticeText.LengthMax"/>).</summary>
    public const int LengthMax = 58;

    /// <summary>So often within an hour a number is answered that changes something.</summary>
    public const int AnswersMax = 12;

    /// <summary>So often within an hour a number is answered that changes nothing: another machine would go on for ever.</summary>
    public const int HelpMax = 3;

    /// <summary>What the ladder says when it goes on because of answers.</summary>
    public const string EverybodyDeclined = "everybody who was told cannot come";

    private const string Menu = "加" + NoticeText.Menu;
    private const string FullMenu = "加" + NoticeText.FullMenu;

    /// <summary>
    /// Judges what was said by the cases that the sender was told of: <paramref name="told"/> has all that are open and whichever are named. An
    /// answer without a code counts when exactly one case is open.
    /// </summary>
    public static IReadOnlyList<Heard> Judge(string text, IReadOnlyList<ToldCase> told)
    {
        var replies = Reply.Read(text);
        if (replies.Count == 0) return [new(OnlyOpen(told)?.Code, null, Reply.IsEcho(text) ? ReplyFate.Echo : ReplyFate.Unclear)];
        return [.. replies.Select(reply => Judge(reply, told)).DistinctBy(heard => heard.Code)];
    }

    /// <summary>Codes that a text names, in any reading.</summary>
    public static IReadOnlyList<string> CodesOf(string text) =>
        [.. Reply.Read(text).SelectMany(reply => new[] { reply.Code, reply.OtherCode }.Concat(reply.Guesses)).OfType<string>().Distinct()];

    /// <summary>
    /// The answer to a reply, at most <see cref="LengthMax"/> characters; null: none, because it was our own text, or because the number had
    /// enough. No answer can be read as a reply in its turn.
    /// </summary>
    /// <param name="heard">What became of it.</param>
    /// <param name="told">As for <see cref="Judge(string, IReadOnlyList{ToldCase})"/>.</param>
    /// <param name="answeredBefore">How often this number was answered within the last hour.</param>
    public static string? AnswerTo(IReadOnlyList<Heard> heard, IReadOnlyList<ToldCase> told, int answeredBefore)
    {
        var acted = heard.Where(one => one.Fate == ReplyFate.Acted).ToList();
        if (heard.Any(one => one.Fate == ReplyFate.Echo) || answeredBefore >= (acted.Count > 0 ? AnswersMax : HelpMax)) return null;
        if (heard.Count == 1) return Say(heard[0], told);
        var parts = new[] { (acted, "已收到"), (heard.Where(one => one.Fate == ReplyFate.Closed).ToList(), "已结束"), (heard.Where(one => one.Fate > ReplyFate.Closed).ToList(), "请核对") };
        return string.Join(';', parts.Where(part => part.Item1.Count > 0).Select(part => Codes(part.Item1.Select(one => one.Code)) + part.Item2)) + "。";
    }

    private static Heard Judge(Reply reply, IReadOnlyList<ToldCase> told)
    {
        if (reply.Code is null)
        {
            var open = told.Where(one => one.IsOpen).ToList();
            return new(open is [var only] ? only.Code : null, reply.Answer, open.Count switch { 1 => ReplyFate.Acted, 0 => ReplyFate.NoCase, _ => ReplyFate.Several });
        }

        var found = told.FirstOrDefault(one => one.Code == reply.Code);
        // A number without its letter: an incident's, if the sender was told of that, and not of an alert with the same number.
        var guessed = told.Where(one => reply.Guesses.Contains(one.Code)).ToList();
        if (found is null && guessed is [var theirs]) found = theirs;
        else if (found is not null && guessed.Count > 0 && reply.Answer is not Answer.NeedsHelp) return new(null, reply.Answer, ReplyFate.Several);
        if (found is null && told.FirstOrDefault(one => one.Code == reply.OtherCode) is { } other) return new(other.Code, null, ReplyFate.NoAnswer);
        if (found is null) return new(reply.Code, reply.Answer, ReplyFate.NotYours);
        // Whoever asks for help is heard also about a case that was closed too early.
        if (reply.Answer == Answer.NeedsHelp) return new(found.Code, reply.Answer, ReplyFate.Acted);
        return new(found.Code, reply.Answer, !found.IsOpen ? ReplyFate.Closed : reply.Answer is null ? ReplyFate.NoAnswer : ReplyFate.Acted);
    }

    private static string Say(Heard heard, IReadOnlyList<ToldCase> told) => heard.Fate switch
    {
        ReplyFate.Acted => heard.Answer switch
        {
            Answer.CannotCome => $"{heard.Code} 知道了,我们另找人,谢谢。",
            Answer.NeedsHelp => $"{heard.Code} 已收到,正在叫更多人,请留在那里。紧急请先拨120。",
            Answer.Safe => $"{heard.Code} 已收到,谢谢您。",
            _ => $"{heard.Code} 已收到,谢谢。看过后请再回复{heard.Code}{Menu}",
        },
        ReplyFate.Closed => $"{heard.Code} 已结束,谢谢。",
        ReplyFate.NoAnswer => $"{heard.Code} 怎么样了?请回复{heard.Code}{FullMenu}",
        ReplyFate.NotYours when OnlyOpen(told) is { } only => $"没有发给您的案件 {heard.Code}。请回复{only.Code}{FullMenu}",
        ReplyFate.NotYours => $"没有发给您的案件 {heard.Code}。请核对案件号。",
        ReplyFate.NoCase => "现在没有等您回复的案件。请写明短信中A开头的案件号。",
        ReplyFate.Several => $"您有{Codes(told.Where(one => one.IsOpen).Select(one => one.Code))},是哪一件?请回复案件号{FullMenu}",
        _ => $"看不懂。请回复{heard.Code ?? "案件号"}{FullMenu}",
    };

    private static ToldCase? OnlyOpen(IReadOnlyList<ToldCase> told) => told.Where(one => one.IsOpen).ToList() is [var only] ? only : null;

    private static string Codes(IEnumerable<string?> codes)
    {
        var all = codes.ToList();
        return string.Join('、', all.Take(2)) + (all.Count > 2 ? $"等{all.Count}件" : "");
    }
}
