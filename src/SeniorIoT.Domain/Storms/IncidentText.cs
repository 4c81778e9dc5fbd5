using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Domain.Storms;

/// <summary>
/// The texts of an incident: one segment, no person's name or door in it, and different each time, as those of alerts. They end with how to
/// answer, so that a phone that sends one back answers nothing (see <see cref="Reply.IsEcho"/>).
/// </summary>
public static class IncidentText
{
    private const int WhereLengthMax = 14;
    private const int NameLengthMax = 6;

    /// <summary>The text as of its last telling, sent at <paramref name="now"/>, with times on the clocks of <paramref name="zone"/>.</summary>
    public static string Sms(Incident incident, DateTimeOffset now, TimeZoneInfo zone, string language = Languages.Chinese)
    {
        var clock = TimeZoneInfo.ConvertTime(now, zone).ToString("HH:mm", CultureInfo.InvariantCulture);
        return language == Languages.English
            ? Fit(incident, "", $"{(incident.Step == 0 ? "" : $" #{incident.Step + 1}")} {clock} {incident.Homes} homes {What(incident.Family, language)}. Reply {incident.Id} 1go 2ok 3help", language)
            : Fit(incident, incident.Step == 0 ? $"{incident.Id} " : $"{incident.Id}第{incident.Step + 1}次 ", $" {clock}已有{incident.Homes}户{What(incident.Family, language)},请核实。回复{incident.Id}加1到场2平安3求助", language);
    }

    /// <summary>What a call for help from there says.</summary>
    public static string Help(Incident incident, string by, DateTimeOffset now, TimeZoneInfo zone, string language = Languages.Chinese)
    {
        var (who, clock) = (by[..Math.Min(by.Length, NameLengthMax)], TimeZoneInfo.ConvertTime(now, zone).ToString("HH:mm", CultureInfo.InvariantCulture));
        return language == Languages.English
            ? Fit(incident, "", $" {clock} {who} needs help, go. Reply {incident.Id} 1go 2ok 3help", language)
            : Fit(incident, incident.Id + " ", $" {clock}{who}在现场求助,请马上去。回复{incident.Id}加1到场2平安3求助", language);
    }

    // Where gives way before what and how to answer, and the signature before both. Of a long address the end is kept: it has the number.
    private static string Fit(Incident incident, string start, string end, string language)
    {
        var left = NoticeText.LengthMax - start.Length - end.Length - 2;
        var where = End(Where(incident.Place, language), Math.Clamp(left, 0, WhereLengthMax));
        var signature = incident.SubDistrict.Length == 0 ? "SeniorIoT" : incident.SubDistrict;
        signature = signature[..Math.Min(signature.Length, Math.Clamp(left - where.Length, 0, (incident.SubDistrict.Length == 0 ? signature.Length : NoticeText.SignatureLengthMax)))];
        return $"【{signature}】{start}{where}{end}";
    }

    // Half a number is a wrong place: rather none. Nor is a rare character cut in two.
    private static string End(string text, int length)
    {
        if (text.Length <= length) return text;
        var from = text.Length - length;
        while (from < text.Length && (char.IsLowSurrogate(text[from]) || (char.IsAsciiLetterOrDigit(text[from]) && char.IsAsciiLetterOrDigit(text[from - 1])))) from++;
        return text[from..];
    }

    private static string Where(StormPlace place, string language) => (place.Scope, language == Languages.English) switch
    {
        (StormScope.Gateway, false) => $"网关{place.Name}",
        (StormScope.Gateway, true) => $"gateway {place.Name}",
        (StormScope.District, false) => "全区",
        (StormScope.District, true) => "district",
        _ => place.Name,
    };

    private static string What(string family, string language) => (family, language == Languages.English) switch
    {
        (StormTable.Silence, false) => "设备失联,疑停电断网",
        (StormTable.Silence, true) => "silent (power?)",
        (StormTable.Water, false) => "用水异常,疑供水故障",
        (StormTable.Water, true) => "water (main?)",
        _ => RuleWords.Of(Rule.Parse(family), language),
    };
}
