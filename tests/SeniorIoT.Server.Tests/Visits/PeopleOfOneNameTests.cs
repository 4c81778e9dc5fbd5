using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Answers;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Kpis;
using SeniorIoT.Server.Reporting;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Access;
using SeniorIoT.Server.Tests.Alerts;
using SeniorIoT.Server.Visits;
using Xunit;

namespace SeniorIoT.Server.Tests.Visits;

/// <summary>Two volunteers are called 王伟, and their numbers tell them apart.</summary>
public sealed class PeopleOfOneNameTests
{
    private const string One = "+8613800000001";
    private const string Other = "+8613800000002";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_who_answer_by_phone_are_two_in_visits_and_figures()
    {
        await using var district = await District.StartAsync();
        await VisitAsync("b1", "H1", One, minutes: 10);
        await VisitAsync("b2", "H2", Other, minutes: 20);
        var people = district.Get<VisitDesk>().People(District.Start.AddDays(-1), district.Clock.GetUtcNow().AddDays(1), AreaScope.Whole, new PhoneSight(true));
        Assert.Equal([("王伟", Other, 20), ("王伟", One, 10)], people.Select(person => (person.Name, person.Phone!, person.Minutes)));
        var byPerson = district.Get<KpiDesk>().Figures(District.Start.AddDays(-1), district.Clock.GetUtcNow().AddDays(1), null).ByPerson;
        Assert.Equal([("王伟", "***0001", 1), ("王伟", "***0002", 1)], byPerson.Select(part => (part.Name, part.Phone!, part.Calls)));

        async Task VisitAsync(string button, string home, string number, int minutes)
        {
            await district.DeliverAsync(button, district.Button());
            var alert = district.Alerts()[0];
            await district.Get<AnswerDesk>().GiveAsync(alert.Id.Value, Answer.Here, "1", new("王伟", number, "SMS", home));
            district.Clock.Advance(TimeSpan.FromMinutes(minutes));
            Assert.Null((await district.Alert($"{home}/sos").Act(alert.Id, new AlertCommand.Close("An", "safe", null), new Actor("An", null))).Rejected);
        }
    }

