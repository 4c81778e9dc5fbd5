using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>A server with buildings whose committee has people to tell. Each is a sub-district of its own, and all together are too few for an incident of the district.</summary>
public sealed class Building : ServerProcess
{
    private const string Committee = "万航居委会", Street = "万航渡路";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await PutAsync("responders/" + Uri.EscapeDataString(Committee), new { responders = new[] { new Contact("居委值班", "13900000001", "committee_duty"), new Contact("居委主任", "13900000002", "committee_head") } });
        await PutAsync("responders/district", new { responders = new[] { new Contact("周主管", "13900000003", "supervisor") } });
        await Api.PostAsync<User>("users", new NewUser("li.min", Password, Roles.Operator, null));
    }

    /// <summary>Enrols a building and lets the water burst in each of its homes; returns the incident when all are in it.</summary>
    internal async Task<Incident> BurstAsync(int number, int homes = 6)
    {
        var place = $"{Street}{number}号";
        List<Enrolled> meters = [];
        for (var home = 1; home <= homes; home++)
        {
            var id = $"b{number}-{home}";
            await Api.PostAsync<Household>("households", new NewHousehold(
                id, $"{place}{home}02室", Committee, $"第{number}街道", [new Resident("王秀英", 1941, true)], [new Contact("李志强", "+8613800000001", "volunteer")]));
            meters.Add(await Api.EnrolDeviceAsync("water", "w-" + id, id));
        }

        foreach (var meter in meters)
        {
            using var device = await RawDevice.ConnectAsync(MqttPort, meter);
            await device.PublishAsync(meter.Topic("event"), Payload.Event("\"mid\":\"e1\"", Payload.Now, "\"water\":{\"type\":\"burst\"}"));
        }

        return await Wait.ForAsync("all homes are in one incident", async () => (await Api.ListAsync<Incident>("incidents?state=open")).Find(one => one.Place == place && one.Members == homes));
    }

    /// <summary>A press in a home of a building.</summary>
    internal async Task PressAsync(int number, int home)
    {
        var button = await Api.EnrolDeviceAsync("sos", $"sos-b{number}-{home}", $"b{number}-{home}");
        using var device = await RawDevice.ConnectAsync(MqttPort, button);
        await device.PublishAsync(button.Topic("event"), Payload.Press("p1", Payload.Now));
    }

    private async Task PutAsync(string path, object body)
    {
        using var answer = await Api.Http.PutAsJsonAsync("api/v1/" + path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}

/// <summary>Thirty homes of a building at once: what the operator sees and does, in a real browser and over HTTP.</summary>
public sealed class StormTests(Building building, Browser browser) : IClassFixture<Building>, IClassFixture<Browser>
{
    [Fact]
    public async Task A_burst_main_is_one_row_opened_by_keyboard_answered_and_closed_and_a_press_in_it_stands_for_itself()
    {
        var page = await browser.LogInAsync(building.Address);
        await page.EvaluateAsync("window.notReloaded = true");
        var incident = await building.BurstAsync(81, 30);
        var row = page.Locator($"[data-testid=incident-row][data-incident-id={incident.IncidentId}]");
        await row.WaitForAsync();
        await Assertions.Expect(row).ToContainTextAsync("万航渡路81号");
        await Assertions.Expect(row).ToContainTextAsync("30 条警情");
        var members = page.Locator("#queue-list .row.member");
        await Assertions.Expect(members).ToHaveCountAsync(0);

        await building.PressAsync(81, 3);
        var press = await Wait.ForAsync("the press is an alert", async () => (await building.Api.AlertsAsync("b81-3", "sos")).SingleOrDefault());
        await page.Row(press.AlertId).WaitForAsync();
        await Assertions.Expect(page.Locator("#queue-list [role=listitem]").First).ToHaveAttributeAsync("data-alert-id", press.AlertId);

        await ChooseAsync(page, row);
        var detail = page.Locator($"[data-testid=incident-detail][data-incident-id={incident.IncidentId}]");
        await Assertions.Expect(detail.GetByTestId("incident-terms")).ToContainTextAsync("120 分钟内有 5 户以上、且占该处 30% 以上的住户报警");
        await Assertions.Expect(detail.GetByTestId("notice").First).ToContainTextAsync(incident.IncidentId + ",万航渡路81号");
        await page.Keyboard.PressAsync("ArrowRight");
        await members.First.WaitForAsync();
        await page.Keyboard.PressAsync("j");
        await Assertions.Expect(page.Locator("#queue-list .row.member.selected")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(members).ToHaveCountAsync(0);

        await page.Keyboard.PressAsync("a");
        await Assertions.Expect(row).ToContainTextAsync("admin 已应答");
        await Wait.UntilAsync("all homes are answered", async () => (await MembersAsync(incident)).TrueForAll(alert => alert.AnsweredBy == "admin"));
        Assert.Null((await building.Api.AlertAsync(press.AlertId)).AnsweredBy);
        await page.Keyboard.PressAsync("c");
        await detail.GetByTestId("note-text").FillAsync("总管爆裂，已报修");
        await detail.GetByTestId("outcome-leak").ClickAsync();
        await detail.GetByTestId("close-confirm").ClickAsync();
        await Wait.UntilAsync("all homes are closed", async () => (await MembersAsync(incident)).TrueForAll(alert => alert.Outcome == "leak"));
        await Assertions.Expect(row).ToHaveCountAsync(0);
        await Assertions.Expect(detail.Locator("[data-testid=timeline-entry][data-kind=closed]")).ToContainTextAsync("总管爆裂，已报修");
        await Assertions.Expect(page.Row(press.AlertId)).ToBeVisibleAsync();
        Assert.Empty(await page.SeriousViolationsAsync());
        Assert.True(await page.EvaluateAsync<bool>("window.notReloaded"));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_home_is_taken_out_and_a_finding_shelved_with_its_reason_until_somebody_ends_it()
    {
        var page = await browser.LogInAsync(building.Address);
        var incident = await building.BurstAsync(82);
        var row = page.Locator($"[data-testid=incident-row][data-incident-id={incident.IncidentId}]");
        await row.WaitForAsync();
        await row.GetByTestId("fold").ClickAsync();
        var member = page.Locator("#queue-list .row.member").First;
        var alertId = await member.GetAttributeAsync("data-alert-id");
        await member.ClickAsync();
        var alert = page.Detail(alertId!);
        await Assertions.Expect(alert.GetByTestId("in-incident")).ToContainTextAsync(incident.IncidentId);
        await page.Keyboard.PressAsync("x");
        await Wait.UntilAsync("it goes its own way", async () => (await building.Api.AlertAsync(alertId!)).IncidentId is null);
        await Assertions.Expect(alert.GetByTestId("in-incident")).ToHaveCountAsync(0);

        await page.Keyboard.PressAsync("s");
        await Assertions.Expect(alert.GetByTestId("shelf-for-72")).ToHaveCountAsync(0); // a person may be behind it: a day at most
        await alert.GetByTestId("shelf-reason").FillAsync("维修工周一上门");
        await alert.GetByTestId("shelf-confirm").ClickAsync();
        await Assertions.Expect(alert.GetByTestId("shelved")).ToContainTextAsync("维修工周一上门");
        await page.GoToAsync("shelves");
        var shelf = page.Locator("[data-testid=shelf]").Filter(new() { HasText = "维修工周一上门" });
        await Assertions.Expect(shelf).ToContainTextAsync("admin");
        Assert.Empty(await page.SeriousViolationsAsync());
        await shelf.GetByText("取消搁置").ClickAsync();
        await shelf.GetByText("取消搁置").ClickAsync();
        await Assertions.Expect(shelf).ToHaveCountAsync(0);
        await page.GoToAsync("load");
        await page.GetByTestId("load-tiles").WaitForAsync();
        Assert.Empty(await page.SeriousViolationsAsync());
        await page.GoToAsync("incidents");
        await page.Locator($"[data-testid=incident][data-incident-id={incident.IncidentId}]").WaitForAsync();
        Assert.Empty(await page.SeriousViolationsAsync());
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Of_two_people_one_is_first_and_the_other_is_told_by_whom_and_when()
    {
        var incident = await building.BurstAsync(83);
        using var other = await ApiClient.LoginAsync(building.Address, "li.min", ServerProcess.Password);
        var before = await building.Api.GetAsync<IncidentDetail>($"incidents/{incident.IncidentId}?members=0");
        Assert.Empty(before.Alerts);
        Assert.Equal((5, 30, 120, 2), (before.Terms!.OpensAtHomes, before.Terms.OpensAtPercent, before.Terms.WithinMinutes, before.Terms.EndsAtHomes));
        Assert.Equal(incident.OpenedAt.AddMinutes(30), before.Terms.GivesUpAt);
        Assert.Contains(before.Notices, notice => notice.Recipient == "周主管");

        var answered = await building.Api.PostAsync<IncidentDetail>($"incidents/{incident.IncidentId}/acknowledge", new IncidentAction { Version = before.Version });
        Assert.Null(answered.Terms!.GivesUpAt);
        foreach (var (verb, action) in new[] { ("acknowledge", new IncidentAction()), ("close", new IncidentAction(Outcome: "leak") { Version = before.Version }) })
        {
            using var refused = await other.Http.PostAsJsonAsync($"api/v1/incidents/{incident.IncidentId}/{verb}", action, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
            Assert.Equal(("admin", "acknowledged"), (problem.GetProperty("by").GetString(), problem.GetProperty("kind").GetString()));
            Assert.Equal(answered.AnsweredAt!.Value, problem.GetProperty("at").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        }

        // Having looked again, the other may close it.
        await other.PostAsync<IncidentDetail>($"incidents/{incident.IncidentId}/close", new IncidentAction(Outcome: "leak") { Version = answered.Version });
        Assert.Equal(6, (await MembersAsync(incident)).Count(alert => alert.ClosedBy == "li.min"));
    }

    [Fact]
    public async Task Members_come_in_pages_and_shelves_say_what_they_may_hold()
    {
        var incident = await building.BurstAsync(84);
        var first = await building.Api.GetAsync<Page<Alert>>($"incidents/{incident.IncidentId}/alerts?limit=4");
        var second = await building.Api.GetAsync<Page<Alert>>($"incidents/{incident.IncidentId}/alerts?limit=4&cursor={first.Next}");
        Assert.Equal((4, 2, null), (first.Items.Count, second.Items.Count, second.Next));
        Assert.Equal(6, first.Items.Concat(second.Items).Select(alert => alert.AlertId).Distinct().Count());

        var rules = (await building.Api.GetAsync<Page<ShelfRule>>("shelves/rules")).Items.ToDictionary(rule => rule.Rule);
        Assert.Equal((0, 24, 720), (rules["sos"].LongestHours, rules["burst"].LongestHours, rules["leak"].LongestHours));
        Assert.Contains("calls for help", rules["sos"].WhyNot, StringComparison.Ordinal);
        await building.Api.PostAsync<Shelf>("shelves", new NewShelf("b84-1", "leak", null, Payload.Now.AddHours(1), "the plumber is there"));
        Assert.Equal("万航渡路84号102室", Assert.Single(await building.Api.ListAsync<Shelf>("shelves?state=on&householdId=b84-1")).Address);
        Assert.Empty(await building.Api.ListAsync<Shelf>("shelves?state=on&householdId=b84-2"));
    }

    private async Task<List<Alert>> MembersAsync(Incident incident) => await building.Api.ListAsync<Alert>($"incidents/{incident.IncidentId}/alerts");

    /// <summary>Goes down the queue until a row is chosen, as a person without a mouse does.</summary>
    private static async Task ChooseAsync(IPage page, ILocator row)
    {
        for (var tries = 0; tries < 12 && await row.GetAttributeAsync("aria-current") != "true"; tries++) await page.Keyboard.PressAsync("j");
        await Assertions.Expect(row).ToHaveAttributeAsync("aria-current", "true");
    }
}
