using CsCheck;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Tests.Alerts;
using Xunit;
using static SeniorIoT.Domain.Alerts.AlertCommand;

namespace SeniorIoT.Tests.Visits;

public sealed class VisitTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Fact]
    public void A_closed_alert_to_which_somebody_went_is_a_visit_from_the_door_to_the_end()
    {
        var episode = new Episode(Rule.Sos);
        episode.Do(episode.Raise());
        Assert.Null(VisitRules.Of(episode.Alert!));
        episode.Do(new AlertCommand.Dispatch("An", "Li", null), 60);
        episode.Do(new Arrive("Li", null), 600);
        episode.Do(new Close("An", "safe", null), 1500);
        Assert.Equal(new Visit("V-A0001", new HouseholdId("H1"), "alert", Episode.At(600), "Li", 15, "safe", new AlertId("A0001"), null), VisitRules.Of(episode.Alert!));
        Assert.True(VisitRules.IsSeen(VisitRules.Of(episode.Alert!)!));
    }

    [Fact]
    public void Closed_again_it_is_the_same_visit_and_whoever_is_sent_again_makes_another()
    {
        var episode = new Episode(Rule.Sos);
        episode.Do(episode.Raise());
        episode.Do(new Arrive("Li", null), 600);
        episode.Do(new Close("An", "away", null), 1500);
        episode.Do(new Reopen("An", null), 9000);
        episode.Do(new Close("An", "safe", null), 20_000);
        Assert.Equal(("Li", 15, "safe"), Told());
        episode.Do(new Reopen("An", null), 21_000);
        episode.Do(new AlertCommand.Dispatch("An", "Li", null), 21_100);
        episode.Do(new Arrive("Li", null), 22_000);
        episode.Do(new Close("An", "emergency", null), 22_600);
        Assert.Equal(("Li", 10, "emergency"), Told());
        Assert.Equal(Episode.At(600), episode.Alert!.DoorAt); // how long it took to the door is about the first

        (string, int?, string) Told() => VisitRules.Of(episode.Alert!) is { } visit ? (visit.By, visit.Minutes, visit.Outcome) : default;
    }

    [Fact]
    public void Of_two_people_of_one_name_each_is_who_he_or_she_is()
    {
        var (one, other) = (PersonId.OfPhone("13800000001"), PersonId.OfPhone("+86 138 0000 0002"));
        var episode = Episode.Of(Rule.Sos, new AlertCommand.Dispatch("王伟", "王伟", null) { ById = one });
        Assert.Equal(one, episode.Alert!.Dispatch!.ToId);
        // The other one cannot take back what this one said.
        episode.Do(new Decline("王伟", "away") { ById = other }, 100_000);
        Assert.NotNull(episode.Alert.Dispatch);
        episode.Do(new AlertCommand.Dispatch("王伟", "王伟", null) { ById = other }, 100_000);
        episode.Do(new Close("An", "safe", null) { ById = PersonId.OfUser("An") }, 100_060);
        Assert.Equal(("王伟", other), VisitRules.Of(episode.Alert!) is { } visit ? (visit.By, visit.ById) : default);
        // Where only the name is known, the name decides.
        Assert.True(PersonId.IsSame(one, "王伟", null, "王伟"));
    }

    [Fact]
    public void Settled_by_phone_it_is_no_visit_but_is_a_record()
    {
        var closed = Episode.Of(Rule.NoWater, new Close("An", "safe", null)).Alert!;
        var call = VisitRules.Of(closed)!;
        Assert.Equal(("phone", "An", (int?)null, false), (call.Kind, call.By, call.Minutes, VisitRules.IsSeen(call)));
        Assert.Null(VisitRules.Of(Episode.Of(Rule.Journal, new Close("An", "other", null)).Alert!));
    }

    [Theory]
    [InlineData("safe", true)]
    [InlineData("emergency", true)]
    [InlineData("cat rescued", true)]
    [InlineData("away", false)]
    [InlineData("hospital", false)]
    [InlineData("device_fault", false)]
    [InlineData("test", false)]
    public void A_closed_door_does_not_count(string outcome, bool isSeen) =>
        Assert.Equal(isSeen, VisitRules.IsSeen(new Visit("V1", new HouseholdId("H1"), "round", Episode.Start, "Li", 10, outcome, null, null)));

    [Fact]
    public void A_forgotten_close_is_no_visit_of_a_day_and_no_visit_takes_no_time() => Gen.Select(Gen.Int[-1000, 1_000_000], Gen.Int[0, 100_000]).Sample((seconds, more) =>
    {
        var minutes = VisitRules.MinutesBetween(Episode.Start, Episode.At(seconds));
        Assert.Equal(seconds > VisitRules.MinutesMax * 60, minutes is null);
        if (minutes is not { } known) return;
        Assert.InRange(known, 1, VisitRules.MinutesMax);
        Assert.True(VisitRules.MinutesBetween(Episode.Start, Episode.At(seconds + more)) is not { } later || later >= known);
    });

    [Fact]
    public void Months_of_the_districts_calendar_follow_each_other_without_a_gap_whatever_the_clocks_do() => Gen.Select(Gen.Int[2000, 2099], Gen.Int[1, 12], Gen.Bool).Sample((year, month, isBerlin) =>
    {
        var zone = isBerlin ? Berlin : Shanghai;
        var (from, until) = VisitCoverage.MonthOf(year, month, zone);
        var next = new DateOnly(year, month, 1).AddMonths(1);
        Assert.Equal(until, VisitCoverage.MonthOf(next.Year, next.Month, zone).From);
        Assert.Equal((1, TimeOnly.MinValue), (TimeZoneInfo.ConvertTime(from, zone).Day, TimeOnly.FromTimeSpan(TimeZoneInfo.ConvertTime(from, zone).TimeOfDay)));
    });

    [Fact]
    public void Coverage_counts_every_household_once_and_overdue_are_those_that_were_not_seen() =>
        Gen.Select(Gen.Select(Gen.Int[0, 3], Gen.Int[0, 60]).Array[0, 40], Gen.Int[1, 60]).Sample((homes, days) =>
        {
            var now = Episode.Start;
            VisitedHome[] all = [.. homes.Select((home, i) => new VisitedHome(new HouseholdId($"H{i}"), $"C{home.Item1}", "S"))];
            var seenAt = homes.Index().Where(home => home.Item.Item2 < 50).ToDictionary(home => new HouseholdId($"H{home.Index}"), home => now.AddDays(-home.Item.Item2));
            var month = seenAt.Where(seen => now - seen.Value < TimeSpan.FromDays(30)).Select(seen => seen.Key).ToHashSet();
            var areas = VisitCoverage.Of(all, month);
            Assert.Equal((all.Length, month.Count), (areas.Sum(area => area.Households), areas.Sum(area => area.Seen)));
            Assert.All(areas, area => Assert.InRange(area.Share, 0, 1));
            var overdue = VisitCoverage.Overdue(VisitCoverage.LongestUnseen(all, seenAt), days, now).Select(home => home.Home.Household).ToHashSet();
            foreach (var home in all) Assert.Equal(!seenAt.TryGetValue(home.Household, out var at) || now - at >= TimeSpan.FromDays(days), overdue.Contains(home.Household));
        });
}
