using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SeniorIoT.Domain.Notices;

/// <summary>What somebody who was told of an alert answers. The first four are the digits of a text.</summary>
public enum Answer
{
    /// <summary>0: I cannot go.</summary>
    CannotCome,

    /// <summary>1: I am at the door.</summary>
    Here,

    /// <summary>2: seen, all is well.</summary>
    Safe,

    /// <summary>3: I need help here.</summary>
    NeedsHelp,

    /// <summary>No digit, words only: I am on my way.</summary>
    OnTheWay,
}

/// <summary>One case of a reply by text: which, and what is said of it.</summary>
/// <param name="Code">Case code, e.g. <c>A0427</c>; null: the text names none.</param>
/// <param name="Answer">What is said; null: nothing that can be understood, or two things that contradict each other.</param>
/// <param name="OtherCode">The code if its last digit was none of the answer's; null: there is no doubt.</param>
public sealed partial record Reply(string? Code, Answer? Answer, string? OtherCode = null)
{
    /// <summary>Codes that a number without a letter may also mean: an incident's, also with its I read as a one.</summary>
    public IReadOnlyList<string> Guesses { get; init; } = [];

    /// <summary>So much of a text is read.</summary>
    public const int ReadMax = 500;

    // With the end that newer texts have, also where a phone cut it off.
    private const string Menu = NoticeText.Menu + "(?:0不(?:能去?)?)?";

    /// <summary>
    /// Reads a text as people of 75 write it: <c>A0427 1</c>, <c>0427-1</c>, <c>Ａ０４２７　１</c>, <c>A0427 到了</c>, <c>2</c>, several cases in one
    /// text. Words of a question or behind a "not" are not believed, nor is a number with a unit (<c>2楼</c>). What our own texts say is cut out, so
    /// that a phone that sends them back answers nothing. Empty: nothing was understood.
    /// </summary>
    public static IReadOnlyList<Reply> Read(string text)
    {
        var left = Clean(text);
        var codes = CodeIn().Matches(left).Where(match => match.Groups["letter"].Success || !Unit().IsMatch(left[(match.Index + match.Length)..])).ToList();
        if (codes.Count == 0) return AnswerOf(left) is { } only ? [new(null, only)] : [];

        var replies = new List<Reply>();
        for (var i = 0; i < codes.Count; i++)
        {
            var from = codes[i].Index + codes[i].Length;
            var behind = left[from..(i + 1 < codes.Count ? codes[i + 1].Index : left.Length)];
            var before = i == 0 ? left[..codes[0].Index] : "";
            var said = AnswerOf(" " + behind.TrimStart(' ', ':', '/')) ?? (IsSilent(behind) ? AnswerOf(before) : null);
            replies.Add(Of(codes[i].Groups["letter"].Value, codes[i].Groups["digits"].Value, said, isAlone: codes.Count == 1 && IsSilent(behind)));
        }

        // "A0427 A0428 2": what is said of the last is said of all before it that nothing else was said of.
        for (var i = replies.Count - 2; i >= 0; i--)
            if (replies[i].Answer is null && IsSilent(left[(codes[i].Index + codes[i].Length)..codes[i + 1].Index])) replies[i] = replies[i] with { Answer = replies[i + 1].Answer };

        // "A0427 1 A0427 3": whatever is said of a case counts, above all that help is needed.
        return [.. replies.GroupBy(reply => reply.Code).Select(one => one.Count() == 1 ? one.First()
            : one.First() with { Answer = Together([.. one.Select(reply => reply.Answer).OfType<Answer>()]) })];
    }

    /// <summary>Whether a text is only one of ours that came back: it is not answered, for two machines would never end.</summary>
    public static bool IsEcho(string text) => text.Trim().Length > 0 && Clean(text).Trim().Length == 0;

    /// <summary>What a person wrote beside code and digit; empty when nothing.</summary>
    public static string OwnWords(string text)
    {
        var written = Ours().Replace(text.Length > ReadMax ? text[..ReadMax] : text, " ").Trim();
        return CodeIn().Replace(Clean(written), "").Count(char.IsLetter) > 1 ? written : "";
    }

    // The last digit of a code may be the answer, when nothing else is said: no code of five digits begins with 0.
    private static Reply Of(string letter, string digits, Answer? said, bool isAlone)
    {
        var kind = letter.StartsWith('A') || letter.Length == 0 ? "A" : "I";
        var code = kind + digits.PadLeft(4, '0');
        IReadOnlyList<string> guesses = letter.Length > 0 ? [] : digits[0] == '1' && digits.Length > 4 ? ["I" + digits, "I" + digits[1..]] : ["I" + digits.PadLeft(4, '0')];
        if (digits.Length < 5 || digits[^1] > '3' || (said is not null && digits[0] != '0') || (!isAlone && digits[0] != '0')) return new(code, said) { Guesses = guesses };
        return new(kind + digits[..^1], said ?? (Answer)(digits[^1] - '0'), digits[0] == '0' ? null : code) { Guesses = guesses.Count == 1 ? ["I" + digits[..^1]] : guesses };
    }

    private static string Clean(string text)
    {
        var narrow = new StringBuilder();
        foreach (var c in text.Length > ReadMax ? text[..ReadMax] : text)
        {
            // Keyboards leave marks that nobody sees.
            if (char.GetUnicodeCategory(c) == UnicodeCategory.Format) continue;
            narrow.Append(c switch
            {
                >= '！' and <= '～' => (char)(c - '！' + '!'),
                >= '①' and <= '③' => (char)(c - '①' + '1'),
                '⓪' or '〇' => '0',
                '　' => ' ',
                _ => c,
            });
        }

        return Ours().Replace(narrow.ToString(), " ").ToUpperInvariant();
    }

