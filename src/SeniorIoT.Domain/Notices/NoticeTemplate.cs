using System.Text.RegularExpressions;

namespace SeniorIoT.Domain.Notices;

/// <summary>
/// The form of a text, with places such as <c>${where}</c>. Networks of the mainland let through only forms that were registered
/// beforehand, with values in their places; so every text is one of these.
/// </summary>
/// <param name="Id">Its name in settings.</param>
/// <param name="Chinese">Its words in Chinese, without the signature.</param>
/// <param name="English">Its words in English.</param>
/// <param name="Purpose">When it is sent, for whoever registers it.</param>
public sealed partial record NoticeTemplate(string Id, string Chinese, string English, string Purpose)
{
    private const string ReplyChinese = "。回复${code}加1到场2平安3求助";
    private const string ReplyEnglish = " Reply ${code} 1go 2ok 3help";

    /// <summary>Anything that is no template of its own: what others tell, as it is.</summary>
    public static readonly NoticeTemplate Note = new("note", "${text}", "${text}", "answers to replies, that somebody has gone, monthly test texts");

    /// <summary>A finding that has no template of its own.</summary>
    public static readonly NoticeTemplate Finding = new(
        "finding", "${case} ${where} ${time}${what},请查看" + ReplyChinese, "${case} ${where} ${time} ${what}." + ReplyEnglish, "findings that an operator made urgent");

    /// <summary>A finding about the system itself.</summary>
    public static readonly NoticeTemplate System = new(
        "system", "${case} ${time}系统告警:${what},请看控制台系统页", "${case} ${time} system: ${what}. See the page System.", "findings about the platform itself");

    /// <summary>All of them, the most urgent first.</summary>
    public static IReadOnlyList<NoticeTemplate> All { get; } =
    [
        new("sos", "${case} ${where} ${time}按求助键,请马上上门" + ReplyChinese, "${case} ${where} ${time} SOS,go now." + ReplyEnglish, "an emergency button was pressed"),
        new("fall", "${case} ${where} ${time}可能跌倒,请马上上门" + ReplyChinese, "${case} ${where} ${time} fell? Go now." + ReplyEnglish, "the button felt a fall"),
        new("smoke", "火警${case} ${where} ${time}烟感报警,请马上到场并拨119" + ReplyChinese, "FIRE ${case} ${where} go,call 119." + ReplyEnglish, "a smoke detector rings"),
        new("no-water", "${case} ${where} ${hours}小时几乎没用水,请${until}前上门" + ReplyChinese, "${case} ${where} no water ${hours}h,by ${until}." + ReplyEnglish, "hardly any water was used for too long"),
        new("burst", "${case} ${where} ${time}水流异常大,请${until}前上门" + ReplyChinese, "${case} ${where} pipe burst,by ${until}." + ReplyEnglish, "very high flow"),
        Finding,
        System,
        Note,
    ];

    /// <summary>What each place holds and at most how many characters, for whoever registers the templates.</summary>
    public static IReadOnlyList<(string Name, string Meaning, int LengthMax)> Places { get; } =
    [
        ("case", "case code, from the second text on with its number, and who has gone", 24), ("where", "surname and door, as the reader knows it", 12), ("time", "when it happened, HH:mm", 5),
        ("hours", "hours without water", 4), ("until", "be there by, HH:mm", 5), ("what", "the finding in words", 12), ("code", "case code to answer with", 10), ("text", "the whole text", 58),
    ];

    /// <summary>Names of its places, in the order of the Chinese words, each once.</summary>
    public IReadOnlyList<string> Names => [.. Place().Matches(Chinese).Select(match => match.Groups[1].Value).Distinct()];

    /// <summary>The words in a language with the values in their places. A place without a value stays empty.</summary>
    public string Fill(string language, IReadOnlyDictionary<string, string> values) =>
        Place().Replace(language == Languages.English ? English : Chinese, match => values.GetValueOrDefault(match.Groups[1].Value, ""));

    /// <summary>The template of an id; <see cref="Note"/> when there is none.</summary>
    public static NoticeTemplate Of(string id) => All.FirstOrDefault(template => template.Id == id) ?? Note;

    [GeneratedRegex(@"\$\{([a-z]+)\}")]
    private static partial Regex Place();
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
