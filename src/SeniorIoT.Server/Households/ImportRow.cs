using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Devices;

namespace SeniorIoT.Server.Households;

/// <summary>One row of an import, read cell by cell; nothing is compared with other rows yet.</summary>
internal sealed record ImportRow(
    int Number,
    string HouseholdId,
    string Address,
    string Committee,
    string SubDistrict,
    Resident? Resident,
    bool SaysAlone,
    IReadOnlyList<(int Column, Contact Contact)> Contacts,
    string DeviceId,
    string Kind,
    string GatewayId)
{
    /// <summary>Whether the contacts are told first; null when the row does not say.</summary>
    public bool? ContactFirst { get; init; }

    private static readonly Dictionary<string, string> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["water"] = "water", ["水表"] = "water", ["智能水表"] = "water",
        ["smoke"] = "smoke", ["烟感"] = "smoke", ["烟感报警器"] = "smoke", ["烟雾报警器"] = "smoke",
        ["sos"] = "sos", ["一键通"] = "sos",
        [DeviceStore.Gateway] = DeviceStore.Gateway, ["网关"] = DeviceStore.Gateway,
    };

    private static readonly Dictionary<string, bool> Answers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["是"] = true, ["yes"] = true, ["y"] = true, ["true"] = true, ["1"] = true,
        ["否"] = false, ["no"] = false, ["n"] = false, ["false"] = false, ["0"] = false, [""] = false,
    };

    private static readonly Dictionary<string, string> Roles = new(StringComparer.OrdinalIgnoreCase)
    {
        ["居委会"] = "committee_duty", ["居委值班"] = "committee_duty", ["居委会主任"] = "committee_head", ["居委主任"] = "committee_head",
        ["志愿者"] = "volunteer", ["第二志愿者"] = "second_volunteer", ["联系人"] = "contact", ["家属"] = "contact", ["邻居"] = "contact", [""] = "contact",
    };

    /// <summary>Whether the row says anything about the household beside its id.</summary>
    public bool DescribesHousehold => (Address.Length, Committee.Length, SubDistrict.Length, Contacts.Count, Resident, ContactFirst) is not (0, 0, 0, 0, null, null);

    /// <summary>Reads a row. Unreadable cells go to <paramref name="faults"/> under the name of their column.</summary>
    public static ImportRow Read(SpreadsheetRow row, ImportColumns columns, Faults faults)
    {
        string Cell(string name) => columns.Cell(row, name);
        var kind = Cell("kind");
        var deviceId = Cell("device_id");
        if (kind.Length > 0 && !Kinds.ContainsKey(kind)) faults.Add("kind", "Must be water (水表), smoke (烟感), sos (一键通) or gateway (网关).");
        if (deviceId.Length > 0 && kind.Length == 0)
            faults.Add("kind", "Is required beside a device: water (水表), smoke (烟感), sos (一键通) or gateway (网关).");
        if (deviceId.Length == 0 && (kind.Length > 0 || Cell("gateway_id").Length > 0))
            faults.Add("device_id", "Is required: the row names a kind or a gateway. Fill it in, or empty those cells.");
        var first = Cell("contact_first");
        if (!Answers.TryGetValue(first, out var contactFirst)) faults.Add("contact_first", "Must be yes, no, 是, 否, 1 or 0; empty counts as no.");
        return new ImportRow(
            row.Number, Cell("household_id"), Cell("address"), Cell("committee"), Cell("sub_district"),
            ReadResident(Cell, faults), Cell("lives_alone").Length > 0, ReadContacts(Cell, faults), deviceId, Kinds.GetValueOrDefault(kind, kind), Cell("gateway_id"))
        {
            ContactFirst = first.Length > 0 ? contactFirst : null,
        };
    }

    private static Resident? ReadResident(Func<string, string> cell, Faults faults)
    {
        var (name, year, alone) = (cell("resident_name"), cell("birth_year").TrimEnd('年'), cell("lives_alone"));
        int? birthYear = int.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (year.Length > 0 && birthYear is null) faults.Add("birth_year", "Must be a year of four digits, e.g. 1941; empty when unknown.");
        if (!Answers.TryGetValue(alone, out var livesAlone)) faults.Add("lives_alone", "Must be yes, no, 是, 否, 1 or 0; empty counts as no.");
        if (name.Length > 0) return new Resident(name, birthYear, livesAlone);
        if (year.Length > 0 || alone.Length > 0) faults.Add("resident_name", "Is required: the row gives a birth year or says who lives alone.");
        return null;
    }

    private static List<(int Column, Contact Contact)> ReadContacts(Func<string, string> cell, Faults faults)
    {
        var contacts = new List<(int, Contact)>();
        for (var n = 1; n <= ImportColumns.ContactsMax; n++)
        {
            var (name, phone, role) = (cell($"contact{n}_name"), cell($"contact{n}_phone"), cell($"contact{n}_role"));
            if (name.Length > 0)
                contacts.Add((n, new Contact(name, phone, Roles.GetValueOrDefault(role, role))));
            else if (phone.Length > 0 || role.Length > 0)
                faults.Add($"contact{n}_name", "Is required: the row gives a phone or a role. Fill it in, or empty those cells.");
        }

        return contacts;
    }
}
