using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Telemetry;

/// <summary>Whose telemetry an export holds: one household, a committee, a sub-district, or everything.</summary>
/// <param name="HouseholdId">One household; null for an area.</param>
/// <param name="Area">The area that is meant.</param>
internal sealed record ExportChoice(string? HouseholdId, Area Area)
{
    /// <summary>For the audit: ids and names of areas, no person.</summary>
    public string Subject => HouseholdId ?? Area.Key.TrimEnd('·');

    /// <summary>Whether a household is meant.</summary>
    public bool Takes(string householdId, Area home) => (HouseholdId ?? householdId) == householdId && Area.Contains(home);
}

/// <summary>What an export holds. See <see cref="NewExport"/> for the words.</summary>
internal sealed record ExportOrder(ExportChoice Choice, DateTimeOffset From, DateTimeOffset To, string Metric, string Every, string Format)
{
    private static readonly string[] Formats = ["csv", "csv.gz", "parquet"];

    /// <summary>Whether it is the register as it was read, and not use by hour or day.</summary>
    public bool IsRaw => Every == "raw";

    /// <summary>A name for the file that tells what is in it, without saying whose: the first and the last day, as people there count days.</summary>
    public string FileName(TimeZoneInfo zone) =>
        $"senioriot-{Metric}-{Every}-{TimeZoneInfo.ConvertTime(From, zone):yyyyMMdd}-{TimeZoneInfo.ConvertTime(To.AddTicks(-1), zone):yyyyMMdd}.{Format}";

    /// <summary>For the audit.</summary>
    public string Detail => $"{Metric} {Every} {Format}, {From:yyyy-MM-ddTHH:mm:ssZ} to {To:yyyy-MM-ddTHH:mm:ssZ}";

    /// <summary>Reads a request of somebody who may see <paramref name="scope"/>; null when something is wrong, and then <paramref name="faults"/> names every field.</summary>
    public static ExportOrder? Read(NewExport asked, AreaScope scope, AreaNames names, Faults faults)
    {
        if (asked.HouseholdId is { Length: > 0 }) faults.CheckId("householdId", asked.HouseholdId);
        faults.CheckText("committee", asked.Committee, HouseholdRules.AreaLengthMax, isRequired: false);
        faults.CheckText("subDistrict", asked.SubDistrict, HouseholdRules.AreaLengthMax, isRequired: false);
        if (new[] { asked.HouseholdId, asked.Committee, asked.SubDistrict }.Count(name => Blank(name) is not null) > 1)
            faults.Add("householdId", "Name a household, a committee or a sub-district, not two of them.");
        var choice = new ExportChoice(Blank(asked.HouseholdId), faults.Any ? Area.District : AreaOf(asked, scope, names, faults));

        var (from, to) = (Instant("from", asked.From, faults), Instant("to", asked.To, faults));
        if (from >= to) faults.Add("from", "Must be before to.");
        if (asked.Metric is not ("total_l" or "use_l")) faults.Add("metric", "Must be total_l or use_l.");
        if (asked.Every is not ("raw" or "1h" or "1d")) faults.Add("every", "Must be raw, 1h or 1d.");
        else if (asked.Metric == "total_l" && asked.Every != "raw") faults.Add("every", "Must be raw for total_l. For hours and days ask for use_l.");
        else if (asked.Metric == "use_l" && asked.Every == "raw") faults.Add("every", "Must be 1h or 1d for use_l. For readings as they came ask for total_l.");
        if (!Formats.Contains(asked.Format)) faults.Add("format", "Must be csv, csv.gz or parquet.");
        return faults.Any ? null : new ExportOrder(choice, from!.Value, to!.Value, asked.Metric!, asked.Every!, asked.Format!);
    }

    private static Area AreaOf(NewExport asked, AreaScope scope, AreaNames names, Faults faults)
    {
        var (field, text) = Blank(asked.Committee) is { } committee ? ("committee", committee) : ("subDistrict", Blank(asked.SubDistrict));
        if (text is null) return Area.District;
        Area[] meant = [.. names.Meant(text).Where(area => scope.CanSee(area) && area.Committee.Length > 0 == (field == "committee"))];
        if (meant is [var only]) return only;
        faults.Add(field, meant.Length > 0 ? AreaNames.Choice(text, meant) : $"There is no household with a water meter for {text} in your area. Check the name in the list.");
        return default;
    }

    private static DateTimeOffset? Instant(string field, string? text, Faults faults)
    {
        if (string.IsNullOrEmpty(text)) faults.Add(field, "Is required: an ISO 8601 instant such as 2026-01-02T03:04:05Z.");
        return Instants.Read(field, text, faults);
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
