using SeniorIoT.Console.Words;
using SeniorIoT.Domain.Notices;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class MessageWordsTests
{
    private readonly Wording _words = new();

    [Fact]
    public void Why_a_text_did_not_arrive_is_said_in_Chinese_with_the_providers_own_words() => Assert.All(Enum.GetValues<SendFault>(), fault =>
    {
        var said = _words.FromServer(fault.Words("isv.X: 10; said, so"));
        Assert.EndsWith("（isv.X: 10; said, so）。", said);
        Assert.True(said[0] > '⺀', said);
    });

    [Theory]
    [InlineData("not sent: no provider set", "未接入短信服务，文本未发出")]
    [InlineData("not tried again: somebody had answered", "已有人应答，不再重试")]
    [InlineData("may have been sent twice", "可能发了两次")]
    [InlineData("No receipt came in time.", "限时内没有收到回执。")]
    [InlineData("Held back: twilio lets 4 texts through to a number in 24 hours.", "已限发：Twilio 对同一号码 24 小时内最多放行 4 条。")]
    [InlineData("The provider refuses our account (20003: Authenticate). Sent by aliyun in place of twilio.", "服务商拒绝我们的账号（20003: Authenticate）。由 阿里云短信 代替 Twilio 发送。")]
    [InlineData(
        "may have been sent twice. The provider does not answer as it should (HTTP 500: ). Sent by aliyun in place of twilio.",
        "可能发了两次。服务商没有正常应答（HTTP 500: ）。由 阿里云短信 代替 Twilio 发送。")]
    [InlineData("No receipt came in time. Held back: aliyun lets 50 texts through to a number in 24 hours.", "限时内没有收到回执。已限发：阿里云短信 对同一号码 24 小时内最多放行 50 条。")]
    [InlineData("The provider aliyun is down. The provider refuses our account (isv.AMOUNT_NOT_ENOUGH: x).", "服务商 阿里云短信 不可用。服务商拒绝我们的账号（isv.AMOUNT_NOT_ENOUGH: x）。")]
    [InlineData("The mail server refuses it (550: no such user).", "邮件服务器拒收（550: no such user）。")]
    public void What_happened_to_a_notice_or_a_mail_is_said_in_Chinese(string said, string chinese)
    {
        Assert.Equal(chinese, _words.FromServer(said));
        _words.Switch(Wording.English);
        Assert.Equal(said, _words.FromServer(said));
    }
}
