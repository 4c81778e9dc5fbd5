namespace SeniorIoT.Domain.Notices;

/// <summary>Phone numbers as people write them, and as networks want them.</summary>
public static class PhoneNumber
{
    /// <summary>
    /// The number in E.164, or null when it cannot be one. Blanks, hyphens and brackets are ignored; a number without a country
    /// code is a Chinese one (a trunk 0 is dropped), also a mobile number with 86 before it and no plus sign. ITU-T E.164 allows at most 15 digits.
    /// </summary>
    public static string? ToE164(string written)
    {
        var digits = string.Concat(written.Where(char.IsAsciiDigit));
        var number = written.TrimStart().StartsWith('+') ? digits
            : digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..]
            : digits is ['8', '6', '1', ..] and { Length: 13 } ? digits
            : "86" + digits.TrimStart('0');
        return number.Length is >= 8 and <= 15 ? "+" + number : null;
    }

    /// <summary>
    /// Whether a number in E.164 is a landline or a service number, which takes no texts. Only Chinese numbers tell: mobile ones are 1, 3 to 9 and nine
    /// more digits. Of other countries' numbers nothing is said.
    /// </summary>
    public static bool IsLandline(string number) =>
        number.StartsWith("+86", StringComparison.Ordinal) && !(number.Length == 14 && number[3] == '1' && number[4] is >= '3' and <= '9');
}
