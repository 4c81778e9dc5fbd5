using CsCheck;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Notices;

public sealed class SendBudgetTests
{
    private static readonly DateTimeOffset Now = Episode.Start;

    private static readonly Gen<PastText> Sent = Gen.Select(Gen.Int[0, 48 * 60], Gen.Int[1, 4], Episode.AnyOf("twilio", "aliyun"), Gen.Int[1, 6],
        (minutes, alert, provider, text) => new PastText(Now.AddMinutes(-minutes), $"A000{alert}", provider, $"text {text}"));

    [Fact]
    public void The_first_text_of_a_P1_to_a_person_is_never_held_back() =>
        Gen.Select(Sent.Array[0, 200], Episode.AnyOf("twilio", "aliyun"), Gen.Int[0, 60]).Sample((history, provider, aDay) =>
            Assert.Null(SendBudget.For(provider, "+8613800000001", aDay).Breaks(history, "text 1", "A9999", true, Now)));

    [Fact]
    public void Whatever_was_sent_a_budget_is_kept_by_asking_it_first() =>
        Gen.Select(Gen.Select(Gen.Int[0, 300], Gen.Int[1, 6]).Array[0, 100], Episode.AnyOf("twilio", "aliyun")).Sample((wishes, provider) =>
        {
            var budget = SendBudget.For(provider, "+8613800000001");
            var (sent, now) = (new List<PastText>(), Now);
            foreach (var (minutes, text) in wishes)
            {
                now = now.AddMinutes(minutes);
                if (budget.Breaks(sent, $"text {text}", "A0001", false, now) is null) sent.Add(new PastText(now, "A0001", provider, $"text {text}"));
            }

            foreach (var limit in budget.Limits)
                Assert.All(sent, last => Assert.True(sent.Count(other => other.At > last.At - limit.Within && other.At <= last.At && (!limit.IsSameText || other.Text == last.Text)) <= limit.TextsMax));
        });

    [Fact]
    public void One_provider_s_texts_do_not_count_for_another_and_other_countries_have_no_budget()
    {
        PastText[] four = [.. Enumerable.Range(1, 4).Select(n => new PastText(Now.AddHours(-n), "A0001", "twilio", $"text {n}"))];
        Assert.Equal(4, SendBudget.For("twilio", "+8613800000001").Breaks(four, "text 5", "A0001", true, Now)!.TextsMax);
        Assert.Null(SendBudget.For("aliyun", "+8613800000001").Breaks(four, "text 5", "A0001", true, Now));
        Assert.Null(SendBudget.For("twilio", "+14155550100").Breaks(four, "text 5", "A0001", true, Now));
        Assert.Null(SendBudget.For("twilio", "+8613800000001").Breaks(four, "text 5", "A0001", true, Now.AddHours(23)));
    }

    [Theory]
    [InlineData(null, 4)]
    [InlineData(7, 7)]
    [InlineData(0, null)]
    public void A_contract_may_allow_a_number_more(int? aDay, int? left) =>
        Assert.Equal(left, SendBudget.For("twilio", "+8613800000001", aDay).LeftOfDay([], Now));

    [Fact]
    public void The_same_text_goes_three_times_a_day_whatever_the_contract_says()
    {
        PastText[] three = [.. Enumerable.Repeat(new PastText(Now.AddHours(-1), "A0001", "aliyun", "same"), 3)];
        Assert.True(SendBudget.For("aliyun", "+8613800000001", 0).Breaks(three, "same", "A0001", true, Now)!.IsSameText);
        Assert.Null(SendBudget.For("aliyun", "+8613800000001", 0).Breaks(three, "another", "A0001", true, Now));
    }
}
