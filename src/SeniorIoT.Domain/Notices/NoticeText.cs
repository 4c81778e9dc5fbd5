using System.Globalization;
using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Notices;

/// <summary>
/// The text of an SMS: one segment of at most 70 UCS-2 characters with its signature. It says where in the reader's own terms
/// (surname and door, which a paired volunteer knows; never the street, so that a lost phone is no list of homes), what, until
/// when, and how to answer. It never says that somebody lives alone, and no two texts about one alert are the same, because
/// networks drop the same text sent twice.
/// </summary>
public static class NoticeText
{
    /// <summary>Characters in one UCS-2 segment.</summary>
    public const int LengthMax = 70;

    private const int WhereLengthMax = 10;
    private const int SignatureLengthMax = 8;

    /// <summary>The text for <paramref name="step"/> of the ladder, sent at <paramref name="now"/>, with times on the clocks of <paramref name="zone"/>.</summary>
    public static string Sms(Alert alert, int step, DateTimeOffset now, TimeZoneInfo zone)
    {
        var again = step == 0 ? "" : $"第{step + 1}次通知 ";
        if (alert.Rule.Scope == RuleScope.System) return $"【SeniorIoT】{alert.Id} {again}{Clock(alert.OccurredAt, zone)}系统告警 {alert.Rule.Id},请看控制台的系统页";
        var start = $"【{Cut(alert.Place.SubDistrict, SignatureLengthMax)}】{Kind(alert.Rule)}{alert.Id} {again}";
        var end = $" {What(alert, now, zone)}。回复{alert.Id}加1到场2平安3求助";
        // What and how to answer are never cut; where is, because the reader knows the door from the surname.
        return start + Cut(Where(alert.Place), Math.Max(0, LengthMax - start.Length - end.Length)) + end;
    }

    /// <summary>Surname and the end of the address: <c>王家 38号1070室</c>.</summary>
    internal static string Where(Place place)
    {
        var surname = place.Resident.Length == 0 ? "" : place.Resident.EnumerateRunes().First() + "家";
        var start = place.Address.LastIndexOfAny(['路', '弄', '街', '道', '村']) + 1;
        var door = place.Address[start..].Trim();
        return Cut($"{surname} {(door.Length == 0 ? place.Address : door)}".Trim(), WhereLengthMax + surname.Length);
    }

    private static string Kind(Rule rule) => rule == Rule.Smoke ? "火警" : "";

    private static string What(Alert alert, DateTimeOffset now, TimeZoneInfo zone)
    {
        var at = Clock(alert.OccurredAt, zone);
        if (alert.Rule == Rule.Sos) return $"{at}按求助键,请马上上门";
        if (alert.Rule == Rule.Fall) return $"{at}可能跌倒,请马上上门";
        if (alert.Rule == Rule.Smoke) return $"{at}烟感报警,请马上到场并拨119";
        if (alert.Rule == Rule.NoWater)
            return $"{Math.Floor(alert.Evidence.CoveredHours ?? 0).ToString(CultureInfo.InvariantCulture)}小时几乎没用水,请{Clock(now + TimeSpan.FromMinutes(15), zone)}前上门";
        if (alert.Rule == Rule.Burst) return $"{at}水流异常大,请{Clock(now + TimeSpan.FromMinutes(15), zone)}前上门";
        return $"{at} {alert.Rule.Id},请查看";
    }

    private static string Clock(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("HH:mm", CultureInfo.InvariantCulture);

    // Never between the halves of a rare character: a lone half is sent as a question mark.
    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
