using SeniorIoT.Api;
using SeniorIoT.Server.Access;

namespace SeniorIoT.Server.Households;

/// <summary>What may be entered about a household. Pure; names every fault at once.</summary>
internal static class HouseholdRules
{
    /// <summary>Longest name of a person, a committee or a sub-district.</summary>
    public const int NameLengthMax = 64;

    /// <summary>Longest text that names an area: a committee with its sub-district.</summary>
    public const int AreaLengthMax = (2 * NameLengthMax) + 1;

    private const int AddressLengthMax = 200;
    private const int RoleLengthMax = 32;
    private const int ResidentsMax = 10;
    private const int ContactsMax = 20;
    private const int BirthYearMin = 1890;

    /// <summary>Checks a household as it would be stored.</summary>
    public static void Check(NewHousehold household, DateTimeOffset now, Faults faults)
    {
        faults.CheckId("householdId", household.HouseholdId);
        faults.CheckText("address", household.Address, AddressLengthMax);
        faults.CheckText("committee", household.Committee, NameLengthMax);
        faults.CheckText("subDistrict", household.SubDistrict, NameLengthMax);
        CheckList("residents", household.Residents ?? [], ResidentsMax, faults, (field, resident) =>
        {
            faults.CheckText(field + ".name", resident.Name, NameLengthMax);
            if (resident.BirthYear is { } year && (year < BirthYearMin || year > now.Year))
                faults.Add(field + ".birthYear", $"Must be {BirthYearMin} to {now.Year}; leave it out when unknown.");
        });
        CheckContacts("contacts", household.Contacts ?? [], ContactsMax, faults);
    }

    /// <summary>Checks contacts or responders.</summary>
    public static void CheckContacts(string field, IReadOnlyList<Contact> contacts, int countMax, Faults faults) =>
        CheckList(field, contacts, countMax, faults, (at, contact) =>
        {
            faults.CheckText(at + ".name", contact.Name, NameLengthMax);
            CheckPhone(at + ".phone", contact.Phone, faults);
            faults.CheckText(at + ".role", contact.Role, RoleLengthMax);
        });

    private static void CheckPhone(string field, string? phone, Faults faults)
    {
        var isPhone = phone is { Length: >= 3 and <= 20 }
            && phone.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or ' ')
            && phone.Count(char.IsAsciiDigit) >= 3;
        if (!isPhone)
            faults.Add(field, "Must be 3 to 20 digits, with +, hyphens or spaces between them, e.g. +86 138 0000 0000.");
    }

    private static void CheckList<T>(string field, IReadOnlyList<T> items, int countMax, Faults faults, Action<string, T> check)
    {
        if (items.Count > countMax) faults.Add(field, $"Has {items.Count} entries; at most {countMax} are kept.");
        foreach (var (index, item) in items.Take(countMax).Index())
            if (item is null) faults.Add($"{field}[{index}]", "Is null; leave the entry out.");
            else check($"{field}[{index}]", item);
    }
}
