using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Telemetry;

/// <summary>Whose telemetry an export holds: one household, a committee, a sub-district, or everything.</summary>
internal sealed record ExportChoice(string? HouseholdId, string? Committee, string? SubDistrict)
{
    /// <summary>For the audit: ids and names of areas, no person.</summary>
    public string Subject => HouseholdId ?? Committee ?? SubDistrict ?? HouseholdDirectory.District;

    /// <summary>Whether a household is meant.</summary>
    public bool Takes(string householdId, string committee, string subDistrict) =>
        (HouseholdId ?? householdId) == householdId && (Committee ?? committee) == committee && (SubDistrict ?? subDistrict) == subDistrict;
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

    /// <summary>Reads a request; null when something is wrong, and then <paramref name="faults"/> names every field.</summary>
    public static ExportOrder? Read(NewExport asked, Faults faults)
    {
        if (asked.HouseholdId is { Length: > 0 }) faults.CheckId("householdId", asked.HouseholdId);
        faults.CheckText("committee", asked.Committee, 64, isRequired: false);
        faults.CheckText("subDistrict", asked.SubDistrict, 64, isRequired: false);
        var choice = new ExportChoice(Blank(asked.HouseholdId), Blank(asked.Committee), Blank(asked.SubDistrict));
        if (new[] { choice.HouseholdId, choice.Committee, choice.SubDistrict }.Count(name => name is not null) > 1)
            faults.Add("householdId", "Name a household, a committee or a sub-district, not two of them.");

        var (from, to) = (Instant("from", asked.From, faults), Instant("to", asked.To, faults));
        if (from >= to) faults.Add("from", "Must be before to.");
        if (asked.Metric is not ("total_l" or "use_l")) faults.Add("metric", "Must be total_l or use_l.");
        if (asked.Every is not ("raw" or "1h" or "1d")) faults.Add("every", "Must be raw, 1h or 1d.");
        else if (asked.Metric == "total_l" && asked.Every != "raw") faults.Add("every", "Must be raw for total_l. For hours and days ask for use_l.");
        else if (asked.Metric == "use_l" && asked.Every == "raw") faults.Add("every", "Must be 1h or 1d for use_l. For readings as they came ask for total_l.");
        if (!Formats.Contains(asked.Format)) faults.Add("format", "Must be csv, csv.gz or parquet.");
        return faults.Any ? null : new ExportOrder(choice, from!.Value, to!.Value, asked.Metric!, asked.Every!, asked.Format!);
    }

    private static DateTimeOffset? Instant(string field, string? text, Faults faults)
    {
        if (string.IsNullOrEmpty(text)) faults.Add(field, "Is required: an ISO 8601 instant such as 2026-01-02T03:04:05Z.");
        return Instants.Read(field, text, faults);
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
