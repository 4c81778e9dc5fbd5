using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using ExcelDataReader;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Kpis;
using SeniorIoT.Server.Reporting;
using SeniorIoT.Server.Tests.Access;
using SeniorIoT.Server.Tests.Visits;
using Xunit;

namespace SeniorIoT.Server.Tests.Reporting;

public sealed class ReportTests
{
    static ReportTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance); // the reader asks for Windows-1252 even when it reads none

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_report_of_a_month_is_a_page_with_plots_and_a_workbook_whose_numbers_are_numbers()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"), Homes.Household("H2"));
        await admin.PostAsJsonAsync("/api/v1/visits", new NewVisit { HouseholdId = "H1", Minutes = 25, By = "=cmd" }, Cancel);
        var report = (await admin.GetFromJsonAsync<Page<MonthlyReport>>("/api/v1/reports", Cancel))!.Items[0];
        using var anonymous = host.Anonymous();
        var page = await anonymous.GetStringAsync(report.Page, Cancel);
        Assert.Contains("本月探访率", page, StringComparison.Ordinal);
        Assert.Contains("50.0 %", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);

        using var workbook = new MemoryStream(await anonymous.GetByteArrayAsync(report.Workbook, Cancel));
        using var reader = ExcelReaderFactory.CreateOpenXmlReader(workbook);
        var sheets = new Dictionary<string, List<object?[]>>();
        var formats = new List<(object Column, string Format)>();
        do
        {
            var rows = sheets[reader.Name] = [];
            while (reader.Read())
            {
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)]);
                formats.AddRange(Enumerable.Range(0, reader.FieldCount).Where(i => reader.GetValue(i) is double).Select(i => (rows[0][i]!, reader.GetNumberFormatString(i))));
            }
        }
        while (reader.NextResult());
        Assert.Equal(["达标", "数量", "警情", "居委会", "超时例外", "探访", "逾期未见", "人员", "应答人"], sheets.Keys);
        Assert.Equal(["本月探访率", 0.5, 1.0], sheets["达标"].Single(row => row[0] as string == "本月探访率"));
        Assert.Equal(["=cmd", null, 1.0, 0.0, 25.0], sheets["人员"][1][..5]);
        Assert.Equal(["比例", "目标"], formats.Where(cell => cell.Format == "0.0%").Select(cell => (string)cell.Column).ToHashSet().Order(StringComparer.Ordinal));
        Assert.DoesNotContain(formats, cell => cell.Format != "0.0%" && cell.Column is "比例" or "目标");
    }

    [Fact]
    public async Task A_report_is_in_the_language_of_its_area_also_when_that_is_changed_after_it_was_written()
    {
        await using var host = await StartAsync();
        var (desk, channels) = (host.Services.GetRequiredService<ReportDesk>(), host.Services.GetRequiredService<AreaChannels>());
        await desk.WriteAsync(Cancel);
        var month = desk.ThisMonth.AddMonths(-1);
        Assert.Contains("月报 · 全区", await PageAsync(AreaScope.Whole), StringComparison.Ordinal);
        await channels.SetAsync(new Channels.AreaTelling(HouseholdDirectory.District, Languages.English, [], []), _ => { });
        await channels.SetAsync(new Channels.AreaTelling("示例居委会", Languages.Chinese, [], []), _ => { });
        Assert.Contains("monthly report · whole district", await PageAsync(AreaScope.Whole), StringComparison.Ordinal);
        Assert.Contains("monthly report · 另一居委会", await PageAsync(new AreaScope("另一居委会")), StringComparison.Ordinal);
        Assert.Contains("月报 · 示例居委会", await PageAsync(new AreaScope("示例居委会")), StringComparison.Ordinal);

        async Task<string> PageAsync(AreaScope scope) => Encoding.UTF8.GetString(await desk.ReadAsync(month, "html", scope, Cancel));
    }

    [Fact]
    public async Task A_time_bank_can_check_every_row_and_a_spreadsheet_calculates_none()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        await admin.PostAsJsonAsync("/api/v1/visits", new NewVisit { HouseholdId = "H1", Minutes = 25, By = "=1+1" }, Cancel);
        await admin.PostAsJsonAsync("/api/v1/visits", new NewVisit { HouseholdId = "H1", Kind = "phone" }, Cancel);
        var address = (await admin.GetFromJsonAsync<Page<MonthlyReport>>("/api/v1/reports", Cancel))!.Items[0].TimeAccounts!;
        using var anonymous = host.Anonymous();
        var bytes = await anonymous.GetByteArrayAsync(address, Cancel);
        Assert.Equal(Encoding.UTF8.GetPreamble(), bytes[..3]);
        var lines = Encoding.UTF8.GetString(bytes[3..]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        var cells = lines[1].Split(',').Select(cell => cell.Trim('"')).ToArray();
        Assert.Equal("'=1+1", cells[1]);
        cells[1] = "=1+1";
        using var key = ECDsa.Create();
        key.ImportFromPem(await anonymous.GetStringAsync("/api/v1/reports/time-accounts-key", Cancel));
        Assert.True(key.VerifyData(Encoding.UTF8.GetBytes(string.Join('\n', cells[..^1])), Convert.FromBase64String(cells[^1]), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    [Fact]
    public async Task Without_a_ticket_for_this_file_there_is_no_file()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        using var anonymous = host.Anonymous();
        var report = (await admin.GetFromJsonAsync<Page<MonthlyReport>>("/api/v1/reports", Cancel))!.Items[0];
        var ticket = report.Page.Split("ticket=")[1];
        foreach (var address in new[] { $"/api/v1/reports/{report.Month}.html", $"/api/v1/reports/{report.Month}.xlsx?ticket={ticket}", $"/api/v1/reports/2026-01.exe?ticket={ticket}", "/api/v1/reports/..%2Falerts.db?ticket=" + ticket })
            Assert.Equal(HttpStatusCode.NotFound, (await anonymous.GetAsync(address, Cancel)).StatusCode);
    }

    [Fact]
    public async Task The_month_that_ended_is_written_once_and_stays_as_it_was()
    {
        await using var host = await StartAsync();
        var desk = host.Services.GetRequiredService<ReportDesk>();
        Assert.Equal(1, await desk.WriteAsync(Cancel));
        Assert.Equal(0, await desk.WriteAsync(Cancel));
        var month = desk.ThisMonth.AddMonths(-1);
        Assert.NotNull(desk.WrittenAt(month));
        var before = await desk.ReadAsync(month, "html", AreaScope.Whole, Cancel);
        Assert.Equal(before, await desk.ReadAsync(month, "html", AreaScope.Whole, Cancel));
        Assert.Contains($"{month:yyyy-MM} 月报", Encoding.UTF8.GetString(before), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_found_out_about_an_exception_after_the_month_is_in_its_report()
    {
        await using var host = await StartAsync();
        var (desk, store) = (host.Services.GetRequiredService<ReportDesk>(), host.Services.GetRequiredService<AlertStore>());
        var month = desk.ThisMonth.AddMonths(-1);
        var at = new DateTimeOffset(month.ToDateTime(new TimeOnly(4, 0)), TimeSpan.Zero).AddDays(9);
        var raise = new AlertCommand.Raise(store.NextId(), Rule.Sos, new Place(new("H1"), "", "C", "S", "", null, true), new("b1"), at, "b1/1", new SeniorIoT.Domain.Detection.Evidence());
        var raised = ((Decision.Accepted)AlertRules.Decide(null, raise, Ladder.For(Priority.P1), at)).Events;
        await store.SaveAsync("H1/sos", AlertRules.Evolve(null, raised[0]), raised, [], null);
        await desk.WriteAsync(Cancel);
        Assert.Contains("尚未说明", await PageAsync(), StringComparison.Ordinal);
        await host.Services.GetRequiredService<KpiDesk>().ExplainAsync(raise.Id.Value, "busy", "two calls at once", "An");
        Assert.Contains("多个呼叫同时：two calls at once（An）", await PageAsync(), StringComparison.Ordinal);

        async Task<string> PageAsync() => Encoding.UTF8.GetString(await desk.ReadAsync(month, "html", AreaScope.Whole, Cancel));
    }

    private static Task<RegistryHost> StartAsync() => VisitStoryTests.StartAsync(
        services => services.AddSingleton(provider => new ServerOptions { Data = Path.GetDirectoryName(provider.GetRequiredService<Registry>().File.Path)! }).AddSingleton(provider => new AreaChannels(provider.GetRequiredService<Registry>().File)).AddReports(),
        app => app.MapReports());
}
