using CsCheck;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Notices;

public sealed class ProviderConditionTests
{
    private static readonly DateTimeOffset Now = Episode.Start;

    [Fact]
    public void Three_failures_in_a_row_let_it_rest_and_one_good_answer_forgets_them()
    {
        var condition = ProviderCondition.Good.Failed(SendFault.Down, "a", null, Now).Failed(SendFault.Down, "b", null, Now);
        Assert.True(condition.IsUp(Now));
        condition = condition.Failed(SendFault.Down, "c", null, Now.AddSeconds(9));
        Assert.False(condition.IsTrialDue(Now.AddSeconds(38)));
        // Then one text finds out, and the others do not wait for it.
        Assert.True(condition.IsTrialDue(Now.AddSeconds(39)));
        Assert.False(condition.IsUp(Now.AddSeconds(39)));
        Assert.False(condition.OnTrial(Now.AddSeconds(39)).IsTrialDue(Now.AddSeconds(68)));
        Assert.True(condition.OnTrial(Now.AddSeconds(39)).IsTrialDue(Now.AddSeconds(69)));
        Assert.Equal(("c", Now), (condition.Problem, condition.Since));
        // The trial that fails lets it rest at once.
        Assert.False(condition.Failed(SendFault.Down, "d", null, Now.AddSeconds(39)).IsTrialDue(Now.AddSeconds(40)));
        // That it asks to go slower shows that it is there.
        Assert.True(condition.Failed(SendFault.TooFast, "e", null, Now.AddSeconds(39)).IsUp(Now.AddSeconds(40)));
        Assert.Equal(ProviderCondition.Good, condition.Worked());
    }

    [Theory]
    [InlineData(SendFault.Account, null, 30)]
    [InlineData(SendFault.TooFast, null, 1)]
    [InlineData(SendFault.TooFast, 20, 20)]
    [InlineData(SendFault.Down, 45, 45)]
    [InlineData(SendFault.Down, 3600, 120)]
    public void What_every_text_would_meet_counts_at_once(SendFault fault, int? asked, int seconds)
    {
        var condition = ProviderCondition.Good.Failed(fault, "said", asked is { } after ? TimeSpan.FromSeconds(after) : null, Now);
        Assert.Equal(Now.AddSeconds(seconds), condition.RestsUntil);
        Assert.Equal(fault == SendFault.Account, condition.IsDown);
    }

    [Fact]
    public void A_place_that_was_given_back_is_free_again()
    {
        var pace = new Pace(3, Now).Take(Now);
        Assert.Equal(pace, pace.Take(Now).GiveBack());
    }

    [Fact]
    public void However_texts_come_a_pace_is_kept_and_an_urgent_one_finds_a_place_before_others() =>
        Gen.Select(Gen.Double[0.5, 50], Gen.Select(Gen.Int[0, 800], Gen.Bool).Array[1, 200]).Sample((perSecond, wishes) =>
        {
            var (pace, now) = (new Pace(perSecond, Now), Now);
            var taken = new List<DateTimeOffset>();
            foreach (var (milliseconds, isUrgent) in wishes)
            {
                now = now.AddMilliseconds(milliseconds);
                Assert.True(pace.Free(now, true) >= pace.Free(now, false));
                Assert.True(pace.NextAt(now, true) <= pace.NextAt(now, false));
                if (pace.Free(now, isUrgent) == 0)
                {
                    Assert.True(pace.NextAt(now, isUrgent) > now);
                    continue;
                }

                pace = pace.Take(now);
                taken.Add(now);
            }

            // Never more in any stretch of time than its rate and one second's store allow.
            for (var i = 0; i < taken.Count; i++)
                for (var j = i; j < taken.Count; j++)
                    Assert.True(j - i + 1 <= Math.Max(2, perSecond) + ((taken[j] - taken[i]).TotalSeconds * perSecond) + 0.01);
        });

    [Fact]
    public void After_the_named_moment_there_is_a_place()
    {
        var pace = new Pace(3, Now);
        while (pace.Free(Now, false) > 0) pace = pace.Take(Now);
        Assert.Equal(1, pace.Free(Now, true));
        Assert.Equal(1, pace.Free(pace.NextAt(Now, false).AddMilliseconds(1), false));
    }
}
