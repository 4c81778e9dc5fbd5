using SeniorIoT.Domain.Notices;
using Xunit;

namespace SeniorIoT.Tests.Notices;

public sealed class SendFaultTests
{
    [Theory]
    [InlineData(30003, SendFault.Unreachable)]
    [InlineData(21610, SendFault.Unsubscribed)]
    [InlineData(21211, SendFault.BadNumber)]
    [InlineData(21614, SendFault.BadNumber)]
    [InlineData(20429, SendFault.TooFast)]
    [InlineData(20003, SendFault.Account)]
    [InlineData(30036, SendFault.Expired)]
    [InlineData(99999, SendFault.Content)]
    public void Codes_of_Twilio(int code, SendFault fault) => Assert.Equal(fault, SendFaults.OfTwilio(code));

    [Theory]
    [InlineData("isv.BUSINESS_LIMIT_CONTROL", SendFault.BudgetSpent)]
    [InlineData("isv.MOBILE_NUMBER_ILLEGAL", SendFault.BadNumber)]
    [InlineData("isv.AMOUNT_NOT_ENOUGH", SendFault.Account)]
    [InlineData("InvalidAccessKeyId.NotFound", SendFault.Account)]
    [InlineData("isv.SMS_TEMPLATE_ILLEGAL", SendFault.Content)]
    [InlineData("isp.SYSTEM_ERROR", SendFault.Down)]
    [InlineData("Throttling.User", SendFault.TooFast)]
    [InlineData("MOBILE_NOT_ON_SERVICE", SendFault.Unreachable)]
    [InlineData("something new", SendFault.Content)]
    public void Codes_of_Aliyun(string code, SendFault fault) => Assert.Equal(fault, SendFaults.OfAliyun(code));

    [Fact]
    public void Every_fault_has_words_with_what_was_said_and_blames_the_number_or_the_provider_or_neither() =>
        Assert.All(Enum.GetValues<SendFault>(), fault =>
        {
            Assert.EndsWith(" (said).", fault.Words("said"));
            Assert.False(fault.IsOfNumber() && (fault.IsOfProvider() || fault.MayPass()));
        });
}