    [Fact]
    public async Task Help_asked_by_one_is_answered_by_the_other_of_the_name()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var id = district.Alerts()[0].Id.Value;
        var answers = district.Get<AnswerDesk>();
        await answers.GiveAsync(id, Answer.NeedsHelp, "3", new("王伟", One, "SMS", "a"));
        await answers.GiveAsync(id, Answer.Here, "1", new("王伟", One, "SMS", "b"));
        Assert.NotNull(district.Alerts()[0].Help);
        await answers.GiveAsync(id, Answer.Here, "1", new("王伟", Other, "SMS", "c"));
        Assert.Equal((null, PersonId.OfPhone(Other)), (district.Alerts()[0].Help, district.Alerts()[0].Dispatch!.ToId));
    }

    [Fact]
    public async Task Who_enters_a_visit_says_which_and_only_the_centre_sees_the_whole_number()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1") with { Contacts = [new("王伟", One, "volunteer"), new("王伟", "138 0000 0002", "second_volunteer"), new("李", "+8613800000003", "contact")] });
        await admin.PostOkAsync("/api/v1/users", new NewUser("north", "long enough password", Roles.Committee, "North"));
        using var north = await host.LoginAsync("north", "long enough password");

        var asked = await PostAsync(new NewVisit { HouseholdId = "H1", By = "王伟", Minutes = 10 });
        Assert.Equal(HttpStatusCode.BadRequest, asked.StatusCode);
        Assert.Contains("王伟 ***0001, 王伟 ***0002", System.Text.RegularExpressions.Regex.Unescape(await asked.Content.ReadAsStringAsync(Cancel)), StringComparison.Ordinal);

        Assert.Equal(("王伟", "***0001", null), await MadeAsync(new() { HouseholdId = "H1", By = "王伟", ByPhone = "***0001", Minutes = 10 }));
        Assert.Equal(("王伟", "***0002", null), await MadeAsync(new() { HouseholdId = "H1", ByPhone = Other, Minutes = 20 }));
        Assert.Equal(("李", "***0003", null), await MadeAsync(new() { HouseholdId = "H1", By = "李", Minutes = 30 }));
        Assert.Equal(("north", null, "north"), await MadeAsync(new() { HouseholdId = "H1", Minutes = 40 }));
        Assert.Equal(("新人", null, null), await MadeAsync(new() { HouseholdId = "H1", By = "新人", Minutes = 50 }));
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(new() { HouseholdId = "H1", By = "新人", ByPhone = "9999" })).StatusCode);

        var seen = (await admin.GetFromJsonAsync<Page<VisitPerson>>("/api/v1/visits/people", Cancel))!.Items;
        Assert.Equal([("新人", null), ("north", null), ("李", "+8613800000003"), ("王伟", Other), ("王伟", One)], seen.Select(person => (person.Name, person.Phone)));
        Assert.Equal([One, Other], (await LinesAsync(admin)).Select(cells => cells[2]).Where(phone => phone is One or Other));
        Assert.Equal(["***0001", "***0002", "***0003", "", ""], (await LinesAsync(north)).Select(cells => cells[2]));

        // A correction that says nothing of the person leaves him or her.
        var first = (await north.GetFromJsonAsync<Page<Visit>>("/api/v1/visits", Cancel))!.Items[^1];
        (await north.PostAsJsonAsync($"/api/v1/visits/{first.VisitId}/correct", new NewVisit { Minutes = 11, Reason = "a slip" }, Cancel)).EnsureSuccessStatusCode();
        Assert.Equal((11, "***0001"), (await north.GetFromJsonAsync<Page<Visit>>($"/api/v1/visits/{first.VisitId}", Cancel))!.Items[0] is var now ? (now.Minutes, now.ByPhone) : default);

        Task<HttpResponseMessage> PostAsync(NewVisit visit) => north.PostAsJsonAsync("/api/v1/visits", visit, Cancel);
        async Task<(string, string?, string?)> MadeAsync(NewVisit visit) =>
            (await (await PostAsync(visit)).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Visit>(Cancel)) is { } made ? (made.By, made.ByPhone, made.ByUser) : default;
        async Task<List<string[]>> LinesAsync(HttpClient who)
        {
            var address = (await who.GetFromJsonAsync<Page<MonthlyReport>>("/api/v1/reports", Cancel))!.Items[0].TimeAccounts!;
            return [.. Encoding.UTF8.GetString(await who.GetByteArrayAsync(address, Cancel)).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',').Select(cell => cell.Trim('"', '\'')).ToArray())];
        }
    }

    [Fact]
    public async Task Records_from_before_get_the_number_that_the_alert_was_told_to_where_one_only_has_the_name()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("senioriot-").FullName, "alerts.db");
        await using (var old = new SqliteFile(path, [.. AlertSchema.Migrations.TakeWhile(script => script != VisitStore.People)]))
        {
            await old.WriteAsync(connection =>
            {
                foreach (var (alert, phone) in new[] { ("A1", "138-0000-0001"), ("A2", "13800000001"), ("A2", "13800000002") })
                    connection.Run(
                        "INSERT INTO notices (notice_id, alert_id, step, channel, role, recipient, phone, text, state, owed_at) VALUES (@id, @alert, 0, 'sms', 'volunteer', '王伟', @phone, '', 0, 0)",
                        ("@id", alert + phone), ("@alert", alert), ("@phone", phone));
                foreach (var (id, by, alert, enteredBy) in new[] { ("V-A1", "王伟", "A1", "an"), ("V-A2", "王伟", "A2", "an"), ("V1", "an", null, "an"), ("V2", "Li", (string?)null, "an") })
                    connection.Run(
                        """
                        INSERT INTO visits (visit_id, household_id, committee, sub_district, kind, at, by, minutes, outcome, alert_id, is_seen, entered_at, entered_by)
                        VALUES (@id, 'H1', 'C', 'S', 'round', 0, @by, 10, 'safe', @alert, 1, 0, @enteredBy)
                        """,
                        ("@id", id), ("@by", by), ("@alert", alert), ("@enteredBy", enteredBy));
            }, Cancel);
        }

        await using var file = new SqliteFile(path, AlertSchema.Migrations);
        Assert.Equal(
            [("V2", null), ("V1", "user:an"), ("V-A2", null), ("V-A1", "tel:" + One)], new VisitStore(file).List(null, null, null, null).Select(row => (row.Visit.Id, row.Visit.ById?.Value)));
        await Assert.ThrowsAsync<SqliteException>(() => file.WriteAsync(connection => connection.Run("UPDATE visits SET by = 'x'"), Cancel));
    }

    private static Task<RegistryHost> StartAsync() => VisitStoryTests.StartAsync(
        services => services.AddSingleton(provider => new ServerOptions { Data = Path.GetDirectoryName(provider.GetRequiredService<Server.Households.Registry>().File.Path)! })
            .AddSingleton(provider => new Server.Channels.AreaChannels(provider.GetRequiredService<Server.Households.Registry>().File)).AddReports(),
        app => app.MapReports());
}
