using CsCheck;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using Xunit;

namespace SeniorIoT.Tests.Detection;

public sealed class RuleBookTests
{
    private static readonly PlaceScope[] Nearest = [PlaceScope.Household, PlaceScope.Committee, PlaceScope.SubDistrict, PlaceScope.District];

    private static readonly Gen<RulePlace> Places = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 2], (nearness, n, sub) => new RulePlace(Nearest[nearness], Key(Nearest[nearness], n, sub)));

    [Fact]
    public void Of_a_households_places_the_nearest_that_has_a_set_decides_whatever_was_set_and_taken_away_before() =>
        Gen.Select(Gen.Select(Places, Gen.Bool).Array[0, 30], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2]).Sample((changes, household, committee, subDistrict) =>
        {
            var book = new RuleBook(RuleSettings.Jingan);
            var model = new Dictionary<RulePlace, PlacedRules>();
            foreach (var (i, (place, isSet)) in changes.Index())
            {
                var set = isSet ? new PlacedRules(place, RuleSettings.Changning with { Version = $"v{i}" }) : null;
                book = book.With([KeyValuePair.Create(place, set)]);
                if (set is null) model.Remove(place);
                else model[place] = set;
            }

            var inForce = book.InForce(Key(PlaceScope.Household, household, 0), new($"s{subDistrict}", $"c{committee}"));
            var expected = Nearest.Zip([household, committee, subDistrict, 0], (scope, n) => model.GetValueOrDefault(new RulePlace(scope, Key(scope, n, subDistrict))))
                .FirstOrDefault(set => set is not null) ?? book.Preset;
            Assert.Same(expected, inForce);
            Assert.Equal(model.Keys.ToHashSet(), book.Places.ToHashSet());
        });

    [Fact]
    public void A_set_counts_whole_so_the_shadow_of_a_place_further_up_does_not_reach_below_it()
    {
        var committee = RulePlace.Of(new("Hill", "North"));
        var book = new RuleBook(RuleSettings.Changning).With(
        [
            new(new(PlaceScope.District, "district"), new PlacedRules(new(PlaceScope.District, "district"), RuleSettings.Jingan, new("r", Meter.Start, RuleSettings.ByHabit))),
            new(committee, new PlacedRules(committee, RuleSettings.Zhenhai)),
        ]);
        Assert.Equal((RuleSettings.Zhenhai, null), (book.InForce("H1", new("Hill", "North")).Settings, book.InForce("H1", new("Hill", "North")).Shadow));
        Assert.Equal((RuleSettings.Jingan, "r"), (book.InForce("H2", new("Hill", "South")).Settings, book.InForce("H2", new("Hill", "South")).Shadow?.Run));
        Assert.True(book.HasShadow);
    }

    [Fact]
    public void Asking_the_book_makes_nothing()
    {
        var (bare, full) = (new RuleBook(RuleSettings.Changning), new RuleBook(RuleSettings.Changning).With(
            Enumerable.Range(0, 500).Select(n => RulePlace.Of(new("s", $"c{n}"))).Select(place => KeyValuePair.Create<RulePlace, PlacedRules?>(place, new(place, RuleSettings.Jingan)))));
        Ask(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var found = Ask(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(20_000, found);

        int Ask(int times)
        {
            var right = 0;
            for (var i = 0; i < times; i++)
            {
                if (bare.InForce("H1", new("s", "c7")) is { Place: null }) right++;
                if (full.InForce("H1", new("s", "c7")) is { Place: not null }) right++;
            }

            return right;
        }
    }

    // A committee's name says nothing without its sub-district.
    private static string Key(PlaceScope scope, int n, int subDistrict) => scope switch
    {
        PlaceScope.Household => $"h{n}",
        PlaceScope.Committee => new Area($"s{subDistrict}", $"c{n}").Key,
        PlaceScope.SubDistrict => new Area($"s{n}", "").Key,
        _ => Area.District.Key,
    };
}
