using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Simulators.Devices;
using Xunit;

namespace SeniorIoT.Tests.Simulators;

public sealed class AgendaTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _clock = new(Start);

    [Fact]
    public void What_is_due_happens_in_the_order_of_its_time()
    {
        var agenda = new Agenda(_clock);
        List<string> done = [];
        agenda.At(Start.AddSeconds(2), () => done.Add("second"));
        agenda.At(Start.AddSeconds(1), () => done.Add("first"));
        agenda.At(Start.AddSeconds(2), () => done.Add("third"));
        Assert.Equal(Start.AddSeconds(1), agenda.RunDue());
        Assert.Empty(done);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(agenda.RunDue());
        Assert.Equal(["first", "second", "third"], done);
    }

    [Fact]
    public void A_late_turn_does_not_make_the_next_one_late()
    {
        var agenda = new Agenda(_clock);
        List<DateTimeOffset> turns = [];
        agenda.Every(Start.AddMinutes(10), TimeSpan.FromMinutes(10), turns.Add);
        for (var i = 0; i < 1000; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(607.3));
            agenda.RunDue();
        }

        Assert.Equal(Enumerable.Range(1, turns.Count).Select(turn => Start.AddMinutes(10 * turn)), turns);
        Assert.InRange(turns[^1], _clock.GetUtcNow().AddMinutes(-10), _clock.GetUtcNow());
    }

    [Fact]
    public void Turns_slept_through_are_left_out_and_the_rhythm_stays()
    {
        var agenda = new Agenda(_clock);
        List<DateTimeOffset> turns = [];
        agenda.Every(Start.AddHours(1), TimeSpan.FromHours(1), turns.Add);

        _clock.Advance(TimeSpan.FromHours(10.5));
        var next = agenda.RunDue();

        Assert.Equal([Start.AddHours(1), Start.AddHours(10)], turns);
        Assert.Equal(Start.AddHours(11), next);
    }

    [Fact]
    public async Task Something_put_before_the_next_act_wakes_the_agenda()
    {
        using var ending = new CancellationTokenSource();
        var agenda = new Agenda(_clock);
        agenda.At(Start.AddHours(1), () => Assert.Fail("too early"));
        var life = agenda.RunAsync(ending.Token);

        Assert.Equal(42, await agenda.AskAsync(() => 42).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));

        await ending.CancelAsync();
        await life.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_act_that_throws_ends_the_agenda_instead_of_a_quiet_night()
    {
        var agenda = new Agenda(_clock);
        agenda.At(Start, () => throw new InvalidDataException("broken"));

        await Assert.ThrowsAsync<InvalidDataException>(() => agenda.RunAsync(TestContext.Current.CancellationToken));
    }
}
