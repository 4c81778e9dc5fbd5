using System.Text.RegularExpressions;
using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Devices;

namespace SeniorIoT.Server.Households;

/// <summary>What an import would write, and what is wrong with the rest. Pure but for looking into the directories.</summary>
internal sealed partial class ImportPlan
{
    private readonly DateTimeOffset _now;
    private readonly HouseholdDirectory _households;
    private readonly DeviceDirectory _devices;
    private readonly List<ImportError> _errors = [];
    private ImportColumns? _columns;

    private ImportPlan(DateTimeOffset now, HouseholdDirectory households, DeviceDirectory devices) =>
        (_now, _households, _devices) = (now, households, devices);

    /// <summary>Rows under the headings.</summary>
    public int Rows { get; private set; }

    /// <summary>Households to enrol.</summary>
    public IReadOnlyList<NewHousehold> Households { get; private set; } = [];

    /// <summary>Devices to enrol, gateways first.</summary>
    public IReadOnlyList<NewDevice> Devices { get; private set; } = [];

    /// <summary>Everything wrong, by row.</summary>
    public IReadOnlyList<ImportError> Errors => [.. _errors.OrderBy(error => error.Row)];

    /// <summary>
    /// Reads a file. With <paramref name="skipBad"/> rows with an error are left out, and then those that needed them; else the
    /// plan is only good when there are no errors.
    /// </summary>
    public static ImportPlan Make(byte[] file, bool skipBad, DateTimeOffset now, HouseholdDirectory households, DeviceDirectory devices)
    {
        var plan = new ImportPlan(now, households, devices);
        try
        {
            plan.Read(Spreadsheet.Read(file), skipBad);
        }
        catch (SpreadsheetException error)
        {
            plan._errors.Add(new ImportError(1, "", error.Message));
        }

        return plan;
    }

    private void Read(IReadOnlyList<SpreadsheetRow> lines, bool skipBad)
    {
        if (lines.Count == 0)
        {
            _errors.Add(new ImportError(1, "", "The file is empty: the first row must hold headings, the others households and devices."));
            return;
        }

        _columns = new ImportColumns(lines[0]);
        Rows = lines.Count - 1;
        foreach (var (column, problem) in _columns.Problems) _errors.Add(new ImportError(lines[0].Number, column, problem));
        // A column that was not understood concerns every row: nothing can be skipped to get past it.
        if (_errors.Count > 0) return;
        if (Rows == 0) _errors.Add(new ImportError(lines[0].Number, "", "There are no rows under the headings."));

        var rows = new List<ImportRow>();
        foreach (var line in lines.Skip(1))
        {
            var faults = new Faults();
            var row = ImportRow.Read(line, _columns, faults);
            if (faults.Any) Report(row, faults);
            if (!faults.Any || !skipBad) rows.Add(row);
        }

        // Each round can only shorten the list, so this ends; a row that names a skipped one fails in the next round.
        while (true)
        {
            var bad = Check(rows);
            if (!skipBad || bad.Count == 0) break;
            rows.RemoveAll(row => bad.Contains(row.Number));
        }
    }

    /// <summary>Checks rows against each other and against the registry. Returns the numbers of the bad ones.</summary>
    private HashSet<int> Check(List<ImportRow> rows)
    {
        var bad = new HashSet<int>();
        var households = new List<NewHousehold>();
        var deviceRows = new Dictionary<string, ImportRow>(StringComparer.Ordinal);
        foreach (var group in rows.GroupBy(row => row.HouseholdId, StringComparer.Ordinal))
            if (CheckHousehold([.. group], bad) is { } household)
                households.Add(household);
        foreach (var row in rows.Where(row => row.DeviceId.Length > 0))
        {
            var faults = new Faults();
            if (deviceRows.TryGetValue(row.DeviceId, out var first))
                faults.Add("device_id", $"Stands in row {first.Number} already. Remove one of the two rows.");
            else
                deviceRows.Add(row.DeviceId, row);
            faults.CheckId("device_id", row.DeviceId);
            if (_devices.TryGet(row.DeviceId, out _)) faults.Add("device_id", "Is enrolled already. Remove the row, or delete the device first.");
            Fail(row, faults, bad);
        }

        foreach (var row in rows.Where(row => row.GatewayId.Length > 0))
        {
            var faults = new Faults();
            var isKnown = deviceRows.TryGetValue(row.GatewayId, out var inFile)
                ? inFile.Kind == DeviceStore.Gateway
                : _devices.TryGet(row.GatewayId, out var enrolled) && enrolled is { Kind: null, IsRetired: false };
            if (row.Kind == DeviceStore.Gateway) faults.Add("gateway_id", "A gateway speaks for itself. Empty the cell.");
            else if (!isKnown) faults.Add("gateway_id", $"There is no gateway {row.GatewayId} in the file or in use. Correct it, or add a row that enrols it.");
            Fail(row, faults, bad);
        }

        Households = households;
        Devices = [.. deviceRows.Values.OrderBy(row => row.Kind == DeviceStore.Gateway ? 0 : 1).Select(row =>
            new NewDevice(row.DeviceId, row.Kind, Blank(row.HouseholdId), Blank(row.GatewayId)))];
        return bad;
    }

