using SeniorIoT.Server.Access;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Mails;
using SeniorIoT.Server.Reporting;

namespace SeniorIoT.Server.Jobs;

/// <summary>
/// Writes the report of the month that ended last and mails it, page and workbook, to the addresses that areas set for digests: each gets its own
/// area's. Run twice it mails once.
/// </summary>
internal sealed class ReportMail(AreaChannels channels, Mailer mailer, ReportDesk reports)
{
    /// <summary>Runs it.</summary>
    public async Task SendAsync(CancellationToken cancel)
    {
        await reports.WriteAsync(cancel);
        var month = reports.ThisMonth.AddMonths(-1);
        var name = ReportDesk.NameOf(month);
        foreach (var telling in channels.All.Where(telling => telling.DigestTo.Count > 0))
        {
            var scope = new AreaScope(telling.Area == HouseholdDirectory.District ? null : telling.Area);
            var words = reports.WordsOf(scope.Area);
            await mailer.SendAsync(
                telling.DigestTo, $"SeniorIoT {name} {words.Say("月报", "monthly report")} · {words.Area(telling.Area)}", words.Say($"{name} 月报见附件。", $"The report of {name} is attached."),
                [new($"{name}.html", await reports.ReadAsync(month, "html", scope, cancel)), new($"{name}.xlsx", await reports.ReadAsync(month, "xlsx", scope, cancel))], $"report {name} {telling.Area}");
        }
    }
}
