using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Kpis;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Access;
using SeniorIoT.Server.Tests.Alerts;
using SeniorIoT.Server.Visits;
using Xunit;

namespace SeniorIoT.Server.Tests.Visits;

public sealed class VisitStoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Closing_an_alert_writes_its_visit_and_closing_it_again_corrects_it()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var id = district.Alerts()[0].Id;
        await ActAsync(new AlertCommand.Dispatch("An", "Li", null));
        district.Clock.Advance(TimeSpan.FromMinutes(10));
        await ActAsync(new AlertCommand.Arrive("Li", null));
        district.Clock.Advance(TimeSpan.FromMinutes(20));
        await ActAsync(new AlertCommand.Close("An", "away", null));
        var visits = district.Get<VisitStore>();
        Assert.Equal(("Li", 20, "away"), Only());
        Assert.Empty(visits.ReadSeen(District.Start, district.Clock.GetUtcNow().AddDays(1)));

        await ActAsync(new AlertCommand.Reopen("Bo", "she was in the bath"));
        await ActAsync(new AlertCommand.Close("Bo", "safe", null));
        Assert.Equal(("Li", 20, "safe"), Only());
        Assert.Equal(2, visits.History($"V-{id}").Count);
        Assert.Equal("H1", Assert.Single(visits.ReadSeen(District.Start, district.Clock.GetUtcNow().AddDays(1))).Value);

        Task<AlertAnswer> ActAsync(AlertCommand command) => district.Alert("H1/sos").Act(id, command, new Actor("An", null));
        (string, int?, string) Only() => Assert.Single(visits.List(null, null, null, null)) is var row ? (row.Visit.By, row.Visit.Minutes, row.Visit.Outcome) : default;
    }

    [Fact]
    public async Task A_call_that_took_too_long_stays_on_the_report_until_somebody_says_why()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        district.Clock.Advance(TimeSpan.FromMinutes(4));
        var desk = district.Get<KpiDesk>();
        Assert.Equal(["unanswered"], Assert.Single(Exceptions()).Kinds);
        await district.Alert("H1/sos").Act(district.Alerts()[0].Id, new AlertCommand.Acknowledge("An", null), new Actor("An", null));
        var late = Assert.Single(Exceptions());
        Assert.Equal((240.0, "answered_late", null), (late.SecondsToAnswer, Assert.Single(late.Kinds), late.Cause));
        await desk.ExplainAsync(late.AlertId, "busy", "two calls at once", "An");
        Assert.Equal(("busy", "two calls at once", "An"), Exceptions() is [var explained] ? (explained.Cause, explained.Note, explained.ExplainedBy) : default);
        var kpi = desk.Figures(District.Start.AddDays(-1), district.Clock.GetUtcNow(), null);
        Assert.Equal((1, 0, 240.0, 0.0), (kpi.Exceptions, kpi.ExceptionsOpen, kpi.P90SecondsToAnswer, kpi.AnsweredWithin180s));
        Assert.Equal(("12", 1), kpi.ByHour is [var hour] ? (hour.Name, hour.Calls) : default); // 04:00 UTC in Shanghai

        IReadOnlyList<KpiException> Exceptions() => desk.Exceptions(District.Start.AddDays(-1), district.Clock.GetUtcNow(), null);
    }

    [Fact]
    public async Task A_committee_enters_and_corrects_its_own_visits_and_sees_what_is_still_to_do()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"), Homes.Household("H2"), Homes.Household("H3", "South"));
        await admin.PostOkAsync("/api/v1/users", new NewUser("north", "long enough password", Roles.Committee, "North"));
        using var north = await host.LoginAsync("north", "long enough password");
        var made = await north.PostAsJsonAsync("/api/v1/visits", new NewVisit { HouseholdId = "H1", Minutes = 25, Note = "tea" }, Cancel);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var visit = (await made.Content.ReadFromJsonAsync<Visit>(Cancel))!;
        Assert.Equal(("round", "north", 25, "safe", true), (visit.Kind, visit.By, visit.Minutes, visit.Outcome, visit.IsSeen));
        Assert.Equal(HttpStatusCode.NotFound, (await north.PostAsJsonAsync("/api/v1/visits", new NewVisit { HouseholdId = "H3" }, Cancel)).StatusCode);

        Assert.Equal((2, 1), await north.GetFromJsonAsync<VisitMonth>("/api/v1/visits/coverage", Cancel) is { } mine ? (mine.Households, mine.Seen) : default);
        Assert.Equal((3, 1), await admin.GetFromJsonAsync<VisitMonth>("/api/v1/visits/coverage", Cancel) is { } all ? (all.Households, all.Seen) : default);
        Assert.Equal(["H2"], (await north.GetFromJsonAsync<Page<OverdueVisit>>("/api/v1/visits/overdue", Cancel))!.Items.Select(home => home.HouseholdId));
        Assert.Equal(("north", 1, 25), (await north.GetFromJsonAsync<Page<VisitPerson>>("/api/v1/visits/people", Cancel))!.Items is [var person] ? (person.Name, person.Visits, person.Minutes) : default);

        Assert.Equal(HttpStatusCode.BadRequest, (await north.PostAsJsonAsync($"/api/v1/visits/{visit.VisitId}/correct", new NewVisit { Outcome = "away" }, Cancel)).StatusCode);
        (await north.PostAsJsonAsync($"/api/v1/visits/{visit.VisitId}/correct", new NewVisit { Outcome = "away", Reason = "the door was closed" }, Cancel)).EnsureSuccessStatusCode();
        Assert.Equal(0, (await north.GetFromJsonAsync<VisitMonth>("/api/v1/visits/coverage", Cancel))!.Seen);
        Assert.Equal(["the door was closed", null], (await north.GetFromJsonAsync<Page<Visit>>($"/api/v1/visits/{visit.VisitId}", Cancel))!.Items.Select(row => row.Correction));
    }

    [Fact]
    public async Task Everybody_who_was_at_a_visit_has_minutes_of_his_own_and_nobody_counts_twice()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        var made = await admin.PostAsJsonAsync(
            "/api/v1/visits", new NewVisit { HouseholdId = "H1", Minutes = 40, Helpers = [new("Wu", 25) { Phone = "+8613800000077" }, new("Zhou", null)] }, Cancel);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Cancel));
        var visit = (await made.Content.ReadFromJsonAsync<Visit>(Cancel))!;
        Assert.Equal([("Wu", 25, "+8613800000077"), ("Zhou", null, null)], visit.Helpers.Select(helper => (helper.Name, helper.Minutes, helper.Phone)));
        Assert.Equal([("admin", 40), ("Wu", 25), ("Zhou", 0)], await PeopleAsync());

        // What is left out of a correction stays as it was; what is given replaces it.
        (await CorrectAsync(new NewVisit { Minutes = 45, Reason = "until ten" })).EnsureSuccessStatusCode();
        Assert.Equal([("admin", 45), ("Wu", 25), ("Zhou", 0)], await PeopleAsync());
        var lines = Accounts();
        Assert.Equal([$"{visit.VisitId},admin,", $"{visit.VisitId}-2,Wu,\"'+8613800000077\""], lines.Select(line => string.Join(',', line.Split(',').Take(3))));
        Assert.Equal(["45", "25"], lines.Select(line => line.Split(',')[5]));
        (await CorrectAsync(new NewVisit { Helpers = [], Reason = "she was alone" })).EnsureSuccessStatusCode();
        Assert.Equal([("admin", 45)], await PeopleAsync());

        var twice = await CorrectAsync(new NewVisit { Helpers = [new("Wu", 5), new("Wu", 500), new("admin", 5), new("", 5)], Reason = "x" });
        Assert.Equal(HttpStatusCode.BadRequest, twice.StatusCode);
        var said = await twice.Content.ReadAsStringAsync(Cancel);
        Assert.All(["helpers[1].minutes", "helpers[3].name"], field => Assert.Contains($"\"{field}\"", said, StringComparison.Ordinal));
        twice = await CorrectAsync(new NewVisit { Helpers = [new("Wu", 5), new("Wu", 6), new("admin", 5)], Reason = "x" });
        said = await twice.Content.ReadAsStringAsync(Cancel);
        Assert.All(["helpers[1].name", "helpers[2].name"], field => Assert.Contains($"\"{field}\"", said, StringComparison.Ordinal));

        Task<HttpResponseMessage> CorrectAsync(NewVisit change) => admin.PostAsJsonAsync($"/api/v1/visits/{visit.VisitId}/correct", change, Cancel);
        async Task<IEnumerable<(string, int)>> PeopleAsync() => (await admin.GetFromJsonAsync<Page<VisitPerson>>("/api/v1/visits/people", Cancel))!.Items.Select(person => (person.Name, person.Minutes));
        List<string> Accounts()
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
            using var accounts = new Server.Reporting.TimeAccounts(host.Folder, host.Services.GetRequiredService<VisitStore>(), zone);
            var today = TimeZoneInfo.ConvertTime(visit.At, zone);
            return [.. System.Text.Encoding.UTF8.GetString(accounts.Csv(new DateOnly(today.Year, today.Month, 1), Server.Access.AreaScope.Whole, new Server.Access.PhoneSight(true))).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)];
        }
    }

    [Fact]
    public async Task What_is_wrong_with_a_visit_is_named_at_its_field()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        var answer = await admin.PostAsJsonAsync(
            "/api/v1/visits", new NewVisit { HouseholdId = "no such id!", Kind = "alert", Minutes = 0, At = TimeProvider.System.GetUtcNow().AddDays(2), By = new string('x', 100) }, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.All(["householdId", "kind", "minutes", "at", "by"], field => Assert.Contains($"\"{field}\"", text, StringComparison.Ordinal));
    }

    internal static Task<RegistryHost> StartAsync(Action<IServiceCollection>? more = null, Action<WebApplication>? map = null) => RegistryHost.StartAsync(
        addRooms: (services, folder) =>
        {
            services.AddSingleton(new AlertStore(new SqliteFile(Path.Combine(folder, "alerts.db"), AlertSchema.Migrations))).AddSingleton<AlertQueries>().AddVisits();
            more?.Invoke(services);
        },
        mapRooms: app =>
        {
            app.MapVisits().MapKpis();
            map?.Invoke(app);
        });
}
