using System.Globalization;
using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Notices;

/// <summary>
/// The text of an SMS: one segment of at most 70 UCS-2 characters with its signature, in either language, because names are Chinese in
/// both. It says where in the reader's own terms (surname and door, which a paired volunteer knows; never the street, so that a lost
/// phone is no list of homes), what, until when, and how to answer. It never says that somebody lives alone, holds no address of the
/// web, and no two texts about one alert are the same, because networks drop the same text sent twice. When not all fits, it goes without what
/// <see cref="Shorter"/> leaves out first; the door, what happened and the case code are always whole.
/// </summary>
public static class NoticeText
{
    /// <summary>Characters in one UCS-2 segment.</summary>
    public const int LengthMax = 70;

    /// <summary>Characters of a signature, without its brackets.</summary>
    public const int SignatureLengthMax = 8;

    /// <summary>Characters of a door: building, entrance and room of the largest estates.</summary>
    public const int DoorLengthMax = 12;

    /// <summary>The digits of answers, in Chinese.</summary>
    public const string Menu = "1到场2平安3求助";

    /// <summary>The same with 0, that one cannot come.</summary>
    public const string FullMenu = Menu + "0不能去";

    private const string MenuEnglish = "1go 2ok 3help";
    private const string FullMenuEnglish = MenuEnglish + " 0no";
    private const char GoneMark = ':';
    private const int GoneLengthMax = 6;
    private static readonly TimeSpan VisitWithin = TimeSpan.FromMinutes(15);

    /// <summary>The text for <paramref name="step"/> of the ladder, sent at <paramref name="now"/>, with times on the clocks of <paramref name="zone"/>.</summary>
    public static string Sms(Alert alert, int step, DateTimeOffset now, TimeZoneInfo zone, string language = Languages.Chinese) =>
        Of(alert, step, now, zone, language).Text;

    /// <summary>As <see cref="Sms"/>, with the template and its values, which some providers want.</summary>
    public static NoticeWords Of(Alert alert, int step, DateTimeOffset now, TimeZoneInfo zone, string language)
    {
        var template = alert.Rule.Scope == RuleScope.System ? NoticeTemplate.System
            : NoticeTemplate.All.FirstOrDefault(template => template.Id == alert.Rule.Id) ?? NoticeTemplate.Finding;
        var hours = Math.Min(9999, Math.Floor(alert.Evidence.CoveredHours ?? 0));
        var values = new Dictionary<string, string>
        {
            ["code"] = alert.Id.Value,
            ["case"] = Case(alert, step, language),
            ["time"] = Clock(alert.OccurredAt, zone),
            ["until"] = Clock(now + VisitWithin, zone),
            ["hours"] = hours.ToString(CultureInfo.InvariantCulture),
            ["what"] = RuleWords.Of(alert.Rule, language),
            ["where"] = Where(alert.Place),
            ["menu"] = MenuOf(language),
        };
        if (step > 0) values["case"] += Gone(alert, language);
        return Sign(alert.Rule.Scope == RuleScope.System ? "SeniorIoT" : Cut(alert.Place.SubDistrict, SignatureLengthMax), template, language, values);
    }

    /// <summary>A text of one segment, with its signature. What does not fit goes as <see cref="Shorter"/> says, then from the signature, then from the place.</summary>
    internal static NoticeWords Sign(string signature, NoticeTemplate template, string language, IReadOnlyDictionary<string, string> values)
    {
        var fitting = Fit(template, language, values, LengthMax - signature.Length - 2);
        var text = template.Fill(language, fitting);
        if (text.Length + signature.Length + 2 > LengthMax) signature = Cut(signature, Math.Max(0, LengthMax - 2 - text.Length));
        if (text.Length > LengthMax - 2)
        {
            fitting = Squeeze(template, language, values, LengthMax - 2);
            text = template.Fill(language, fitting);
        }

        var names = template.Names;
        return new($"【{signature}】{text}", template.Id, fitting.Where(value => names.Contains(value.Key)).ToDictionary());
    }

    /// <summary>The fullest values of a template with which it has at most <paramref name="lengthMax"/> characters; the shortest, when none has.</summary>
    public static IReadOnlyDictionary<string, string> Fit(NoticeTemplate template, string language, IReadOnlyDictionary<string, string> values, int lengthMax)
    {
        var shorter = Shorter(values).ToList();
        return shorter.FirstOrDefault(one => template.Fill(language, one).Length <= lengthMax) ?? shorter[^1];
    }

