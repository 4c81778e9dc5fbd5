namespace SeniorIoT.Api;

/// <summary>
/// Body of <c>POST /api/v1/exports</c>. At most one of household, committee and sub-district; none of them is everything in one's area.
/// </summary>
/// <param name="HouseholdId">One household.</param>
/// <param name="Committee">All households of a committee, by name.</param>
/// <param name="SubDistrict">All households of a sub-district, by name.</param>
/// <param name="From">ISO 8601 instant; required.</param>
/// <param name="To">ISO 8601 instant, after <paramref name="From"/>; required.</param>
/// <param name="Metric"><c>total_l</c> (the register as it was read) or <c>use_l</c> (water used in each step).</param>
/// <param name="Every"><c>raw</c> with <c>total_l</c>; <c>1h</c> or <c>1d</c> with <c>use_l</c>.</param>
/// <param name="Format"><c>csv</c>, <c>csv.gz</c> or <c>parquet</c>.</param>
public sealed record NewExport(
    string? HouseholdId, string? Committee, string? SubDistrict, string? From, string? To, string? Metric, string? Every, string? Format);

/// <summary>An export and how far it is.</summary>
/// <param name="ExportId">Its id.</param>
/// <param name="State">One of <see cref="ExportStates"/>.</param>
/// <param name="HomesDone">Households that are in the file.</param>
/// <param name="Homes">Households that were asked for and have a meter.</param>
/// <param name="Rows">Rows written so far.</param>
/// <param name="Bytes">Bytes of the file so far.</param>
/// <param name="Problem">Why it failed, and the remedy; null otherwise.</param>
/// <param name="File">
/// Where the file is, in the answer of the POST only. It opens once and within ten minutes, without a login: so a browser can
/// fetch it by itself. The export runs while it is fetched.
/// </param>
public sealed record Export(string ExportId, string State, int HomesDone, int Homes, long Rows, long Bytes, string? Problem, string? File);

/// <summary>States of an export.</summary>
public static class ExportStates
{
    /// <summary>Nobody has fetched the file yet.</summary>
    public const string Waiting = "waiting";

    /// <summary>The file is being made and sent.</summary>
    public const string Running = "running";

    /// <summary>The whole file was sent.</summary>
    public const string Done = "done";

    /// <summary>It broke off, or was never fetched.</summary>
    public const string Failed = "failed";
}
