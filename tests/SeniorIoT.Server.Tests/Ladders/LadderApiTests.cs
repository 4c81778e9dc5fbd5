using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Ladders;
using SeniorIoT.Server.Tests.Access;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;
using LadderStep = SeniorIoT.Api.LadderStep;

namespace SeniorIoT.Server.Tests.Ladders;

public sealed class LadderApiTests
{
    private static readonly NewLadder Short = new()
    {
        Steps = [new(0, [Role.Supervisor]), new(90, [Role.CommitteeHead])], RepeatEverySeconds = 120, RepeatRoles = [Role.Supervisor], Note = "holidays",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ladder_of_a_place_is_in_force_at_once_and_its_versions_stay()
    {
        await using var host = await RegistryHost.StartAsync(mapRooms: app => app.MapLadders(), addRooms: (services, _) => services.AddSingleton(new AlertSurroundings(
            _ => Episode, (_, _) => [], (place, priority) => LadderBook.Default.InForce(place, priority), TimeZoneInfo.Utc)));
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        var book = host.Services.GetRequiredService<LadderStore>();
        var first = await PutAsync(admin, "sub-district/Hill/P1", Short);
        Assert.Equal(("sub-district:Hill/P1-1", 1, "admin"), (first.Name, first.Version, first.ChangedBy));
        Assert.Equal([Role.Supervisor], book.Book.InForce(Episode, Priority.P1).RolesAt(0));
        Assert.Equal("sub-district:Hill/P1-1", book.Book.InForce(Episode, Priority.P1).Version);

        var stale = await admin.PutAsJsonAsync("/api/v1/ladders/sub-district/Hill/P1", Short, Cancel);
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        await PutAsync(admin, "sub-district/Hill/P1", Short with { Version = 1, RepeatEverySeconds = 60 });
        Assert.Equal(2, new LadderStore(host.Services.GetRequiredService<SeniorIoT.Server.Households.Registry>().File).ReadVersions(Domain.Detection.RulePlace.Of(new("Hill", "")), Priority.P1).Count);
        (await admin.DeleteAsync("/api/v1/ladders/sub-district/Hill/P1?version=2&note=over", Cancel)).EnsureSuccessStatusCode();
        Assert.Equal(Ladder.For(Priority.P1), book.Book.InForce(Episode, Priority.P1));
        var versions = await admin.GetFromJsonAsync<Page<LadderSet>>("/api/v1/ladders/sub-district/Hill/P1", Cancel);
        Assert.Equal([(3, true, "over"), (2, false, "holidays"), (1, false, "holidays")], versions!.Items.Select(one => (one.Version!.Value, one.IsRemoved, one.Note)));
        Assert.Equal(["P1", "P2", "P3"], (await admin.GetFromJsonAsync<Page<LadderSet>>("/api/v1/ladders", Cancel))!.Items.Select(one => one.Priority));
        var audit = await admin.GetStringAsync("/api/v1/audit", Cancel);
        Assert.Contains("0 s supervisor, 90 s committee_head, every 120 s supervisor", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_named_at_its_field_and_nothing_is_written()
    {
        await using var host = await RegistryHost.StartAsync(mapRooms: app => app.MapLadders(), addRooms: (services, _) => services.AddSingleton(new AlertSurroundings(
            _ => Episode, (_, _) => [], (_, priority) => Ladder.For(priority), TimeZoneInfo.Utc)));
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        var answer = await admin.PutAsJsonAsync(
            "/api/v1/ladders/committee/North/P1", Short with { RepeatEverySeconds = null, StopsWhenCleared = true, Note = null, Steps = [new LadderStep(3, ["nobody"])] }, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.All(["steps[0].afterSeconds", "steps[0].roles", "repeatEverySeconds", "stopsWhenCleared", "note"], field => Assert.Contains($"\"{field}\"", text, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await admin.PutAsJsonAsync("/api/v1/ladders/committee/Nowhere/P1", Short, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.PutAsJsonAsync("/api/v1/ladders/household/H1/P1", Short, Cancel)).StatusCode);
        Assert.Equal(3, (await admin.GetFromJsonAsync<Page<LadderSet>>("/api/v1/ladders", Cancel))!.Items.Count);
    }

    [Fact]
    public async Task An_open_alert_goes_by_the_ladder_it_began_with()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var ladders = district.Get<LadderStore>();
        await ladders.AddAsync<object>(
            new(Domain.Detection.PlaceScope.District, "district"), Priority.P1, _ => null,
            version => new(new(Domain.Detection.PlaceScope.District, "district"), Priority.P1, version, new([new(TimeSpan.Zero, [Role.Contact])], TimeSpan.FromMinutes(9), [Role.Contact]), district.Clock.GetUtcNow(), "An", ""),
            (_, _) => { });
        await district.DeliverAsync("b2", district.Button());
        var alerts = district.Alerts("sos").OrderBy(alert => alert.Id.Value, StringComparer.Ordinal).ToList();
        Assert.Equal([(null, 60.0), ("district:district/P1-1", 540.0)], alerts.Select(alert => (alert.Ladder.Version, (alert.EscalatesAt!.Value - alert.RaisedAt).TotalSeconds)));
    }

    private static readonly Place Episode = new(new HouseholdId("H1"), "1 Road", "North", "Hill", "", null, true);

    private static async Task<LadderSet> PutAsync(HttpClient admin, string path, NewLadder ladder)
    {
        var answer = await admin.PutAsJsonAsync("/api/v1/ladders/" + path, ladder, Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        return (await answer.Content.ReadFromJsonAsync<LadderSet>(Cancel))!;
    }
}
