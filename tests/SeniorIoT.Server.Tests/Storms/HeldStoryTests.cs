using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Storms;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;
using static SeniorIoT.Server.Tests.Storms.Tower;

namespace SeniorIoT.Server.Tests.Storms;

public sealed class HeldStoryTests
{
    [Fact]
    public async Task Shelved_a_finding_raises_nothing_and_what_is_still_there_at_the_end_is_an_alert_then()
    {
        await using var district = await StartAsync();
        await ShelveAsync(district, 1, Rule.Leak, TimeSpan.FromHours(2));
        await ShelveAsync(district, 2, Rule.Leak, TimeSpan.FromHours(2));
        foreach (var home in (int[])[1, 2])
        {
            await RaiseAsync(district, home, Rule.Leak);
            await RaiseAsync(district, home, Rule.Leak); // delivered twice
        }

        await ClearAsync(district, 2, Rule.Leak);
        await RaiseAsync(district, 1, Rule.LowBattery);
        Assert.Equal([Rule.LowBattery], district.Alerts().Select(alert => alert.Rule));
        Assert.Equal(1, district.Get<HeldStore>().Find(1, null)!.Held);
        await district.PassAsync(TimeSpan.FromMinutes(119), TimeSpan.FromMinutes(7));
        Assert.Empty(district.Alerts("leak"));
        await district.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1));
        Assert.Equal("T1", Assert.Single(district.Alerts("leak")).Place.Household.Value);
        await RaiseAsync(district, 2, Rule.Leak, 2);
        Assert.Equal(2, district.Alerts("leak").Count);
    }

    [Fact]
    public async Task A_shelf_outlives_a_crash_and_ended_early_lets_go_at_once()
    {
        var district = await StartAsync();
        await ShelveAsync(district, 1, Rule.Leak, TimeSpan.FromHours(20));
        await RaiseAsync(district, 1, Rule.Leak);
        await using var again = district = await district.RestartAsync(withCheckpoint: false);
        Enrol(district);
        await RaiseAsync(district, 1, Rule.Leak);
        await RaiseAsync(district, 1, Rule.Leak, 2);
        var shelf = district.Get<HeldStore>().Find(1, null)!;
        Assert.Equal((0, 2), (district.Alerts("leak").Count, shelf.Held));
        await district.Get<HeldStore>().EndAsync(shelf, "Bo", district.Clock.GetUtcNow());
        await district.SweepAsync();
        await district.SweepAsync();
        Assert.Equal(0, Assert.Single(district.Alerts("leak")).Repeats);
    }

    [Fact]
    public async Task Somebodys_call_is_heard_whatever_is_shelved()
    {
        await using var district = await StartAsync();
        await ShelveAsync(district, 1, Rule.Sos, TimeSpan.FromDays(1)); // the API refuses it; even so
        await RaiseAsync(district, 1, Rule.Sos);
        Assert.Single(district.Alerts("sos"));
    }

    [Fact]
    public async Task A_finding_that_comes_and_goes_is_one_finding_until_it_is_quiet()
    {
        await using var district = await StartAsync();
        for (var times = 1; times <= 9; times++)
        {
            await RaiseAsync(district, 1, Rule.Backflow, times);
            await ClearAsync(district, 1, Rule.Backflow);
            district.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        var flapping = Assert.Single(district.Alerts("flapping"));
        Assert.Equal((3, "w-t1"), (flapping.Repeats, flapping.Device.Value)); // the sixth raise to the ninth
        Assert.Equal(4, Assert.Single(district.Alerts("backflow")).Repeats);
        await district.PassAsync(TimeSpan.FromHours(6), TimeSpan.FromHours(1));
        Assert.NotNull(Assert.Single(district.Alerts("flapping")).ClearedAt);
        Assert.Equal(4, Assert.Single(district.Alerts("backflow")).Repeats);
    }

    [Fact]
    public async Task What_flapped_and_stays_is_an_alert_of_its_own_after_the_quiet_time()
    {
        await using var district = await StartAsync();
        for (var times = 1; times <= 8; times++)
        {
            await RaiseAsync(district, 1, Rule.Backflow, times);
            if (times < 8) await ClearAsync(district, 1, Rule.Backflow);
        }

        Assert.Equal((4, 2), (Assert.Single(district.Alerts("backflow")).Repeats, Assert.Single(district.Alerts("flapping")).Repeats));
        await district.PassAsync(TimeSpan.FromHours(7), TimeSpan.FromHours(1));
        var backflow = Assert.Single(district.Alerts("backflow"));
        Assert.Equal((5, (DateTimeOffset?)null), (backflow.Repeats, backflow.ClearedAt));
    }

    [Fact]
    public async Task What_may_be_about_a_person_is_told_each_time()
    {
        await using var district = await StartAsync();
        for (var times = 1; times <= 12; times++)
        {
            await RaiseAsync(district, 1, Rule.NoWater, times);
            await ClearAsync(district, 1, Rule.NoWater);
        }

        Assert.Equal(11, Assert.Single(district.Alerts("no-water")).Repeats);
        Assert.Empty(district.Alerts("flapping"));
    }

    [Fact]
    public async Task Whatever_comes_and_goes_a_call_for_help_is_never_gathered()
    {
        await using var district = await StartAsync();
        for (var times = 1; times <= 20; times++)
        {
            await RaiseAsync(district, 1, Rule.Smoke, times);
            await ClearAsync(district, 1, Rule.Smoke);
        }

        Assert.Equal(19, Assert.Single(district.Alerts("smoke")).Repeats);
        Assert.Empty(district.Alerts("flapping"));
    }

    private static Task ShelveAsync(District district, int home, Rule rule, TimeSpan span) => district.Get<HeldStore>().AddAsync(
        new Shelf(0, new HouseholdId($"T{home}"), null, rule.Id, "An", "the plumber comes on Monday", district.Clock.GetUtcNow(), district.Clock.GetUtcNow() + span), "万航居委会", "江苏路街道");
}
