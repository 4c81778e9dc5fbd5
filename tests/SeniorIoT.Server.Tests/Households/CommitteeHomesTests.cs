using CsCheck;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Households;
using Xunit;

namespace SeniorIoT.Server.Tests.Households;

public sealed class CommitteeHomesTests
{
    private const int Committees = 4;

    // Committee 0: the home is deleted. An import of more than a thousand is one change.
    private static readonly Gen<(int Home, int Committee, bool IsAsked, bool IsImport)[]> Changes = Gen.Select(Gen.Int[0, 11], Gen.Int[0, Committees], Gen.Bool, Gen.Frequency((30, Gen.Const(false)), (1, Gen.Const(true)))).Array[1, 60];

    [Fact]
    public void However_homes_come_change_and_go_committees_have_the_homes_that_a_naive_look_finds() => Changes.Sample(changes =>
    {
        var directory = new HouseholdDirectory();
        foreach (var (home, committee, isAsked, isImport) in changes)
        {
            if (committee == 0) directory.Remove($"H{home}");
            else directory.Set(Home($"H{home}", committee));
            if (isImport) for (var n = 0; n < 1_100; n++) directory.Set(Home($"I{n}", 1 + n % Committees));
            if (isAsked) Check(directory);
        }

        Check(directory);
    }, iter: 100);

    [Fact]
    public void A_committee_that_no_change_touched_is_the_same_object_as_before()
    {
        var directory = new HouseholdDirectory();
        for (var home = 0; home < 12; home++) directory.Set(Home($"H{home}", 1 + home % Committees));
        var before = directory.ByCommittee.ToDictionary(area => area.Committee);
        directory.Set(Home("H0", 2));
        directory.SetResponders(HouseholdDirectory.District, []);
        Assert.Equal(["C3", "C4"], directory.ByCommittee.Where(area => ReferenceEquals(area, before[area.Committee])).Select(area => area.Committee).Order());
    }

    private static void Check(HouseholdDirectory directory)
    {
        var naive = directory.All.GroupBy(home => (home.SubDistrict, home.Committee)).ToDictionary(area => area.Key, area => area.ToHashSet());
        Assert.Equal(naive.Keys.Order(), directory.ByCommittee.Select(area => (area.SubDistrict, area.Committee)).Order());
        foreach (var area in directory.ByCommittee)
        {
            Assert.Equal(area.Homes.Length, naive[(area.SubDistrict, area.Committee)].Count);
            Assert.True(naive[(area.SubDistrict, area.Committee)].SetEquals(area.Homes));
            Assert.Same(area.Homes, directory.HomesOf(area.SubDistrict, area.Committee));
        }
    }

    private static HouseholdEntry Home(string id, int committee) => new(id, "", $"C{committee}", $"S{committee % 2}", [], [], AbsencePlan.Empty, []);
}
