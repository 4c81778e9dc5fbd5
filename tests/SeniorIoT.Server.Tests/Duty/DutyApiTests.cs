// Requests go to a server in this process and end with it: a token on each call would only be noise.
#pragma warning disable xUnit1051

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Access;
using Xunit;

namespace SeniorIoT.Server.Tests.Duty;

public sealed class DutyApiTests
{
    private const string Wang = "+8613800000031";
    private const string Li = "+8613800000032";
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 4, 0, 0, TimeSpan.Zero); // Wednesday noon in Shanghai

    private static NewRota ByDay => new(
        [new("Wang", "138 0000 0031"), new("Li", Li)],
        [new(["monday", "tuesday", "wednesday", "thursday", "friday"], "08:00", "20:00", ["13800000031"]), new(["saturday", "sunday"], "08:00", "20:00", [Li])],
        [new("2026-11-26", People: [Li])]);

    [Fact]
    public async Task A_rota_comes_out_by_the_week_with_holidays_swaps_absences_and_its_gaps()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        using var put = await admin.PutAsJsonAsync("/api/v1/duty/rotas/North/committee_duty", ByDay);
        await put.OkAsync();
        await admin.PostOkAsync("/api/v1/duty/swaps", new NewDutySwap("North", Role.CommitteeDuty, Wang, new("Zhao", "13800000033"), Now, Now.AddHours(4)));
        await admin.PostOkAsync("/api/v1/duty/absences", new NewDutyAbsence(Li, Now.AddDays(5), Reason: "sick"));

        var rota = (await admin.GetFromJsonAsync<Page<DutyRota>>("/api/v1/duty/rotas"))!.Items.Single();
        Assert.Equal(["Zhao"], rota.OnDuty.Select(person => person.Name));
        Assert.Equal(
            [
                "Mon 00:00 –", "Mon 08:00 Wang", "Mon 20:00 –", "Tue 08:00 Wang", "Tue 20:00 –", "Wed 08:00 Wang", "Wed 12:00 Zhao", "Wed 16:00 Wang", "Wed 20:00 –",
                "Fri 08:00 Wang", "Fri 20:00 –",
            ],
            rota.Spans.Select(Say));
        // Li is away from Thursday, her holiday, over the weekend.
        Assert.Equal(["Wed 20:00", "Fri 20:00", "Mon 20:00"], rota.Gaps.Take(3).Select(gap => Local(gap.From)));
        var next = (await admin.GetFromJsonAsync<Page<DutyRota>>("/api/v1/duty/rotas?from=2026-11-30&area=North"))!.Items.Single();
        Assert.Equal("Mon 00:00 –", Say(next.Spans[0]));
    }

    [Fact]
    public async Task Everything_wrong_with_a_rota_is_named_at_once()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        var bad = new NewRota(
            [new("Wang", "110"), new("", Li)],
            [new([], "8:00", "20:00", [Wang]), new(["someday"], "08:00", "24:00", [])],
            [new("tomorrow"), new("2026-10-10", "saturday", [Wang])]);
        using var answer = await admin.PutAsJsonAsync("/api/v1/duty/rotas/North/committee_duty", bad);
        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(
            [
                "people[0].phone", "people[1].name", "shifts[0].weekdays", "shifts[0].from", "shifts[0].people", "shifts[1].weekdays", "shifts[1].until", "shifts[1].people",
                "holidays[0].on", "holidays[0].like", "holidays[1].people",
            ],
            problem.Fields());
        using var role = await admin.PutAsJsonAsync("/api/v1/duty/rotas/Nowhere/contact", ByDay);
        Assert.Equal(["area", "role"], (await role.ProblemAsync(HttpStatusCode.BadRequest)).Fields());
        using var twice = await admin.PutAsJsonAsync("/api/v1/duty/rotas/North/volunteer", ByDay with { People = [new("Wang", Wang), new("Li", Li), new("Lin", "0086 13800000032")] });
        Assert.Equal(["people"], (await twice.ProblemAsync(HttpStatusCode.BadRequest)).Fields());
    }

    [Fact]
    public async Task A_committee_enters_swaps_and_absences_of_its_own_and_sees_no_other()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"), Homes.Household("H2", "South", "Valley") with { Contacts = [new("Sun", "13800000009", "volunteer")] });
        foreach (var area in new[] { "North", "South", "district" })
        {
            using var put = await admin.PutAsJsonAsync($"/api/v1/duty/rotas/{area}/committee_duty", ByDay);
            await put.OkAsync();
        }

        using var north = await host.LoginAsAsync(admin, Roles.Committee, "North");
        Assert.Equal(["North"], (await north.GetFromJsonAsync<Page<DutyRota>>("/api/v1/duty/rotas"))!.Items.Select(rota => rota.Area));
        using var put2 = await north.PutAsJsonAsync("/api/v1/duty/rotas/North/committee_duty", ByDay);
        await put2.ProblemAsync(HttpStatusCode.Forbidden);
        var swap = new NewDutySwap("North", Role.CommitteeDuty, Wang, new("Zhao", "13800000033"), Now, Now.AddHours(4));
        var made = await north.PostOkAsync("/api/v1/duty/swaps", swap);
        await north.RefusedAsync("/api/v1/duty/swaps", swap with { Area = "South" }, HttpStatusCode.NotFound);
        Assert.Equal(["out"], (await north.RefusedAsync("/api/v1/duty/swaps", swap)).Fields()); // replaced already
        Assert.Equal(["out", "in.phone", "until"], (await north.RefusedAsync("/api/v1/duty/swaps", swap with { Out = "13800000099", In = new("Zhao", "1"), Until = Now })).Fields());

        await north.PostOkAsync("/api/v1/duty/absences", new NewDutyAbsence("138-0000-0000", Now.AddDays(2)));
        Assert.Equal(["phone"], (await north.RefusedAsync("/api/v1/duty/absences", new NewDutyAbsence("13800000009", Now.AddDays(2)))).Fields());
        using var quiet = await north.PutAsJsonAsync("/api/v1/duty/quiet-hours/13800000000", new NewQuietHours("22:00", "06:30"));
        Assert.Equal("06:30", (await quiet.OkAsync()).GetProperty("until").GetString());
        using var other = await north.PutAsJsonAsync("/api/v1/duty/quiet-hours/13800000009", new NewQuietHours("22:00", "22:00"));
        Assert.Equal(["phone", "until"], (await other.ProblemAsync(HttpStatusCode.BadRequest)).Fields());

        using var south = await host.LoginAsAsync(admin, Roles.Committee, "South");
        foreach (var list in new[] { "swaps", "absences", "quiet-hours" }) Assert.Empty((await south.GetOkAsync("/api/v1/duty/" + list)).GetProperty("items").EnumerateArray());
        Assert.Equal(["Sun", "Wang", "Li"], (await south.GetFromJsonAsync<Page<DutyContact>>("/api/v1/duty/people"))!.Items.Select(person => person.Name));
        using var foreign = await south.DeleteAsync($"/api/v1/duty/swaps/{made.GetProperty("swapId").GetString()}");
        await foreign.ProblemAsync(HttpStatusCode.NotFound);
        using var ended = await north.DeleteAsync($"/api/v1/duty/swaps/{made.GetProperty("swapId").GetString()}");
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Empty((await north.GetOkAsync("/api/v1/duty/swaps")).GetProperty("items").EnumerateArray());

        var audit = (await admin.GetFromJsonAsync<Page<AuditEntry>>("/api/v1/audit"))!.Items.Where(entry => entry.Action.StartsWith("duty.", StringComparison.Ordinal)).ToList();
        Assert.Equal(["duty.swap.end", "duty.quiet", "duty.absence", "duty.swap", "duty.rota", "duty.rota", "duty.rota"], audit.Select(entry => entry.Action));
        Assert.DoesNotContain(audit, entry => $"{entry.Subject} {entry.Detail}".Contains("138", StringComparison.Ordinal) || $"{entry.Detail}".Contains("Zhao", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pairings_and_households_without_people_are_listed_and_counted()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        for (var i = 1; i <= 6; i++) await admin.EnrolAsync(Homes.Household($"H{i}")); // all with the volunteer Li, +86 138 0000 0000
        await admin.EnrolAsync(
            Homes.Household("H7") with { Contacts = [new("Li", "13800000000", "volunteer"), new("Wu", "13800000002", "second_volunteer")] },
            Homes.Household("H8", "South", "Valley") with { Contacts = [] },
            Homes.Household("H9", "South", "Valley") with { Contacts = [new("office", "021-52310000", "committee_duty"), new("short", "110", "contact")] });
        var pairings = (await admin.GetFromJsonAsync<Page<Pairing>>("/api/v1/duty/pairings"))!.Items;
        Assert.Equal(["Li 7 True", "Wu 1 False"], pairings.Select(pairing => $"{pairing.Name} {pairing.Households.Count} {pairing.IsOverloaded}"));
        Assert.Equal("Li", Assert.Single((await admin.GetFromJsonAsync<Page<Pairing>>("/api/v1/duty/pairings?overloaded=true"))!.Items).Name);

        Assert.Equal(["H8"], await WarnedAsync("nobody"));
        Assert.Equal(["H9"], await WarnedAsync("only_unreachable"));
        Assert.Equal(["H1", "H2", "H3", "H4", "H5", "H6"], await WarnedAsync("only_one"));
        Assert.Equal(["H8", "H9"], await WarnedAsync("lacks_volunteer"));
        var summary = (await admin.GetFromJsonAsync<DutySummary>("/api/v1/duty/summary"))!;
        Assert.Equal((9, 1, 1, 6, 2, 8), (summary.Households, summary.Nobody, summary.OnlyUnreachable, summary.OnlyOne, summary.LacksVolunteer, summary.LacksSecondVolunteer));
        Assert.Equal((2, 1, 5, 4, 2, 2), (summary.Volunteers, summary.OverloadedVolunteers, summary.PairingMax, summary.People, summary.Unreachable, summary.Untested));
        Assert.Equal(["district", "Hill", "North", "South", "Valley"], summary.Areas);
        Assert.Equal(["no_number", "landline"], (await admin.GetFromJsonAsync<Page<DutyContact>>("/api/v1/duty/people?reach=unreachable"))!.Items.Select(person => person.Reach).OrderDescending());

        // Somebody of the committee is on a rota: two people, whenever they are on duty.
        using var put = await admin.PutAsJsonAsync("/api/v1/duty/rotas/South/committee_duty", ByDay);
        await put.OkAsync();
        Assert.Empty(await WarnedAsync("nobody"));

        using var south = await host.LoginAsAsync(admin, Roles.Committee, "South");
        Assert.Equal(2, (await south.GetFromJsonAsync<DutySummary>("/api/v1/duty/summary"))!.Households);
        Assert.Equal(["kind"], (await (await admin.GetAsync("/api/v1/duty/warnings?kind=many")).ProblemAsync(HttpStatusCode.BadRequest)).Fields());

        async Task<string[]> WarnedAsync(string kind)
        {
            var (ids, next) = (new List<string>(), "");
            do
            {
                var page = (await admin.GetFromJsonAsync<Page<DutyWarning>>($"/api/v1/duty/warnings?kind={kind}&limit=4&cursor={next}"))!;
                ids.AddRange(page.Items.Select(warning => warning.HouseholdId));
                next = page.Next;
            }
            while (next is not null);
            return [.. ids];
        }
    }

    [Fact]
    public async Task The_districts_holidays_follow_another_day_and_name_nobody()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        using var put = await admin.PutAsJsonAsync("/api/v1/duty/rotas/North/committee_duty", ByDay with { Holidays = null });
        await put.OkAsync();
        using var calendar = await admin.PutAsJsonAsync("/api/v1/duty/calendar", new DutyCalendar([new("2026-11-25", "sunday")]));
        await calendar.OkAsync();
        Assert.Equal(["Li"], (await admin.GetFromJsonAsync<Page<DutyRota>>("/api/v1/duty/rotas"))!.Items[0].OnDuty.Select(person => person.Name));
        using var bad = await admin.PutAsJsonAsync("/api/v1/duty/calendar", new DutyCalendar([new("2026-11-25", "sunday"), new("2026-11-25", "monday"), new("2026-11-27", People: [Li])]));
        Assert.Equal(["holidays[2].people", "holidays[2].like", "holidays"], (await bad.ProblemAsync(HttpStatusCode.BadRequest)).Fields());
        using var gone = await admin.DeleteAsync("/api/v1/duty/rotas/North/committee_duty");
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using var again = await admin.DeleteAsync("/api/v1/duty/rotas/North/committee_duty");
        await again.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Whether_the_family_is_asked_first_is_a_fact_of_the_household_in_the_api_and_in_a_spreadsheet()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"), Homes.Household("H2") with { ContactFirst = true });
        Assert.Equal([false, true], (await admin.GetFromJsonAsync<Page<Household>>("/api/v1/households"))!.Items.Select(home => home.ContactFirst));
        using var patch = await admin.PatchAsJsonAsync("/api/v1/households/H1", new HouseholdPatch(ContactFirst: true));
        Assert.True((await patch.OkAsync()).GetProperty("contactFirst").GetBoolean());
        using var other = await admin.PatchAsJsonAsync("/api/v1/households/H1", new HouseholdPatch(Address: "Lane 9"));
        Assert.True((await other.OkAsync()).GetProperty("contactFirst").GetBoolean());

        using var form = new MultipartFormDataContent { { new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes("住户编号,地址,居委会,街道,先联系家属\nH3,愚园路1号,North,Hill,是\nH4,愚园路2号,North,Hill,\nH5,愚园路3号,North,Hill,maybe\n")), "file", "homes.csv" } };
        var report = await (await admin.PostAsync("/api/v1/import?skipBad=true", form)).Content.ReadFromJsonAsync<ImportReport>();
        Assert.Equal("先联系家属", Assert.Single(report!.Errors).Column);
        Assert.True((await admin.GetFromJsonAsync<Household>("/api/v1/households/H3"))!.ContactFirst);
        Assert.False((await admin.GetFromJsonAsync<Household>("/api/v1/households/H4"))!.ContactFirst);
    }

    private static Task<RegistryHost> StartAsync() => RegistryHost.StartAsync(
        clock: new FakeTimeProvider(Now),
        addRooms: (services, folder) => services.AddDuty(new DutyOptions())
            .AddSingleton(_ => new AlertStore(new SqliteFile(Path.Combine(folder, "alerts.db"), AlertSchema.Migrations)))
            .AddSingleton(provider => new AlertSurroundings(_ => Place.System, (_, _) => [], (_, priority) => Ladder.For(priority), provider.GetRequiredService<TimeZoneInfo>())),
        mapRooms: app => app.MapDuty());

    private static string Say(DutySpan span) => $"{Local(span.From)} {(span.People.Count == 0 ? "–" : string.Join(' ', span.People.Select(person => person.Name)))}";

    private static string Local(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(8)).ToString("ddd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