    private static Answer? AnswerOf(string words)
    {
        var (digits, said) = (new HashSet<Answer>(), new HashSet<Answer>());
        foreach (Match digit in Digit().Matches(words)) digits.Add((Answer)(digit.Value[0] - '0'));
        if (Numeral().Match(words) is { Success: true, Value: [var numeral, ..] }) digits.Add((Answer)"零一二三".IndexOf(numeral, StringComparison.Ordinal));
        var left = words;
        foreach (var (pattern, meaning) in Words)
        {
            if (meaning is { } meant && pattern.IsMatch(left)) said.Add(meant);
            left = pattern.Replace(left, " ");
        }

        // "1 我在路上": who says so is not there yet.
        if (said.Contains(Notices.Answer.OnTheWay) && !said.Contains(Notices.Answer.Here)) digits.Remove(Notices.Answer.Here);
        return Together([.. said, .. digits]);
    }

    // Help is believed whatever stands beside it. Somebody cannot be at the door and unable to go.
    private static Answer? Together(HashSet<Answer> said)
    {
        if (said.Contains(Notices.Answer.NeedsHelp)) return Notices.Answer.NeedsHelp;
        if (said.Count > 1) said.Remove(Notices.Answer.OnTheWay);
        if (said.Count > 1 && said.Contains(Notices.Answer.Safe)) said.Remove(Notices.Answer.Here);
        return said.Count == 1 ? said.First() : null;
    }

    private static bool IsSilent(string between) => between.All(c => !char.IsLetterOrDigit(c) || c is '和' or '与' or '跟' or '、');

    /// <summary>In this order; what a pattern took is gone for those below it.</summary>
    private static readonly (Regex Pattern, Answer? Meaning)[] Words =
    [
        (NotMeant(), null), (Asked(), null), (Help(), Notices.Answer.NeedsHelp), (Cannot(), Notices.Answer.CannotCome), (Coming(), Notices.Answer.OnTheWay),
        (Well(), Notices.Answer.Safe), (NotThere(), null), (There(), Notices.Answer.Here),
    ];

    // A quoted text of ours ends with how to answer, or at the end of its line.
    [GeneratedRegex($@"【[^\n]*?(?:{Menu}|1go 2ok 3help(?: 0no?)?)|【[^\n]*|回复\S{{0,8}}?加\s*{Menu}|紧急请先拨120", RegexOptions.IgnoreCase)]
    private static partial Regex Ours();

    [GeneratedRegex(@"(?<letter>(?<![A-Z])[AIL][\s\-_#.]{0,2})(?<digits>\d{1,9})(?!\d)|(?<![\d:.A-Z])(?<digits>\d{4,7})(?![\d:.])")]
    private static partial Regex CodeIn();

    [GeneratedRegex(@"^\s*[楼层号室弄路点分秒个小天月日年岁人元次度米位级栋]")]
    private static partial Regex Unit();

    [GeneratedRegex(@"(?<=^|[\s,.;!,。;!、()""'\-_#+*]|[加选择按回复答是])[0-3](?![\d:%\-]|\.\d|(?!(?:GO|OK|HELP|NO)(?![A-Z]))[A-Z])(?!\s*[楼层号室弄路点分秒个小天月日年岁人元次度米位级栋下会])")]
    private static partial Regex Digit();

    [GeneratedRegex(@"(?<=^[\s,.!、]*)[零一二三](?=[\s,.!。、]*$)")]
    private static partial Regex Numeral();

    [GeneratedRegex(@"求[助救]键|求[助救]按钮|紧急按钮|(?:不用|不需要?|无需|不必|没有|没)(?:再)?(?:求助|帮[忙助]|支援|[晕昏摔跌]倒|受伤|流血|出事)")]
    private static partial Regex NotMeant();

    [GeneratedRegex(@"是[否不]?是?\S{0,3}(?:平安|安全|没事|正常|到[场了]?)|(?:平安|安全|没事|正常|到场|到|好|求助|帮忙)了?(?:吗|么|没有|\?)")]
    private static partial Regex Asked();

    [GeneratedRegex(
        @"求[助救]|救命|帮[忙助帮]|支援|救护车|(?<!\d)1(?:20|19)(?!\d)|[晕昏摔跌]倒|[摔跌](?:了|跤)|倒地|昏迷|不省人事|受伤|流血|[没无]有?人?(?:反应|应[门声答]?|开门)|不应[门声]|敲不开|门打?不开|叫不[应醒开]|不开门|不(?:平安|安全|正常|行了|好了)|不太好|出事|\bHELP\b|\bSOS\b")]
    private static partial Regex Help();

    [GeneratedRegex(@"[去来到赶]不[了成到]|不能[去来到]|没法[去来到]|没[空时]间?|不[去来]了?|不方便|在外地|CAN'?T|CANNOT")]
    private static partial Regex Cannot();

    [GeneratedRegex(@"马上就?[到去来]|这就[去来]|就[到去来]|快到|路上|出发|我[去来]|赶过?[去来]|过去|ON MY WAY|\bOMW\b|\bCOMING\b")]
    private static partial Regex Coming();

    [GeneratedRegex(@"平安|没事|无事|没问题|安全|安好|[都很挺蛮]好|正常|误[按报碰]|按错|\bSAFE\b")]
    private static partial Regex Well();

    [GeneratedRegex(@"[没未不]有?到|才到|刚知道")]
    private static partial Regex NotThere();

    [GeneratedRegex(@"到场|到达|已到|到了|到[门现]|在门口|在现场|我到|^[\s,。.!、]*到[\s,。.!、]*$|\bARRIVED\b|\bHERE\b|AT THE DOOR")]
    private static partial Regex There();
}
