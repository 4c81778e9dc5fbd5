using System.Text;

namespace SeniorIoT.Domain.Notices;

/// <summary>
/// The form of a text, with places such as <c>${where}</c>. Networks of the mainland let through only forms that were registered
/// beforehand, with values in their places; so every text is one of these. What may be registered is narrow (Aliyun's rules for
/// notifications): each place once, words between any two of them, words beside them, and at most <see cref="PlaceLengthMax"/> characters in each.
/// </summary>
/// <param name="Id">Its name in settings.</param>
/// <param name="Chinese">Its words in Chinese, without the signature.</param>
/// <param name="English">Its words in English.</param>
/// <param name="Purpose">When it is sent, for whoever registers it.</param>
public sealed record NoticeTemplate(string Id, string Chinese, string English, string Purpose)
{
    /// <summary>Most characters that a place may hold.</summary>
    public const int PlaceLengthMax = 35;

    private const string Opening = "${";
    private const char Closing = '}';
    private const string ReplyChinese = "。回复${code}加${menu}";
    private const string ReplyEnglish = " Reply ${code} ${menu}";

    /// <summary>Anything that is no template of its own: what others tell, in a few words.</summary>
    public static readonly NoticeTemplate Note = new("note", "通知:${text}", "${text}", "answers to replies, monthly test texts");

    /// <summary>The same in more words than one place holds: parted at a mark of the sentence, which is the semicolon then.</summary>
    public static readonly NoticeTemplate LongNote = new("note-long", "通知:${text};${more}", "${text} ${more}", "longer answers, that somebody has gone");

    /// <summary>A finding that has no template of its own.</summary>
    public static readonly NoticeTemplate Finding = new(
        "finding", "${case},${where},${time}发现${what},请查看" + ReplyChinese, "${case} ${where} ${time} ${what}." + ReplyEnglish, "findings that an operator made urgent");

    /// <summary>A finding about the system itself.</summary>
    public static readonly NoticeTemplate System = new(
        "system", "${case},${time}系统告警:${what},请看控制台系统页", "${code} ${time} system: ${what}. See the page System. ${case}", "findings about the platform itself");

    /// <summary>Somebody at the door, or at an incident, asks for help.</summary>
    public static readonly NoticeTemplate Help = new(
        "help", "${case},${where},${who}在现场求助,请马上去" + ReplyChinese, "${case} ${where} ${who} needs help, go." + ReplyEnglish, "somebody who is there asks for help");

    /// <summary>Many homes at once.</summary>
    public static readonly NoticeTemplate Incident = new(
        "incident", "${case},${where},${time}已有${homes}户${what},请核实" + ReplyChinese, "${case} ${where} ${time} ${homes} homes ${what}." + ReplyEnglish, "many homes of one place report the same");

    /// <summary>All of them, the most urgent first.</summary>
    public static IReadOnlyList<NoticeTemplate> All { get; } =
    [
        new("sos", "${case},${where},${time}按求助键,请马上上门" + ReplyChinese, "${case} ${where} ${time} SOS! Go now." + ReplyEnglish, "an emergency button was pressed"),
        new("fall", "${case},${where},${time}可能跌倒,请马上上门" + ReplyChinese, "${case} ${where} ${time} fell? Go now." + ReplyEnglish, "the button felt a fall"),
        new("smoke", "火警${case},${where},${time}烟感报警,到场并拨119" + ReplyChinese, "${case} FIRE ${where} ${time} call 119." + ReplyEnglish, "a smoke detector rings"),
        new("no-water", "${case},${where},${hours}小时几乎没用水,请${until}前上门" + ReplyChinese, "${case} ${where} no water ${hours}h,by ${until}." + ReplyEnglish, "hardly any water was used for too long"),
        new("burst", "${case},${where},${time}水流异常大,请${until}前上门" + ReplyChinese, "${case} ${where} pipe burst,by ${until}." + ReplyEnglish, "very high flow"),
        Help,
        Finding,
        Incident,
        System,
        Note,
        LongNote,
    ];

