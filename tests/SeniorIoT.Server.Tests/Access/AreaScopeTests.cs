using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using Xunit;

namespace SeniorIoT.Server.Tests.Access;

public sealed class AreaScopeTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("Hill·North", true)]
    [InlineData("Hill·", true)]
    [InlineData("Hill·South", false)]
    [InlineData("Valley·North", false)]
    [InlineData("Valley·", false)]
    [InlineData("North·", false)]
    [InlineData("·North", false)]
    public void Whoever_may_see_a_household_hears_of_it_on_the_hub_and_nobody_else(string? area, bool isInside)
    {
        var scope = new AreaScope(area is null ? null : Area.Parse(area));
        Assert.Equal(isInside, scope.CanSee(new Area("Hill", "North")));
        Assert.Equal(isInside, AreaScope.HubGroupsOf(new Area("Hill", "North")).Contains(scope.HubGroup));
    }
}
