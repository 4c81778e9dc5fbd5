using System.Globalization;
using System.Text;
using CsCheck;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;

namespace SeniorIoT.Tests.Telemetry;

public sealed class StoreWatchTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 10, 4, 0, 0, TimeSpan.Zero);
    private static readonly StoreLook Ok = new(StoreCondition.Ok, null, null);

    [Theory]
    [InlineData(StoreCondition.Ok, 0, false)]
    [InlineData(StoreCondition.Retrying, 300, false)]
    [InlineData(StoreCondition.Retrying, 301, true)]
    [InlineData(StoreCondition.Paused, 0, true)]
    [InlineData(StoreCondition.Full, 0, true)]
    public void A_condition_is_told_at_once_or_after_its_time(StoreCondition condition, int secondsAgo, bool isTold) =>
        Assert.Equal(isTold, First(new StoreLook(condition, Start.AddSeconds(-secondsAgo), null)) is Finding.Raised);

    [Theory]
    [InlineData(80, 100, 0, false)]
    [InlineData(81, 100, 0, true)]
    [InlineData(0, 0, 0, false)]
    [InlineData(1, 100, 3600, false)]
    [InlineData(1, 100, 3601, true)]
    public void What_waits_is_told_when_it_is_too_much_or_too_old(long bytes, long bytesMax, int oldestSecondsAgo, bool isTold)
    {
        var look = Ok with { WaitingBytes = bytes, WaitingBytesMax = bytesMax, OldestWaitingAt = bytes > 0 ? Start.AddSeconds(-oldestSecondsAgo) : null };
        Assert.Equal(isTold, First(look) is Finding.Raised);
    }

    [Fact]
    public void What_is_told_over_a_bad_day()
    {
        var day = new Day();
        day.Then("a restart of the database: nobody's business", TimeSpan.FromMinutes(4), _ => new StoreLook(StoreCondition.Retrying, day.Now, "InfluxDB does not answer."));
        day.Then("well", TimeSpan.FromMinutes(5), _ => Ok);
        var outage = day.Now;
        day.Then("an outage that lasts, until the room is nearly full", TimeSpan.FromHours(3), passed => new StoreLook(StoreCondition.Retrying, outage, "InfluxDB does not answer.")
        {
            WaitingBytes = (long)(passed.TotalHours * 30), WaitingBytesMax = 100, OldestWaitingAt = outage,
        });
        day.Then("it is back, and what waited is written", TimeSpan.FromMinutes(10), passed => Ok with
        {
            WaitingBytes = 90 - (long)(passed.TotalMinutes * 9), WaitingBytesMax = 100, OldestWaitingAt = outage.AddMinutes(18 * passed.TotalMinutes),
        });
        day.Then("well, but for 30 s a minute", TimeSpan.FromMinutes(3), passed => passed.Seconds < 30 ? Ok : new StoreLook(StoreCondition.Retrying, null, null));
        day.Then("well", TimeSpan.FromMinutes(2), _ => Ok);
        var refused = day.Now;
        day.Then("a token that was revoked", TimeSpan.FromHours(49), _ => new StoreLook(StoreCondition.Paused, refused, "InfluxDB answers 401. Set a token that may write.") { WaitingBytesMax = 100 });
        day.Then("a new token; dead letters come one by one", TimeSpan.FromMinutes(25), passed => Ok with { DeadLetters = 1 + (int)passed.TotalMinutes, NewestDeadLetter = 1 + (int)passed.TotalMinutes });
        day.Then("they stay, and are known", TimeSpan.FromDays(3), _ => Ok with { DeadLetters = 25, NewestDeadLetter = 25 });
        day.Then("some more", TimeSpan.FromMinutes(15), _ => Ok with { DeadLetters = 27, NewestDeadLetter = 27 });
        day.Then("somebody forgets them", TimeSpan.FromMinutes(2), _ => Ok with { NewestDeadLetter = 27 });
        day.Then("the disk is full", TimeSpan.FromMinutes(1), _ => new StoreLook(StoreCondition.Full, day.Now, "Make room on the disk."));
        Snapshot.Match(day.ToString());
    }

    [Fact]
    public void After_a_restart_nothing_is_told_twice_and_an_end_is_still_told()
    {
        var paused = new StoreLook(StoreCondition.Paused, Start, "401") { DeadLetters = 2, NewestDeadLetter = 7 };
        var (_, told) = StoreWatch.Decide(StoreWatchState.Empty, paused, Start);
        var resumed = StoreWatch.Resume([(((Finding.Raised)told!).Cause, Start)], Start);
        Assert.Null(StoreWatch.Decide(resumed, paused, Start.AddMinutes(1)).Told);

        var (well, none) = StoreWatch.Decide(resumed, Ok, Start.AddMinutes(2));
        Assert.Null(none);
        Assert.IsType<Finding.Cleared>(StoreWatch.Decide(well, Ok, Start.AddMinutes(3)).Told);
    }

    [Fact]
    public void What_was_over_before_a_restart_is_told_anew_but_dead_letters_are_not()
    {
        var look = new StoreLook(StoreCondition.Paused, Start, "401") { DeadLetters = 2, NewestDeadLetter = 7 };
        var cause = ((Finding.Raised)StoreWatch.Decide(StoreWatchState.Empty, look, Start).Told!).Cause;
        var resumed = StoreWatch.Resume([(cause, Start), ("@system/telemetry-store/of another version", Start)], troubledSince: null);
        Assert.Null(StoreWatch.Decide(resumed, Ok with { DeadLetters = 2, NewestDeadLetter = 7 }, Start).Told);
        Assert.IsType<Finding.Raised>(StoreWatch.Decide(resumed, look, Start).Told);
    }

    [Fact]
    public void Whatever_the_store_does_the_state_that_its_causes_give_decides_the_same()
    {
        var looks = Gen.Select(Gen.Enum<StoreCondition>(), Gen.Int[0, 100], Gen.Int[0, 90], Gen.Int[0, 3], Gen.Int[5, 4000]);
        looks.Array[1, 60].Sample(steps =>
        {
            var (state, now, newest) = (StoreWatchState.Empty, Start, 0L);
            List<(string, DateTimeOffset)> causes = [];
            DateTimeOffset? troubledSince = null;
            foreach (var (condition, bytes, minutes, letters, seconds) in steps)
            {
                now = now.AddSeconds(seconds);
                newest += letters;
                var look = new StoreLook(condition, now.AddMinutes(-minutes), null)
                {
                    WaitingBytes = bytes, WaitingBytesMax = 100, OldestWaitingAt = bytes > 0 ? now.AddMinutes(-minutes) : null, DeadLetters = letters, NewestDeadLetter = newest,
                };
                var wasTold = state.ToldAt.Count > 0;
                (state, var told) = StoreWatch.Decide(state, look, now);
                if (told is Finding.Raised raised)
                {
                    causes.Add((raised.Cause, now));
                    troubledSince ??= now;
                    Assert.NotEmpty(raised.Evidence.Note!);
                }

                if (told is Finding.Cleared)
                {
                    Assert.True(wasTold && condition == StoreCondition.Ok, "Cleared what was not there.");
                    troubledSince = null;
                }

                var resumed = StoreWatch.Resume(causes, troubledSince);
                Assert.Equal(state.ToldAt.OrderBy(pair => pair.Key), resumed.ToldAt.OrderBy(pair => pair.Key));
                Assert.Equal(state.ToldDeadLetter, resumed.ToldDeadLetter);
            }
        });
    }

    private static Finding? First(StoreLook look) => StoreWatch.Decide(StoreWatchState.Empty, look, Start).Told;

    /// <summary>Looks every 5 s and writes down what is told.</summary>
    private sealed class Day
    {
        private readonly StringBuilder _text = new();
        private StoreWatchState _state = StoreWatchState.Empty;

        public DateTimeOffset Now { get; private set; } = Start;

        public void Then(string what, TimeSpan lasts, Func<TimeSpan, StoreLook> look)
        {
            Write($"# {what}");
            for (var passed = TimeSpan.Zero; passed < lasts; passed += TimeSpan.FromSeconds(5), Now += TimeSpan.FromSeconds(5))
            {
                (_state, var told) = StoreWatch.Decide(_state, look(passed), Now);
                if (told is Finding.Raised raised) Write($"{At()} raised   {raised.Evidence.Note}\n{new string(' ', 25)}{raised.Cause}");
                if (told is Finding.Cleared cleared) Write($"{At()} cleared  {cleared.Note}");
            }
        }

        public override string ToString() => _text.ToString();

        private string At() => (Now - Start).ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture).PadLeft(15);

        private void Write(string line) => _text.Append(line).Append('\n');
    }
}
