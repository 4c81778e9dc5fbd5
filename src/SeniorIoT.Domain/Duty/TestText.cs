using System.Globalization;

namespace SeniorIoT.Domain.Duty;

/// <summary>A text a month to everybody who may be told, so that a dead number is found before an emergency finds it. It asks nothing.</summary>
public static class TestText
{
    /// <summary>First hour of the day in which it is sent, on the district's clock.</summary>
    public const int FirstHour = 9;

    /// <summary>Hour from which it is not sent any more.</summary>
    public const int LastHour = 18;

    // Days that every month has.
    private const int Days = 28;
    private const int SignatureLengthMax = 8;

    /// <summary>The text of a month: at most 70 characters with its signature, another one each month, and no word about anybody.</summary>
    public static string Of(int year, int month, string subDistrict)
    {
        var signature = subDistrict.Length > SignatureLengthMax ? subDistrict[..SignatureLengthMax] : subDistrict;
        return string.Create(CultureInfo.InvariantCulture, $"【{(signature.Length == 0 ? "SeniorIoT" : signature)}】{year}年{month}月短信测试:收到即可,不用回复。应急通知也会这样发给您,谢谢。");
    }

    /// <summary>
    /// When in its month a number is tested: on one of 28 days, between nine and six. Numbers are spread evenly, and each keeps its time, so that a test
    /// never comes twice within a few days.
    /// </summary>
    public static DateTimeOffset DueAt(string number, int year, int month, TimeZoneInfo zone)
    {
        // The same in every process, which GetHashCode is not.
        var turn = number.Aggregate(17u, (sum, letter) => unchecked((sum * 31) + letter)) * 2_654_435_761u;
        var minute = (int)(turn % (uint)(Days * (LastHour - FirstHour) * 60));
        var (day, inDay) = Math.DivRem(minute, (LastHour - FirstHour) * 60);
        return Households.LocalTime.At(new DateOnly(year, month, day + 1), new TimeOnly(FirstHour, 0).AddMinutes(inDay), zone);
    }
}
