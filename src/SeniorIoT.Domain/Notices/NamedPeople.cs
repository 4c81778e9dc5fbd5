namespace SeniorIoT.Domain.Notices;

/// <summary>Who is meant by a name: two people may have one, and then their numbers tell them apart.</summary>
public static class NamedPeople
{
    private const int DigitsShown = 4;

    /// <summary>Everybody of these with a name, once each; with a number beside it only whose it is.</summary>
    /// <param name="people">Those who may be meant.</param>
    /// <param name="name">As entered; null: anybody.</param>
    /// <param name="phone">A number, or its last four digits as lists show them (<c>***1234</c>); null: any.</param>
    public static IReadOnlyList<Responder> Of(IEnumerable<Responder> people, string? name, string? phone) =>
    [
        .. people.Where(person => (name is null || person.Name == name) && PersonId.OfPhone(person.Phone) is { Phone: { } number } && (phone is null || Is(number, phone)))
            .DistinctBy(person => PersonId.OfPhone(person.Phone)),
    ];

    /// <summary>The one person of these with a name and number; null when there is none, and when several could be meant.</summary>
    public static PersonId? Only(IEnumerable<Responder> people, string? name, string? phone) => Of(people, name, phone) is [var one] ? PersonId.OfPhone(one.Phone) : null;

    /// <summary>A number as those see it who may not see it whole.</summary>
    public static string Masked(string number) => number.Length > DigitsShown ? "***" + number[^DigitsShown..] : "***";

    private static bool Is(string number, string phone)
    {
        var digits = string.Concat(phone.Where(char.IsAsciiDigit));
        return digits.Length == DigitsShown ? number.EndsWith(digits, StringComparison.Ordinal) : PhoneNumber.ToE164(phone) == number;
    }
}