    /// <summary>As <see cref="Fit"/>; where even that is too long, without the guess at why, then with less of the place. Of an incident's the end is kept, which has the number.</summary>
    public static IReadOnlyDictionary<string, string> Squeeze(NoticeTemplate template, string language, IReadOnlyDictionary<string, string> values, int lengthMax)
    {
        var fitting = Fit(template, language, values, lengthMax);
        var over = template.Fill(language, fitting).Length - lengthMax;
        if (over > 0 && fitting.TryGetValue("what", out var what) && what.IndexOfAny([',', '(']) is > 0 and var guess)
        {
            fitting = new Dictionary<string, string>(fitting) { ["what"] = what[..guess].TrimEnd() };
            over = template.Fill(language, fitting).Length - lengthMax;
        }

        if (over <= 0 || !fitting.TryGetValue("where", out var where)) return fitting;
        var left = Math.Max(0, where.Length - over);
        return new Dictionary<string, string>(fitting) { ["where"] = template == NoticeTemplate.Incident || template == NoticeTemplate.Help ? End(where, left) : CutWhere(where, left) };
    }

    /// <summary>
    /// The values of a text, then with less and less in them: the digit 0, who has gone (then 0 has room again), and last the surname, because the
    /// door alone is enough to go to.
    /// </summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Shorter(IReadOnlyDictionary<string, string> values)
    {
        IReadOnlyDictionary<string, string> With(params (string Name, Func<string, string> Change)[] changes)
        {
            var less = new Dictionary<string, string>(values);
            foreach (var (name, change) in changes)
                if (less.TryGetValue(name, out var value)) less[name] = change(value);
            return less;
        }

        yield return values;
        yield return With(("menu", WithoutZero));
        yield return With(("case", WithoutGone));
        yield return With(("case", WithoutGone), ("menu", WithoutZero));
        yield return With(("case", WithoutGone), ("menu", WithoutZero), ("where", WithoutSurname));
    }

    /// <summary>Surname and the end of the address: <c>王家 38号1070室</c>.</summary>
    internal static string Where(Place place)
    {
        var surname = place.Resident.Length == 0 ? "" : place.Resident.EnumerateRunes().First() + "家";
        return $"{surname} {Door(place)}".Trim();
    }

    /// <summary>The end of the address, at most <see cref="DoorLengthMax"/> characters: <c>38号1070室</c>.</summary>
    internal static string Door(Place place)
    {
        var address = place.Address.Trim();
        var door = address[(address.LastIndexOfAny(['路', '弄', '街', '道', '村']) + 1)..].Trim();
        return CutWhere(door.Length == 0 ? address : door, DoorLengthMax);
    }

    /// <summary>At most so much of the end of a place. Half a number is a wrong place: rather none. Nor is a rare character cut in two.</summary>
    internal static string End(string text, int length)
    {
        if (text.Length <= length) return text;
        var from = text.Length - length;
        while (from < text.Length && (char.IsLowSurrogate(text[from]) || (char.IsAsciiLetterOrDigit(text[from]) && char.IsAsciiLetterOrDigit(text[from - 1])))) from++;
        return text[from..];
    }

    /// <summary>The digits of answers with their meanings; 0 goes where there is no room.</summary>
    internal static string MenuOf(string language) => language == Languages.English ? FullMenuEnglish : FullMenu;

    private static string WithoutZero(string menu) => menu switch { FullMenu => Menu, FullMenuEnglish => MenuEnglish, _ => menu };

    private static string WithoutGone(string @case) => @case.IndexOf(GoneMark) is >= 0 and var at ? @case[..at] : @case;

    private static string WithoutSurname(string where) => where.IndexOf("家 ", StringComparison.Ordinal) is >= 1 and <= 2 and var at ? where[(at + 2)..] : where;

    // From the second text on, its number: so no two are the same. In English the code stands where the answer is asked for only.
    private static string Case(Alert alert, int step, string language) =>
        language == Languages.English ? step == 0 ? "" : $"#{step + 1}" : step == 0 ? alert.Id.Value : $"{alert.Id} 第{step + 1}次";

    // Whoever is asked to go should know that he will not be alone.
    private static string Gone(Alert alert, string language)
    {
        if (alert.Dispatch is not { To.Length: > 0 } sent) return "";
        var who = Cut(sent.To, GoneLengthMax);
        return (language == Languages.English, sent.ArrivedAt is null) switch
        {
            (true, true) => $"{GoneMark}{who} goes",
            (true, false) => $"{GoneMark}{who} there",
            (false, true) => $"{GoneMark}{who}已去",
            (false, false) => $"{GoneMark}{who}已到",
        };
    }

    internal static string Clock(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("HH:mm", CultureInfo.InvariantCulture);

    // Half a number is a wrong door: rather none.
    private static string CutWhere(string text, int length)
    {
        var cut = Cut(text, Math.Max(0, length));
        if (cut.Length < text.Length && cut.Length > 0 && char.IsAsciiLetterOrDigit(text[cut.Length]))
            while (cut.Length > 0 && char.IsAsciiLetterOrDigit(cut[^1])) cut = cut[..^1];
        return cut.TrimEnd();
    }

    /// <summary>The beginning of a text, never between the halves of a rare character: a lone half is sent as a question mark.</summary>
    internal static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
