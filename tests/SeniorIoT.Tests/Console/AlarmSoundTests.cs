using Bunit;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Server;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class AlarmSoundTests : ConsoleContext
{
    private AlarmSound Sound => Services.GetRequiredService<AlarmSound>();

    [Fact]
    public void An_unanswered_p1_sounds_until_somebody_answers_it()
    {
        Assert.False(Sound.IsMuted);
        Board.Replace([An("A1")], Board.Mark);
        Pass(9);
        Assert.Equal(3, Played("P1"));
        Board.Merge(An("A1", version: 2) with { AnsweredAt = Noon });
        Pass(30);
        Assert.Equal(3, Played("P1"));
    }

    [Fact]
    public void A_mute_lasts_two_minutes_and_does_not_cover_a_newer_p1()
    {
        Board.Replace([An("A1")], Board.Mark);
        Sound.Mute();
        Pass(60);
        Assert.Equal(0, Played("P1"));
        Board.Merge(An("A2"));
        Assert.Equal(1, Played("P1"));
        Board.Merge(An("A2", version: 2) with { AnsweredAt = Noon });
        Pass(59);
        Assert.Equal(1, Played("P1"));
        Pass(2);
        Assert.Equal(2, Played("P1"));
    }

    [Fact]
    public void A_new_p2_sounds_once_in_its_own_pattern()
    {
        Assert.False(Sound.IsMuted);
        Board.Replace([], Board.Mark);
        Board.Merge(An("A1", "no-water", "P2"));
        Pass(60);
        Assert.Equal((1, 0), (Played("P2"), Played("P1")));
    }

    [Fact]
    public void The_loss_of_the_link_is_heard()
    {
        Assert.False(Sound.IsMuted);
        Services.GetRequiredService<LinkState>().Beat(Noon);
        Pass(4);
        Assert.Equal(1, Played("lost"));
    }

    [Fact]
    public void A_browser_that_forbids_sound_is_noticed()
    {
        Module.Setup<bool>("play", _ => true).SetResult(false);
        Assert.False(Sound.IsBlocked);
        Board.Replace([An("A1")], Board.Mark);
        Assert.True(Sound.IsBlocked);
    }

    private int Played(string pattern) => Module.Invocations["play"].Count(call => call.Arguments[0] as string == pattern);
}
