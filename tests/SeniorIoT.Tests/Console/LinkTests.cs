using Bunit;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Shell;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class LinkTests : ConsoleContext
{
    private LinkState Link => Services.GetRequiredService<LinkState>();

    [Fact]
    public void The_banner_comes_within_four_seconds_of_the_last_heartbeat_and_goes_with_the_next()
    {
        var banner = Render<LinkBanner>();
        for (var second = 0; second < 5; second++)
        {
            Link.Beat(Noon.AddSeconds(second));
            Time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Empty(banner.FindAll(".link-banner"));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(Link.IsLive);
        Time.Advance(TimeSpan.FromSeconds(2));
        banner.WaitForAssertion(() => Assert.Contains("12:00:04", banner.Find(".link-banner").TextContent));
        Link.Beat(Noon.AddSeconds(9));
        banner.WaitForAssertion(() => Assert.Empty(banner.FindAll(".link-banner")));
    }

    [Fact]
    public void A_person_who_has_just_logged_in_is_told_of_a_loss_only_after_the_same_time()
    {
        Time.Advance(TimeSpan.FromMinutes(5));
        Link.Begin();
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(LinkCondition.Connecting, Link.Condition);
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(Link.IsLost);
    }

    [Fact]
    public void Elapsed_times_follow_the_servers_clock_not_this_computers()
    {
        Link.Beat(Noon.AddHours(3));
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Noon.AddHours(3).AddSeconds(2), Link.Now);
    }

    [Fact]
    public void A_reconnect_never_waits_longer_than_five_seconds_and_never_hammers() =>
        Gen.Select(Gen.Int[0, 100_000], Gen.Double[0, 1]).Sample((attempt, chance) =>
            Assert.InRange(LiveLink.WaitBefore(attempt, chance), TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(5)));
}
