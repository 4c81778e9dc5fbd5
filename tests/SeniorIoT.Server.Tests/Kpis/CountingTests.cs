using System.Globalization;
using System.Text;
using CsCheck;
using ExcelDataReader;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Kpis;
using SeniorIoT.Server.Reporting;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Visits;
using Xunit;
using static SeniorIoT.Domain.Alerts.AlertCommand;
using Alert = SeniorIoT.Domain.Alerts.Alert;

namespace SeniorIoT.Server.Tests.Kpis;

/// <summary>
/// Random months of a small district, saved as the server saves them and counted in every way the server counts, against <see cref="NaiveCount"/>. Two sub-districts have a
/// committee of one name. Alerts are raised around the edges of a month, merged, asked anew, handed over, closed, opened again and closed once more.
/// </summary>
public sealed class CountingTests
{
    private static readonly (string SubDistrict, string Committee)[] Places = [("S1", "C"), ("S2", "C"), ("S1", "D")];
    private static readonly string[] People = ["An", "Bo"];

    private static readonly Gen<(AlertCommand? Command, int Seconds)> Moves = Gen.Select(
        Gen.Select(Gen.Int[0, 15], Gen.Int[0, 1], Gen.Int[0, 8], (kind, who, n) => kind switch
        {
            0 => null,
            1 or 2 => new Acknowledge(People[who], null),
            3 or 4 => new AlertCommand.Dispatch(People[who], n == 0 ? "" : "Li" + (n % 2), null),
            5 or 6 => new Arrive(n < 4 ? People[who] : "Li" + (n % 2), null),
            7 or 8 or 9 => new Close(People[who], Outcome.All[n], null),
            10 => new Reopen(People[who], null),
            11 => new HandOver(People[who], People[1 - who], null),
            12 => new Regrade(People[who], (Priority)(1 + (n % 3)), "so"),
            13 => new AskHelp("Li1", "come"),
            14 => new Decline("Li" + (n % 2), "away"),
            _ => (AlertCommand?)new Wake(),
        }),
        Gen.Frequency((4, Gen.Int[0, 130]), (2, Gen.Int[100, 4_000]), (1, Gen.Int[0, 40_000])));

