using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Domain.Storms;

/// <summary>
/// The texts of an incident: one segment, no person's name or door in it but of whoever asks for help, and different each time, as those of alerts. They end with how to
/// answer, so that a phone that sends one back answers nothing (see <see cref="Reply.IsEcho"/>).
/// </summary>
public static class IncidentText
{
    private const int WhereLengthMax = 14;
    private const int NameLengthMax = 6;

    /// <summary>The text as of its last telling, sent at <paramref name="now"/>, with times on the clocks of <paramref name="zone"/>.</summary>
    public static NoticeWords Of(Incident incident, DateTimeOffset now, TimeZoneInfo zone, string language = Languages.Chinese) => Sign(incident, NoticeTemplate.Incident, language, new()
    {
        ["case"] = (incident.Step, language == Languages.English) switch
        {
            (0, false) => incident.Id,
            (0, true) => "",
            (var step, false) => $"{incident.Id}第{step + 1}次",
            (var step, true) => $"#{step + 1}",
        },
        ["time"] = NoticeText.Clock(now, zone),
        ["homes"] = incident.Homes.ToString(CultureInfo.InvariantCulture),
        ["what"] = What(incident.Family, language),
    });

    /// <summary>What a call for help from there says.</summary>
    public static NoticeWords Help(Incident incident, string by, DateTimeOffset now, TimeZoneInfo zone, string language = Languages.Chinese) => Sign(incident, NoticeTemplate.Help, language, new()
    {
        ["case"] = language == Languages.English ? NoticeText.Clock(now, zone) : $"{incident.Id} {NoticeText.Clock(now, zone)}",
        ["who"] = NoticeText.Cut(by, NameLengthMax),
    });

    private static NoticeWords Sign(Incident incident, NoticeTemplate template, string language, Dictionary<string, string> values)
    {
        (values["code"], values["menu"]) = (incident.Id, NoticeText.MenuOf(language));
        values["where"] = NoticeText.End(Where(incident.Place, language), WhereLengthMax);
        return NoticeText.Sign(incident.SubDistrict.Length == 0 ? "SeniorIoT" : NoticeText.Cut(incident.SubDistrict, NoticeText.SignatureLengthMax), template, language, values);
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
