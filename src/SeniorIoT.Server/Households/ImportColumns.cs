using System.Text.RegularExpressions;

namespace SeniorIoT.Server.Households;

/// <summary>
/// Which column of a file is what. Headings may be English or Chinese, in any order and spelling (household_id, householdId,
/// Household ID); columns about a contact are numbered 1 to 3, or simply repeated.
/// </summary>
internal sealed partial class ImportColumns
{
    /// <summary>Contacts a row can carry.</summary>
    public const int ContactsMax = 3;

    private static readonly Dictionary<string, string> Known = new()
    {
        ["householdid"] = "household_id", ["住户编号"] = "household_id", ["户号"] = "household_id",
        ["address"] = "address", ["地址"] = "address", ["住址"] = "address",
        ["committee"] = "committee", ["居委会"] = "committee", ["居委"] = "committee",
        ["subdistrict"] = "sub_district", ["街道"] = "sub_district",
        ["residentname"] = "resident_name", ["姓名"] = "resident_name",
        ["birthyear"] = "birth_year", ["出生年份"] = "birth_year",
        ["livesalone"] = "lives_alone", ["独居"] = "lives_alone",
        ["contactfirst"] = "contact_first", ["先联系家属"] = "contact_first", ["先联系联系人"] = "contact_first",
        ["deviceid"] = "device_id", ["设备编号"] = "device_id",
        ["kind"] = "kind", ["类型"] = "kind", ["设备类型"] = "kind",
        ["gatewayid"] = "gateway_id", ["网关编号"] = "gateway_id",
    };

    private static readonly Dictionary<string, string> ContactParts = new()
    {
        ["name"] = "name", ["姓名"] = "name", [""] = "name",
        ["phone"] = "phone", ["电话"] = "phone", ["手机"] = "phone",
        ["role"] = "role", ["角色"] = "role", ["关系"] = "role",
    };

    private readonly Dictionary<string, (int Index, string Heading)> _columns = [];

    /// <summary>Reads the row of headings. What is missing, unknown or there twice goes to <see cref="Problems"/>.</summary>
    public ImportColumns(SpreadsheetRow headings)
    {
        foreach (var (index, heading) in headings.Cells.Index())
        {
            if (heading.Length == 0) continue;
            if (NameOf(heading) is not { } name)
                Problems.Add((heading, $"Is no column we know. Remove it, or use one of {string.Join(", ", Names)}."));
            else if (!_columns.TryAdd(name, (index, heading)))
                Problems.Add((heading, "Stands twice in the headings. Remove one."));
        }

        if (!_columns.ContainsKey("household_id") && !_columns.ContainsKey("device_id"))
            Problems.Add(("household_id", "Is missing in the first row, which holds the headings: household_id (住户编号), address (地址), …"));
    }

    /// <summary>What is wrong with the headings: column and remedy.</summary>
    public List<(string Column, string Problem)> Problems { get; } = [];

    /// <summary>The cell of a column; empty when the file has no such column.</summary>
    public string Cell(SpreadsheetRow row, string name) =>
        _columns.TryGetValue(name, out var column) && column.Index < row.Cells.Count ? row.Cells[column.Index] : "";

    /// <summary>The heading as the file has it, or our own name when the file has no such column.</summary>
    public string HeadingOf(string name) => _columns.TryGetValue(name, out var column) ? column.Heading : name;

    private static IEnumerable<string> Names => [.. Known.Values.Distinct(), "contact1_name", "contact1_phone", "contact1_role"];

    private string? NameOf(string heading)
    {
        var plain = string.Concat(heading.ToLowerInvariant().Where(char.IsLetterOrDigit));
        if (Known.TryGetValue(plain, out var name)) return name;
        var match = ContactHeading().Match(plain);
        if (!match.Success || !ContactParts.TryGetValue(match.Groups["part"].Value, out var part)) return null;
        if (match.Groups["number"] is { Success: true } number) return $"contact{number.Value}_{part}";
        // Without a number: the first, second or third time the same heading stands there.
        return Enumerable.Range(1, ContactsMax).Select(n => $"contact{n}_{part}").FirstOrDefault(free => !_columns.ContainsKey(free));
    }

    [GeneratedRegex("^(contact|联系人)(?<number>[1-3])?(?<part>name|phone|role|姓名|电话|手机|角色|关系|)(?<number>[1-3])?$")]
    private static partial Regex ContactHeading();
}