    /// <summary>The household that some rows describe together; null when they add devices only, or are bad.</summary>
    private NewHousehold? CheckHousehold(IReadOnlyList<ImportRow> rows, HashSet<int> bad)
    {
        var id = rows[0].HouseholdId;
        var isEnrolled = _households.TryGet(id, out _);
        var seen = new Dictionary<string, (string Value, int Row)>();
        var merged = new NewHousehold(
            id, First(rows, row => row.Address), First(rows, row => row.Committee), First(rows, row => row.SubDistrict), Residents(rows),
            [.. rows.SelectMany(row => row.Contacts.Select(contact => contact.Contact)).Distinct()], rows.Any(row => row.ContactFirst == true));
        foreach (var row in rows)
        {
            var faults = new Faults();
            if (id.Length == 0 && row.Kind != DeviceStore.Gateway)
                faults.Add("household_id", "Is required; only a row with nothing but a gateway may leave it empty.");
            else if (id.Length == 0 && row.DescribesHousehold)
                faults.Add("household_id", "Is required: the row describes a household.");
            else if (isEnrolled && row.DescribesHousehold)
                faults.Add("household_id", "Is enrolled already. To add devices to it leave its address and people empty; to change those use the console.");
            if (id.Length > 0 && !isEnrolled)
            {
                CheckAgreement(row, seen, faults);
                CheckCells(
                    merged with { Residents = row.Resident is { } resident ? [resident] : [], Contacts = [.. row.Contacts.Select(c => c.Contact)] },
                    row, faults);
            }

            Fail(row, faults, bad);
        }

        if (id.Length == 0 || isEnrolled || rows.Any(row => bad.Contains(row.Number))) return null;
        // What no single row shows: too many residents or contacts in all.
        var together = new Faults();
        HouseholdRules.Check(merged, _now, together);
        Fail(rows[^1], together, bad);
        return merged;
    }

    private void CheckCells(NewHousehold asRow, ImportRow row, Faults faults)
    {
        var found = new Faults();
        HouseholdRules.Check(asRow, _now, found);
        foreach (var (field, problem) in found.All) faults.Add(ColumnOf(field, row), problem);
    }

    private static void CheckAgreement(ImportRow row, Dictionary<string, (string Value, int Row)> seen, Faults faults)
    {
        Agree("address", "address", row.Address, "one household has one address");
        Agree("committee", "committee", row.Committee, "one household has one committee");
        Agree("sub_district", "sub_district", row.SubDistrict, "one household has one sub-district");
        Agree("contact_first", "contact_first", row.ContactFirst?.ToString() ?? "", "it is the same household");
        if (row.Resident is not { } resident) return;
        Agree("birth_year", "birth_year " + resident.Name, resident.BirthYear?.ToString() ?? "", "it is the same resident");
        Agree("lives_alone", "lives_alone " + resident.Name, row.SaysAlone ? resident.LivesAlone.ToString() : "", "it is the same resident");

        void Agree(string column, string key, string value, string reason)
        {
            if (value.Length == 0 || seen.TryAdd(key, (value, row.Number)) || seen[key].Value == value) return;
            faults.Add(column, $"Differs from row {seen[key].Row}: {reason}. Make both the same, or leave this cell empty.");
        }
    }

    private static IReadOnlyList<Resident> Residents(IReadOnlyList<ImportRow> rows) =>
    [
        .. rows.Select(row => row.Resident).OfType<Resident>().GroupBy(resident => resident.Name).Select(same =>
            new Resident(same.Key, same.Select(one => one.BirthYear).FirstOrDefault(year => year is not null), same.Any(one => one.LivesAlone))),
    ];

    private static string First(IEnumerable<ImportRow> rows, Func<ImportRow, string> cell) => rows.Select(cell).FirstOrDefault(text => text.Length > 0, "");

    private static string? Blank(string text) => text.Length == 0 ? null : text;

    /// <summary>The column behind a field such as <c>contacts[0].phone</c> of what <paramref name="row"/> alone describes.</summary>
    private static string ColumnOf(string field, ImportRow row)
    {
        var match = ContactField().Match(field);
        if (match.Success) return $"contact{row.Contacts[int.Parse(match.Groups[1].ValueSpan)].Column}_{match.Groups[2].Value}";
        return field switch
        {
            "householdId" => "household_id",
            "subDistrict" => "sub_district",
            "residents[0].name" => "resident_name",
            "residents[0].birthYear" => "birth_year",
            _ => field,
        };
    }

    private void Fail(ImportRow row, Faults faults, HashSet<int> bad)
    {
        if (!faults.Any) return;
        bad.Add(row.Number);
        Report(row, faults);
    }

    private void Report(ImportRow row, Faults faults) =>
        _errors.AddRange(faults.All.Select(fault => new ImportError(row.Number, _columns!.HeadingOf(fault.Field), fault.Problem)));

    [GeneratedRegex(@"^contacts\[(\d+)\]\.(name|phone|role)$")]
    private static partial Regex ContactField();
}
