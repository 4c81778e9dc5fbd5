using SeniorIoT.Server.Access;
using Xunit;

namespace SeniorIoT.Server.Tests.Access;

public sealed class AreaScopeTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("North", true)]
    [InlineData("Hill", true)]
    [InlineData("South", false)]
    [InlineData("Valley", false)]
    [InlineData("district", false)]
    public void Whoever_may_see_a_household_hears_of_it_on_the_hub_and_nobody_else(string? area, bool isInside)
    {
        var scope = new AreaScope(area);
        Assert.Equal(isInside, scope.CanSee("North", "Hill"));
        Assert.Equal(isInside, AreaScope.HubGroupsOf("North", "Hill").Contains(scope.HubGroup));
    }
}
