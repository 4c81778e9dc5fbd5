using System.Globalization;
using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Notices;

/// <summary>
/// The text of an SMS: one segment of at most 70 UCS-2 characters with its signature, in either language, because names are Chinese in
/// both. It says where in the reader's own terms (surname and door, which a paired volunteer knows; never the street, so that a lost
/// phone is no list of homes), what, until when, and how to answer. It never says that somebody lives alone, holds no address of the
/// web, and no two texts about one alert are the same, because networks drop the same text sent twice.
/// </summary>
public static class NoticeText
{
    /// <summary>Characters in one UCS-2 segment.</summary>
    public const int LengthMax = 70;

    /// <summary>Characters of a signature, without its brackets.</summary>
    public const int SignatureLengthMax = 8;

    private const int WhereLengthMax = 10;
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
            ["where"] = "",
        };
        // What and how to answer are never cut. Where is, because the reader knows the door from the surname; then the signature.
        var (signature, where) = (alert.Rule.Scope == RuleScope.System ? "SeniorIoT" : Cut(alert.Place.SubDistrict, SignatureLengthMax), Where(alert.Place));
        var left = LengthMax - template.Fill(language, values).Length;
        values["where"] = CutWhere(where, left - signature.Length - 2);
        var gone = Gone(alert, language);
        if (step > 0 && values["where"].Length == where.Length && left - signature.Length - 2 - where.Length >= gone.Length) values["case"] += gone;
        signature = Cut(signature, Math.Max(0, left - 2));
        return new($"【{signature}】{template.Fill(language, values)}", template.Id, values.Where(value => template.Names.Contains(value.Key)).ToDictionary());
    }

    /// <summary>Surname and the end of the address: <c>王家 38号1070室</c>.</summary>
    internal static string Where(Place place)
    {
        var surname = place.Resident.Length == 0 ? "" : place.Resident.EnumerateRunes().First() + "家";
        var start = place.Address.LastIndexOfAny(['路', '弄', '街', '道', '村']) + 1;
        var door = place.Address[start..].Trim();
        return CutWhere($"{surname} {(door.Length == 0 ? place.Address : door)}".Trim(), WhereLengthMax + surname.Length);
    }

    // From the second text on, its number: so no two are the same.
    private static string Case(Alert alert, int step, string language) =>
        step == 0 ? alert.Id.Value : language == Languages.English ? $"{alert.Id} #{step + 1}" : $"{alert.Id} 第{step + 1}次";

    // Whoever is asked to go should know that he will not be alone.
    private static string Gone(Alert alert, string language)
    {
        if (alert.Dispatch is not { To.Length: > 0 } sent) return "";
        var who = Cut(sent.To, GoneLengthMax);
        return (language == Languages.English, sent.ArrivedAt is null) switch
        {
            (true, true) => $" {who} goes",
            (true, false) => $" {who} there",
            (false, true) => $" {who}已去",
            (false, false) => $" {who}已到",
        };
    }

    private static string Clock(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("HH:mm", CultureInfo.InvariantCulture);

    // Half a number is a wrong door: rather none.
    private static string CutWhere(string text, int length)
    {
        var cut = Cut(text, Math.Max(0, length));
        if (cut.Length < text.Length && cut.Length > 0 && char.IsAsciiLetterOrDigit(text[cut.Length]))
            while (cut.Length > 0 && char.IsAsciiLetterOrDigit(cut[^1])) cut = cut[..^1];
        return cut.TrimEnd();
    }

    // Never between the halves of a rare character: a lone half is sent as a question mark.
    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
