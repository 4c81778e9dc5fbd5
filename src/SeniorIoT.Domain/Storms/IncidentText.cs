using System.Globalization;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Domain.Storms;

/// <summary>The text of an incident: one segment, no person's name or door in it, and different each time, as those of alerts.</summary>
public static class IncidentText
{
    private const int SignatureLengthMax = 8;

    /// <summary>The text as of its last telling, sent at <paramref name="now"/>, with times on the clocks of <paramref name="zone"/>.</summary>
    public static string Sms(Incident incident, DateTimeOffset now, TimeZoneInfo zone)
    {
        var signature = incident.SubDistrict.Length == 0 ? "SeniorIoT" : Cut(incident.SubDistrict, SignatureLengthMax);
        var start = $"【{signature}】事件{incident.Id} ";
        var end = $" {TimeZoneInfo.ConvertTime(now, zone).ToString("HH:mm", CultureInfo.InvariantCulture)}已有{incident.Homes}户{What(incident.Family)},请核实并联系中心。";
        return start + Cut(Where(incident.Place), Math.Max(0, NoticeText.LengthMax - start.Length - end.Length)) + end;
    }

    private static string Where(StormPlace place) => place.Scope switch
    {
        StormScope.Gateway => $"网关{place.Name}",
        StormScope.District => "全区",
        _ => place.Name,
    };

    private static string What(string family) => family switch
    {
        StormTable.Silence => "设备失联,疑停电断网",
        StormTable.Water => "用水异常,疑供水故障",
        _ => $"同类告警 {family}",
    };

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