    private static readonly Gen<(int Home, int Rule, int Minute, (AlertCommand? Command, int Seconds)[] Moves)> Stories =
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 2], Gen.Frequency((2, Gen.Int[-1_500, 1_500]), (1, Gen.Int[-1_500, 46_000])), Moves.Array[0, 12]);

    static CountingTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Fact]
    public void Figures_visits_workbook_and_time_accounts_are_what_a_naive_count_of_what_happened_says() =>
        Gen.Select(Episodes(Stories), Gen.Int[2, 12], Gen.Int[0, 2]).Sample(
            (stories, month, zone) => CountAsync(stories, new DateOnly(2025, month, 1), TimeZoneInfo.FindSystemTimeZoneById(((string[])["Asia/Shanghai", "Europe/Berlin", "America/Santiago"])[zone])).GetAwaiter().GetResult(),
            iter: 20, threads: 1);

    private static Gen<T[]> Episodes<T>(Gen<T> story) => story.Array[0, 25];

    private static async Task CountAsync((int Home, int Rule, int Minute, (AlertCommand? Command, int Seconds)[] Moves)[] stories, DateOnly month, TimeZoneInfo zone)
    {
        var folder = Directory.CreateTempSubdirectory("senioriot-").FullName;
        var (from, _) = VisitCoverage.MonthOf(month.Year, month.Month, zone);
        var clock = new FakeTimeProvider(from.AddDays(40));
        var households = new HouseholdDirectory();
        for (var home = 0; home < 6; home++)
            households.Set(new($"H{home}", $"{home}", Places[home % 3].Committee, Places[home % 3].SubDistrict, [], [], AbsencePlan.Empty, []));
        await using (var store = new AlertStore(new SqliteFile(Path.Combine(folder, "alerts.db"), AlertSchema.Migrations)))
        {
            var visits = new VisitStore(store.File);
            var (kpis, desk) = (new KpiDesk(new AlertQueries(store), store, zone, clock), new VisitDesk(visits, new SeenHomes(visits), households, zone, clock));
            List<(string Household, NaiveCount Count)> counted = [];
            foreach (var (n, story) in stories.Index())
            {
                counted.Add(($"H{story.Home}", await TellAsync(store, n, story, from, clock.GetUtcNow())));
                if (n % 7 == 0) desk.Coverage(month, AreaScope.Whole); // asked in between, it must keep up
            }

            var figures = new MonthlyFiguresDesk(kpis, desk, zone, clock).Of(month, AreaScope.Whole);
            CheckKpis(figures, [.. counted.Select(one => one.Count).Where(one => IsIn(one.RaisedAt))]);
            CheckExplained(kpis, figures, month, zone);
            CheckVisits(figures, [.. counted.Where(one => one.Count.Record is not null)]);
            await CheckFilesAsync(figures, zone, new TimeAccounts(folder, visits, zone).Csv(month, AreaScope.Whole, PhoneSight.Masked), [.. counted.Select(one => one.Count).Where(one => one.Record is { } record && IsIn(record.At))]);
        }

        Directory.Delete(folder, recursive: true);

        // By the clock on the wall, not by the month's first and last moment.
        bool IsIn(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone) is var local && (local.Year, local.Month) == (month.Year, month.Month);

        void CheckVisits(MonthlyFigures figures, List<(string Household, NaiveCount Count)> closed)
        {
            var seen = closed.Where(one => one.Count.Record is { Kind: "alert", Outcome: not ("away" or "hospital" or "device_fault" or "test") }).ToList();
            foreach (var area in figures.Coverage.Areas)
            {
                var homes = Enumerable.Range(0, 6).Where(home => Places[home % 3] == (area.SubDistrict, area.Committee)).Select(home => $"H{home}").ToList();
                Assert.Equal((homes.Count, homes.Count(home => seen.Any(one => one.Household == home && IsIn(one.Count.Record!.Value.At)))), (area.Households, area.Seen));
            }

            Assert.Equal(3, figures.Coverage.Areas.Count);
            var now = clock.GetUtcNow();
            Assert.Equal(
                Enumerable.Range(0, 6).Select(home => $"H{home}").Where(home => !seen.Any(one => one.Household == home && now - one.Count.Record!.Value.At < TimeSpan.FromDays(31))).Order(),
                figures.Overdue.Select(home => home.HouseholdId).Order());
            Assert.Equal(
                closed.Select(one => one.Count.Record!.Value).Where(record => IsIn(record.At)).GroupBy(record => record.By)
                    .Select(person => (person.Key, person.Count(one => one.Kind == "alert"), person.Count(one => one.Kind == "phone"), person.Sum(one => one.Minutes ?? 0))).OrderBy(person => person.Key, StringComparer.Ordinal),
                figures.People.Select(person => (person.Name, person.Visits, person.Calls, person.Minutes)).OrderBy(person => person.Name, StringComparer.Ordinal));
        }
    }

    private static void CheckKpis(MonthlyFigures figures, List<NaiveCount> alerts)
    {
        var kpi = figures.Kpi;
        var calls = alerts.Where(alert => alert.IsCall).ToList();
        Assert.Equal((alerts.Count, alerts.Count(alert => !alert.IsClosed), alerts.Count(alert => alert.IsAnswered)), (kpi.Alerts, kpi.Open, kpi.Answered));
        Assert.Equal(alerts.CountBy(alert => alert.Rule).Select(pair => (pair.Key, pair.Value)).Order(), kpi.ByRule.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Equal(Share(calls), kpi.AnsweredWithin60s);
        Assert.Equal(
            calls.GroupBy(call => call.Place).Select(place => (place.Key.SubDistrict, place.Key.Committee, place.Count(), Share([.. place]))).Order(),
            kpi.ByCommittee.Select(part => (part.SubDistrict!, part.Name, part.Calls, part.Within60s)).Order());
        Assert.Equal((calls.Count, calls.Count), (kpi.ByDay.Sum(part => part.Calls), kpi.ByHour.Sum(part => part.Calls)));
        Assert.Equal(calls.Count(call => call.IsException), kpi.Exceptions);
        Assert.Equal(figures.Exceptions.Count, figures.Exceptions.DistinctBy(late => late.AlertId).Count());
        Assert.Equal(
            calls.Where(call => call.IsException).Select(call => (call.RaisedAt, call.Place.SubDistrict, call.Place.Committee)).Order(),
            figures.Exceptions.Select(late => (late.RaisedAt, late.SubDistrict, late.Committee)).Order());

        static double? Share(List<NaiveCount> some)
        {
            var known = some.Where(one => one.Within60s is not null).ToList();
            return known.Count == 0 ? null : (double)known.Count(one => one.Within60s == true) / known.Count;
        }
    }

    /// <summary>Every exception can be explained, and what was said stands in the report.</summary>
    private static void CheckExplained(KpiDesk kpis, MonthlyFigures figures, DateOnly month, TimeZoneInfo zone)
    {
        foreach (var late in figures.Exceptions) kpis.ExplainAsync(late.AlertId, "traffic", $"why {late.AlertId}", "An").GetAwaiter().GetResult();
        var (from, until) = VisitCoverage.MonthOf(month.Year, month.Month, zone);
        var explained = figures with { Exceptions = kpis.Exceptions(from, until, null) };
        var page = MonthlyPage.Html(explained, new(Languages.Chinese), zone);
        Assert.All(explained.Exceptions, late => Assert.Contains($"why {late.AlertId}", page, StringComparison.Ordinal));
        Assert.DoesNotContain("尚未说明</b>", page, StringComparison.Ordinal);
    }

    private static async Task CheckFilesAsync(MonthlyFigures figures, TimeZoneInfo zone, byte[] csv, List<NaiveCount> records)
    {
        var lines = Encoding.UTF8.GetString(csv).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',').Select(cell => cell.Trim('"')).ToArray()).ToList();
        Assert.Equal(
            records.Select(one => one.Record!.Value).Where(record => record is { Kind: "alert", Minutes: not null })
                .Select(record => (record.By, TimeZoneInfo.ConvertTime(record.At, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), record.Minutes!.Value, record.Outcome)).Order(),
            lines.Select(cells => (cells[1], cells[4], int.Parse(cells[5], CultureInfo.InvariantCulture), cells[7])).Order());

        using var workbook = new MemoryStream();
        await MonthlyWorkbook.WriteAsync(workbook, figures, new(Languages.Chinese), zone, CancellationToken.None);
        workbook.Position = 0;
        using var reader = ExcelReaderFactory.CreateOpenXmlReader(workbook);
        var sheets = new Dictionary<string, List<object?[]>>();
        do
        {
            var rows = sheets[reader.Name] = [];
            while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)]);
        }
        while (reader.NextResult());
        Assert.Equal((double)figures.Kpi.Alerts, sheets["数量"][1][1]);
        Assert.Equal(figures.Kpi.AnsweredWithin60s, sheets["达标"][1][1]);
        Assert.Equal(figures.Kpi.ByCommittee.Sum(part => part.Calls), Sum("居委会", 2));
        Assert.Equal(figures.Coverage.Areas.Sum(area => area.Seen), Sum("探访", 3));
        Assert.Equal(figures.People.Sum(person => person.Minutes), Sum("人员", 4));
        Assert.Equal(figures.Exceptions.Select(late => late.AlertId), sheets["超时例外"].Skip(1).Where(row => row.Length > 1).Select(row => (string)row[0]!));

        double Sum(string sheet, int column) => sheets[sheet].Skip(1).Where(row => row.Length > column).Sum(row => (double)row[column]!);
    }

    /// <summary>Tells a story as an alert grain does: decides, applies, saves; what comes after now has not happened yet.</summary>
    private static async Task<NaiveCount> TellAsync(
        AlertStore store, int n, (int Home, int Rule, int Minute, (AlertCommand? Command, int Seconds)[] Moves) story, DateTimeOffset from, DateTimeOffset now)
    {
        Rule[] rules = [Rule.Sos, Rule.NoWater, Rule.Tamper];
        var place = new Place(new($"H{story.Home}"), "", Places[story.Home % 3].Committee, Places[story.Home % 3].SubDistrict, "", null, true);
        var (at, id, happened) = (from.AddMinutes(story.Minute), store.NextId(), new List<AlertEvent>());
        Alert? alert = null;
        await DoAsync(Again());
        foreach (var (command, seconds) in story.Moves)
        {
            at = at.AddSeconds(seconds);
            // A closed alert is not raised again here: that would be another alert.
            if (at >= now || (command is null && alert!.IsClosed)) continue;
            await DoAsync(command ?? Again());
        }

        return new(alert!, happened, now);

        Raise Again() => new(id, rules[story.Rule], place, new("d1"), at, $"{id}/{at.Ticks}", new Evidence());

        async Task DoAsync(AlertCommand command)
        {
            var ladder = Ladder.For(command switch { Regrade regrade => regrade.Priority, AskHelp => Priority.P1, _ => rules[story.Rule].Priority });
            if (AlertRules.Decide(alert, command, ladder, at) is not Decision.Accepted { Events.Count: > 0 } accepted) return;
            alert = accepted.Events.Aggregate(alert, AlertRules.Evolve);
            happened.AddRange(accepted.Events);
            await store.SaveAsync($"H{story.Home}/{n}", alert!, accepted.Events, [], null);
        }
    }
}
