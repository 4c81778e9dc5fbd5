using CsCheck;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Storms;

public sealed class StormWatchTests
{
    private static readonly Rule[] Rules = [Rule.Sos, Rule.Fall, Rule.Smoke, Rule.NoWater, Rule.Burst, Rule.Silent, Rule.HomeSilent, Rule.Leak, Rule.Flapping, Rule.Journal];

    private static readonly Gen<(int Home, Rule Rule, int Minutes)[]> Nights = Gen.Select(Gen.Int[0, 19], Episode.AnyOf(Rules), Gen.Int[0, 40]).Array[1, 200];

    [Fact]
    public void A_call_for_help_is_in_no_incident_whatever_the_storm() =>
        Nights.Sample(night => Assert.All(Play(night), admitted => Assert.True(admitted.Incident is null || admitted.Rule.Priority != Priority.P1)));

    [Fact]
    public void An_incident_opens_exactly_when_enough_homes_and_a_large_enough_share_of_them_raised_within_the_time() =>
        Nights.Sample(night =>
        {
            // The naive model counts anew each time. All live in one building of twenty homes, in a city of a million.
            List<(string Key, string Home, string Family, DateTimeOffset At)> heard = [];
            HashSet<string> open = [];
            foreach (var (rule, at, home, incident) in Play(night))
            {
                if (StormTable.FamilyOf(rule) is not { } family) continue;
                var limit = StormTable.LimitOf(StormScope.Building, family);
                heard.RemoveAll(one => one.Family == family && one.At <= at - limit.Within);
                if (heard.All(one => one.Key != KeyOf(home, rule))) heard.Add((KeyOf(home, rule), home, family, at));
                var homes = heard.Where(one => one.Family == family).Select(one => one.Home).Distinct().Count();
                if (homes >= limit.Homes && homes >= limit.Share * 20) open.Add(family);
                Assert.Equal(open.Contains(family), incident is not null);
            }
        });

    [Fact]
    public void The_same_alert_again_counts_once_and_few_of_many_are_no_storm()
    {
        var watch = new StormWatch();
        for (var times = 0; times < 50; times++) Assert.Null(watch.Admit(Call(1, Rule.Burst, 0), _ => 5, Create));
        for (var home = 2; home < 20; home++) Assert.Null(watch.Admit(Call(home, Rule.Burst, 0), _ => 1000, Create));
        Assert.NotNull(watch.Admit(Call(20, Rule.Burst, 0), _ => 50, Create));
    }

    [Fact]
    public void Five_in_a_day_are_no_storm_and_after_an_end_it_begins_at_nothing()
    {
        var watch = new StormWatch();
        for (var home = 0; home < 12; home++) Assert.Null(watch.Admit(Call(home, Rule.NoWater, 31 * home), _ => 12, Create));
        Incident? incident = null;
        for (var home = 0; home < 5; home++) incident = watch.Admit(Call(home + 50, Rule.NoWater, 1000), _ => 12, Create);
        watch.End(incident!);
        Assert.Null(watch.Admit(Call(60, Rule.NoWater, 1001), _ => 12, Create));
    }

