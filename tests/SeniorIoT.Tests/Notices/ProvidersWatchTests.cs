using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Notices;

public sealed class ProvidersWatchTests
{
    private static readonly DateTimeOffset Now = Episode.Start;
    private static readonly ProviderCondition Down = ProviderCondition.Good.Failed(SendFault.Account, "The provider refuses our account.", null, Now);

    [Fact]
    public void It_is_told_when_all_are_down_for_a_minute_with_what_waits_and_what_each_says()
    {
        Dictionary<string, ProviderCondition> texts = new() { ["twilio"] = Down, ["aliyun"] = Down with { Problem = "The provider does not answer as it should." } };
        Assert.Null(ProvidersWatch.Decide(texts, 3, null, Now.AddSeconds(59)));
        var raised = Assert.IsType<Finding.Raised>(ProvidersWatch.Decide(texts, 3, null, Now.AddSeconds(60)));
        Assert.Equal((Rule.ProvidersDown, Now), (raised.Rule, raised.At));
        Assert.Equal(
            "No provider takes texts. Texts that wait: 3. Call people by phone until one does; what is still needed goes out then. "
            + "The provider aliyun is down. The provider does not answer as it should. The provider twilio is down. The provider refuses our account.", raised.Evidence.Note);
    }

    [Fact]
    public void One_that_works_is_enough_and_so_is_none_that_is_set_up()
    {
        Assert.Null(ProvidersWatch.Decide(new Dictionary<string, ProviderCondition> { ["twilio"] = Down, ["aliyun"] = ProviderCondition.Good }, 3, null, Now.AddHours(1)));
        Assert.Null(ProvidersWatch.Decide(new Dictionary<string, ProviderCondition>(), 3, null, Now.AddHours(1)));
    }

    [Fact]
    public void It_is_told_once_cleared_once_and_again_when_its_alert_was_closed_meanwhile()
    {
        Dictionary<string, ProviderCondition> down = new() { ["twilio"] = Down }, good = new() { ["twilio"] = ProviderCondition.Good };
        var raised = (Finding.Raised)ProvidersWatch.Decide(down, 0, null, Now.AddMinutes(1))!;
        var standing = Episode.Of(Rule.ProvidersDown).Alert!;
        Assert.Null(ProvidersWatch.Decide(down, 0, standing, Now.AddMinutes(2)));
        Assert.IsType<Finding.Cleared>(ProvidersWatch.Decide(good, 0, standing, Now.AddMinutes(2)));
        Assert.Null(ProvidersWatch.Decide(good, 0, standing with { ClearedAt = Now }, Now.AddMinutes(3)));
        var again = (Finding.Raised)ProvidersWatch.Decide(down, 0, standing with { Closing = new Closing("li", Now, "other") }, Now.AddMinutes(3))!;
        Assert.NotEqual(raised.Cause, again.Cause);
    }
}