    /// <summary>What each place holds and at most how many characters, for whoever registers the templates.</summary>
    public static IReadOnlyList<(string Name, string Meaning, int LengthMax)> Places { get; } =
    [
        ("case", "case code, from the second text on with its number, and who has gone", 24), ("where", "surname and door, as the reader knows it", 15), ("time", "when it happened, HH:mm", 5),
        ("hours", "hours without water", 4), ("until", "be there by, HH:mm", 5), ("what", "the finding in words", 12), ("code", "case code to answer with", 10),
        ("who", "whoever asks for help", 6), ("homes", "how many homes", 7),
        ("menu", "the digits of answers with their meanings", 13), ("text", "what is told", PlaceLengthMax), ("more", "the rest of it", PlaceLengthMax),
    ];

    /// <summary>Names of its places, in the order of the Chinese words, each once.</summary>
    public IReadOnlyList<string> Names => [.. Chinese.Split(Opening).Skip(1).Select(part => part[..part.IndexOf(Closing)]).Distinct()];

    /// <summary>The words in a language with the values in their places. A place without a value stays empty.</summary>
    public string Fill(string language, IReadOnlyDictionary<string, string> values)
    {
        var parts = (language == Languages.English ? English : Chinese).Split(Opening);
        var text = new StringBuilder(parts[0]);
        foreach (var part in parts.AsSpan(1))
        {
            var end = part.IndexOf(Closing);
            text.Append(values.GetValueOrDefault(part[..end], "")).Append(part, end + 1, part.Length - end - 1);
        }

        return text.ToString().Trim();
    }

    /// <summary>
    /// A text that is none of the others as a note, with its values; a long one is parted at the mark next to its middle that leaves no part longer
    /// than a place holds, else in the middle. What is over two places is cut: the caller keeps texts to one segment.
    /// </summary>
    public static (NoticeTemplate Template, IReadOnlyDictionary<string, string> Values) NoteOf(string text)
    {
        if (text.Length <= PlaceLengthMax) return (Note, new Dictionary<string, string> { ["text"] = text });
        var half = text.Length / 2;
        var mark = Enumerable.Range(1, text.Length - 2).Where(i => ",。;、! ".Contains(text[i]) && i <= PlaceLengthMax && text.Length - i - 1 <= PlaceLengthMax)
            .OrderBy(i => text[i] switch { '。' or ';' or '!' => 0, ' ' => 2, _ => 1 }).ThenBy(i => Math.Abs(i - half)).Cast<int?>().FirstOrDefault();
        var (first, more) = mark is { } at ? (text[..at], text[(at + 1)..])
            : (text[..Math.Min(PlaceLengthMax, half)], text[Math.Min(PlaceLengthMax, half)..Math.Min(text.Length, half + PlaceLengthMax)]);
        return (LongNote, new Dictionary<string, string> { ["text"] = first, ["more"] = more });
    }

    /// <summary>The template of an id; <see cref="Note"/> when there is none.</summary>
    public static NoticeTemplate Of(string id) => All.FirstOrDefault(template => template.Id == id) ?? Note;
}

/// <summary>Languages of texts.</summary>
public static class Languages
{
    /// <summary>The default.</summary>
    public const string Chinese = "zh";

    /// <summary>English.</summary>
    public const string English = "en";

    /// <summary>Both.</summary>
    public static IReadOnlyList<string> All { get; } = [Chinese, English];
}

/// <summary>A text with what it was made of.</summary>
/// <param name="Text">The whole text, with its signature.</param>
/// <param name="Template">Id of its <see cref="NoticeTemplate"/>.</param>
/// <param name="Values">What stands in the places.</param>
public sealed record NoticeWords(string Text, string Template, IReadOnlyDictionary<string, string> Values);