    [Fact]
    public void A_sub_district_is_one_incident_exactly_when_enough_homes_raise_and_enough_of_them_outside_any_one_building()
    {
        // Six buildings of ten homes in a sub-district of sixty. The naive model counts anew each time; nothing ends.
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 9], Gen.Int[0, 3]).Array[1, 150].Sample(night =>
        {
            var (watch, minute, larger) = (new StormWatch(), 0, false);
            List<(string Home, string Building, DateTimeOffset At)> heard = [];
            HashSet<string> open = [];
            foreach (var (building, door, minutes) in night)
            {
                var (home, address) = ($"H{building}-{door}", $"江苏路100弄{building + 1}号");
                var call = Call(home, Rule.NoWater, minute += minutes, $"{address}{door}室");
                var incident = watch.Admit(call, place => place.Scope switch { StormScope.Building => 10, StormScope.SubDistrict => 60, _ => 1_000_000 }, Create);
                heard.RemoveAll(one => one.At <= call.At - StormTable.WithinMax);
                if (heard.All(one => one.Home != home)) heard.Add((home, address, call.At));
                var here = heard.Count(one => one.Building == address);
                // The smallest that is one too many opens first; the larger when some smaller ones are not all of it.
                if (!larger && !open.Contains(address) && here >= 5) open.Add(address);
                else larger |= heard.Count >= 20 && heard.Count - open.Select(one => heard.Count(other => other.Building == one)).DefaultIfEmpty().Max() >= 10;
                Assert.Equal(larger ? "江苏路街道" : open.Contains(address) ? address : null, incident?.Place.Name);
            }
        });
    }

    [Fact]
    public void A_district_is_an_incident_when_enough_homes_raise_outside_the_sub_district_that_has_most_of_them()
    {
        var watch = new StormWatch();
        Incident? Admit(string home, int minute, string subDistrict) => watch.Admit(Call(home, Rule.NoWater, minute, "无门牌", subDistrict), place => place.Scope == StormScope.SubDistrict ? 100 : 150, Create);
        for (var home = 0; home < 100; home++) Assert.Equal(home < 29 ? null : "江苏路街道", Admit($"H{home}", 0, "江苏路街道")?.Place.Name);
        for (var home = 0; home < 29; home++) Assert.Null(Admit($"E{home}", 30, $"街道{home}"));
        Assert.Equal("江苏路街道", Admit("H100", 31, "江苏路街道")?.Place.Name);
        Assert.Equal(StormScope.District, Admit("E29", 32, "街道29")?.Place.Scope);
    }

    [Fact]
    public void What_a_sub_district_raised_too_long_ago_counts_neither_there_nor_in_the_district()
    {
        var watch = new StormWatch();
        Incident? Admit(string home, int minute, string subDistrict) => watch.Admit(Call(home, Rule.NoWater, minute, "无门牌", subDistrict), place => place.Scope == StormScope.SubDistrict ? 100 : 150, Create);
        for (var home = 0; home < 100; home++) Admit($"H{home}", 0, "江苏路街道");
        for (var home = 0; home < 59; home++) Assert.Null(Admit($"E{home}", 121, $"街道{home}"));
        Assert.Equal(StormScope.District, Admit("E59", 122, "街道59")?.Place.Scope);
    }

    [Fact]
    public void Several_small_storms_in_a_large_district_stay_several()
    {
        var watch = new StormWatch();
        for (var building = 1; building <= 30; building++)
            for (var door = 1; door <= 6; door++)
            {
                var incident = watch.Admit(Call($"H{building}-{door}", Rule.Silent, building, $"江苏路{building}号{door}室", $"街道{building % 3}"), place => place.Scope switch { StormScope.Building => 12, StormScope.SubDistrict => 4000, _ => 12_000 }, Create);
                Assert.Equal(door < 5 ? null : $"江苏路{building}号", incident?.Place.Name);
            }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void A_building_of_three_or_four_homes_is_no_storm_even_when_all_of_them_raise(int homes)
    {
        var watch = new StormWatch();
        for (var door = 1; door <= homes; door++) Assert.Null(watch.Admit(Call($"H{door}", Rule.NoWater, 0, $"江苏路1号{door}室"), _ => homes, Create));
    }

    [Fact]
    public void Every_rule_that_is_ever_held_back_is_no_call_for_help() => Assert.All(Rule.All.Where(rule => rule.Priority == Priority.P1), rule =>
    {
        Assert.Null(StormTable.FamilyOf(rule));
        Assert.Null(FlapRules.LimitOf(rule));
        Assert.NotNull(ShelfRules.WhyNot(rule));
        Assert.Equal(TimeSpan.Zero, ShelfRules.LongestFor(rule.Priority));
    });

    private static List<(Rule Rule, DateTimeOffset At, string Home, Incident? Incident)> Play((int Home, Rule Rule, int Minutes)[] night)
    {
        var watch = new StormWatch();
        List<(Rule, DateTimeOffset, string, Incident?)> played = [];
        var minute = 0;
        foreach (var (home, rule, minutes) in night)
        {
            var call = Call(home, rule, minute += minutes);
            played.Add((rule, call.At, call.Place.Household.Value, watch.Admit(call, place => place.Scope == StormScope.Building ? 20 : 1_000_000, Create)));
        }

        return played;
    }

    private static string KeyOf(string home, Rule rule) => $"{home}/{rule.Id}";

    private static StormCall Call(int home, Rule rule, int minute) => Call($"H{home}", rule, minute, Episode.Home.Address);

    private static StormCall Call(string home, Rule rule, int minute, string address, string subDistrict = "江苏路街道") => new(
        KeyOf(home, rule), rule, Episode.Home with { Household = new HouseholdId(home), Address = address, SubDistrict = subDistrict }, null, Episode.Start.AddMinutes(minute));

    private static Incident Create(StormPlace place, string family) => new("I0001", family, place, "", "", Episode.Start, new AlertId("A0001"), 0);
}
