using CsCheck;
using SeniorIoT.Simulators.Homes;
using Xunit;

namespace SeniorIoT.Tests.Simulators;

public sealed class RegisterTests
{
    private static readonly DateTimeOffset Epoch = new(2026, 3, 2, 0, 0, 0, Changning.Offset);
    private static readonly Person Person = Person.Of(1, 5) with { VisitsFamily = false };

    [Fact]
    public void A_register_never_steps_back_and_does_not_depend_on_how_often_it_is_read() =>
        Gen.Select(Gen.Int[0, 500], Gen.Int[0, 6000], Gen.Int[1, 3000].Array[1, 60]).Sample((home, leak, steps) =>
        {
            var often = new Register(Person.Of(3, home), Epoch, leak, []);
            var once = new Register(Person.Of(3, home), Epoch, leak, []);
            var at = Epoch;
            var last = often.MillilitresAt(at);
            foreach (var minutes in steps)
            {
                at = at.AddMinutes(minutes);
                var now = often.MillilitresAt(at);
                Assert.True(now >= last);
                last = now;
            }

            Assert.Equal(last, once.MillilitresAt(at));
        });

    [Fact]
    public void It_counts_every_use_once()
    {
        var register = new Register(Person, Epoch, 0, []);
        var drawn = Enumerable.Range(0, 3).SelectMany(day => Person.Day(new DateOnly(2026, 3, 2).AddDays(day))).Sum(use => use.Millilitres);
        var before = register.MillilitresAt(Epoch);

        Assert.Equal(drawn, register.MillilitresAt(Epoch.AddDays(3)) - before);
    }

    [Fact]
    public void A_person_who_stopped_uses_nothing_but_a_leak_runs_on()
    {
        var dry = new Register(Person, Epoch, 0, []);
        var leaking = new Register(Person, Epoch, 3000, []);
        foreach (var register in (Register[])[dry, leaking])
        {
            register.MillilitresAt(Epoch.AddHours(9));
            Assert.True(register.StopUse(Epoch.AddHours(9)));
            Assert.False(register.StopUse(Epoch.AddHours(10)));
        }

        var (dryBefore, leakingBefore) = (dry.MillilitresAt(Epoch.AddHours(9)), leaking.MillilitresAt(Epoch.AddHours(9)));
        Assert.Equal(0, dry.MillilitresAt(Epoch.AddHours(33)) - dryBefore);
        Assert.Equal(72_000, leaking.MillilitresAt(Epoch.AddHours(33)) - leakingBefore);
    }

    [Fact]
    public void What_was_read_cannot_be_taken_back()
    {
        var register = new Register(Person, Epoch, 0, []);
        register.MillilitresAt(Epoch.AddHours(20));

        Assert.False(register.StopUse(Epoch.AddHours(7)));
        Assert.Throws<ArgumentOutOfRangeException>(() => register.MillilitresAt(Epoch.AddHours(19)));
    }

    [Fact]
    public void A_restart_with_the_stops_it_had_reads_the_same()
    {
        var first = new Register(Person, Epoch, 0, []);
        first.MillilitresAt(Epoch.AddHours(30));
        first.StopUse(Epoch.AddHours(31));
        first.ResumeUse(Epoch.AddHours(55));
        var second = new Register(Person, Epoch, 0, first.Stops);

        Assert.Equal(first.MillilitresAt(Epoch.AddDays(6)), second.MillilitresAt(Epoch.AddDays(6)));
        Assert.False(first.ResumeUse(Epoch.AddDays(6)));
    }
}
