using System.Globalization;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Reporting;

/// <summary>
/// Monthly reports of the whole district are written once, on the first of the next month, and stay as they were until somebody explains an exception of that month; those of an
/// area, and of the month that is not over, are made when they are fetched.
/// </summary>
internal sealed class ReportDesk(AlertStore store, MonthlyFiguresDesk desk, AreaChannels channels, HouseholdDirectory households, ServerOptions options, TimeZoneInfo zone, TimeProvider clock)
{
    /// <summary>Months back for which a report is offered.</summary>
    public const int MonthsBack = 12;

    private static readonly string[] Kinds = ["html", "xlsx"];

    private string Folder => Path.Combine(options.Data, "reports");

    /// <summary>The first day of the month that is going on.</summary>
    public DateOnly ThisMonth
    {
        get
        {
            var today = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone);
            return new DateOnly(today.Year, today.Month, 1);
        }
    }

    /// <summary>When the district's report of a month was written; null: it was not.</summary>
    public DateTimeOffset? WrittenAt(DateOnly month) => store.File.Read(connection => connection.Rows(
        "SELECT written_at FROM reports WHERE month = @month", row => (DateTimeOffset?)row.Instant(0), ("@month", NameOf(month)))).FirstOrDefault();

    /// <summary>Writes the reports of months that ended and are not there: of the last always, of earlier ones since there are records. Returns how many.</summary>
    public async Task<int> WriteAsync(CancellationToken cancel = default)
    {
        var oldest = store.File.Read(connection => connection.Rows(
            "SELECT min(at) FROM (SELECT min(raised_at) at FROM alerts UNION ALL SELECT min(at) FROM visits)", row => row.InstantOrNull(0)))[0] is { } first
            ? DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(first, zone).DateTime) : ThisMonth;
        var written = 0;
        for (var back = MonthsBack; back >= 1; back--)
        {
            var month = ThisMonth.AddMonths(-back);
            if (WrittenAt(month) is not null || (back > 1 && month.AddMonths(1) <= oldest)) continue;
            await WriteAsync(month, cancel);
            written++;
        }

        return written;
    }

    private async Task WriteAsync(DateOnly month, CancellationToken cancel)
    {
        Directory.CreateDirectory(Folder);
        var figures = desk.Of(month, AreaScope.Whole);
        foreach (var kind in Kinds) await File.WriteAllBytesAsync(PathOf(month, kind), await MakeAsync(figures, kind, cancel), cancel);
        await store.File.WriteAsync(connection => connection.Run("INSERT OR REPLACE INTO reports VALUES (@month, @now)", ("@month", NameOf(month)), ("@now", clock.GetUtcNow())), CancellationToken.None);
    }

    /// <summary>The page or the workbook of a month for an area.</summary>
    /// <param name="month">The first day of the month.</param>
    /// <param name="kind"><c>html</c> or <c>xlsx</c>.</param>
    /// <param name="scope">Whose.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<byte[]> ReadAsync(DateOnly month, string kind, AreaScope scope, CancellationToken cancel)
    {
        if (scope.Area is null && WrittenAt(month) is { } writtenAt && File.Exists(PathOf(month, kind)))
        {
            // Exceptions of the last days are explained when the month is over; what was found out belongs into its report.
            if (ExplainedAt(month) > writtenAt) await WriteAsync(month, cancel);
            return await File.ReadAllBytesAsync(PathOf(month, kind), cancel);
        }

        return await MakeAsync(desk.Of(month, scope), kind, cancel);
    }

    /// <summary>The words of an area's reports: those of its language; null for the whole district.</summary>
    public ReportWords WordsOf(string? area) => new(channels.LanguageOf(area, households.All.FirstOrDefault(home => home.Committee == area)?.SubDistrict));

    private async Task<byte[]> MakeAsync(MonthlyFigures figures, string kind, CancellationToken cancel)
    {
        var words = WordsOf(figures.Area);
        if (kind == "html") return System.Text.Encoding.UTF8.GetBytes(MonthlyPage.Html(figures, words, zone));
        using var workbook = new MemoryStream();
        await MonthlyWorkbook.WriteAsync(workbook, figures, words, zone, cancel);
        return workbook.ToArray();
    }

    private DateTimeOffset? ExplainedAt(DateOnly month)
    {
        var (from, until) = VisitCoverage.MonthOf(month.Year, month.Month, zone);
        return store.File.Read(connection => connection.Rows(
            "SELECT max(exceptions.at) FROM exceptions JOIN alerts USING (alert_id) WHERE raised_at >= @from AND raised_at < @until", row => row.InstantOrNull(0), ("@from", from), ("@until", until)))[0];
    }

    /// <summary><c>yyyy-MM</c>.</summary>
    public static string NameOf(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    // With the language: where the district changes it, a report that is there is made anew when it is asked for.
    private string PathOf(DateOnly month, string kind) => Path.Combine(Folder, channels.LanguageOf() is var language && language == Languages.Chinese ? $"{NameOf(month)}.{kind}" : $"{NameOf(month)}.{language}.{kind}");
}
