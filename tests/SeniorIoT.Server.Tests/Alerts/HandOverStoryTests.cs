using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Alerts;

public sealed class HandOverStoryTests
{
    [Fact]
    public async Task What_nobody_takes_is_told_on_after_three_minutes_and_what_is_taken_is_not()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var id = district.Alerts()[0].Id;
        await ActAsync(new AlertCommand.Acknowledge("An", null));
        await ActAsync(new AlertCommand.HandOver("An", "Bo", "my shift ends"));
        Assert.Equal(("Bo", "Bo", "An"), Shown() is var offered ? (offered.HandledBy, offered.WaitsFor, offered.HandedOverBy) : default);
        district.Clock.Advance(AlertRules.TakeWithin - TimeSpan.FromSeconds(1));
        await district.SweepAsync();
        Assert.NotNull(Shown().AnsweredAt);
        var told = district.Notices(district.Alerts()[0]).Count;
        district.Clock.Advance(TimeSpan.FromSeconds(1));
        await district.SweepAsync();
        Assert.Equal((null, null, null), Shown() is var back ? (back.AnsweredAt, back.HandledBy, back.WaitsFor) : default);
        Assert.True(district.Notices(district.Alerts()[0]).Count > told);

        await ActAsync(new AlertCommand.Acknowledge("An", null));
        await ActAsync(new AlertCommand.HandOver("An", "Bo", null));
        await ActAsync(new AlertCommand.Acknowledge("Bo", null));
        district.Clock.Advance(TimeSpan.FromHours(1));
        await district.SweepAsync();
        Assert.Equal(("Bo", null), (Shown().HandledBy, Shown().WaitsFor));
        Assert.Equal(["handed_over", "not_taken", "acknowledged", "handed_over", "taken"], district.Get<AlertQueries>().TimelineOf(id.Value).Select(line => line.Kind).SkipWhile(kind => kind != "handed_over"));

        async Task ActAsync(AlertCommand command) => Assert.Null((await district.Alert("H1/sos").Act(id, command, new Actor("An", null))).Rejected);
        Api.Alert Shown() => AlertView.Of(district.Alerts()[0]);
    }

    [Fact]
    public async Task Those_who_are_there_are_offered_first_and_only_those_who_may_see_it()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var alert = district.Alerts()[0];
        var (users, presence) = (new UserDirectory(), new Presence());
        foreach (var (name, area) in new (string, Area?)[] { ("an", null), ("bo", null), ("cai", null), ("duty", alert.Place.Area), ("else", new Area("Elsewhere", alert.Place.Committee)), ("lost", new Area("", alert.Place.Committee)) })
            users.Set(new UserEntry(name, "", Api.Roles.Operator, area, ""));
        presence.Enter("Cai");
        presence.Enter("an");
        presence.Enter("bo");
        presence.Leave("bo");
        var offered = new Colleagues(users, presence, district.Get<AlertSurroundings>(), district.Clock).Of(alert, "an");
        Assert.Equal([("cai", true, false), ("duty", false, true), ("bo", false, false)], offered.Select(one => (one.User, one.IsSignedIn, one.IsOnDuty)));
    }
}
