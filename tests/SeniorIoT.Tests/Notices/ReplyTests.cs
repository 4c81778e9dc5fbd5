using System.Text;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Notices;

public sealed class ReplyTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    private static readonly string[] Written =
    [
        "A0427 1", "a0427-1", "0427 1", "Ａ０４２７　１", "A0427加1", "回复A0427加2", "A04273", "A04270", "A 0427，2", "A427 1", "A0427①", "#A0427#3", "A12341", "A1234", "A12345", "A12345 1",
        "1", "２", "3!", "0", "12", "A0427 1 2", "A0427 1,3", "A0427 1 0", "A0427 10:42", "A0427 1我在楼下", "A0427 2 都好",
        "A0427 到", "A0427 到了", "到场", "平安", "没事", "A0427 老人没事,看电视呢", "A0427 求助", "救命", "A0427 误按", "一切正常", "OK", "here",
        "A0427 马上到", "我去", "在路上", "快到了", "A0427 去不了", "我去不了,在外地", "没空", "can't",
        "A0427 没到", "还没到", "A0427 平安吗?", "是否平安", "老人是不是没事了", "A0427 不平安", "敲门没人应", "老人晕倒了", "不需要帮助,平安", "没有摔倒,没事", "老人不行了", "已打120", "不应该啊",
        "A0427 我在3楼", "还要2小时", "3分钟到", "2号楼1室", "38号1070室", "我的电话13800000001",
        "A0427 1 A0428 2", "A0427 A0428 2", "A0427、A0428 都好", "1 A0427", "A0427 到了 A0428 去不了",
        "您好,我现在有事不在,稍后联系您", "谢谢", "", "   ", "???", "4", "A0427 4", "A0427",
        "【江苏路街道】A0427 王家 38号1070室 10:42按求助键,请马上上门。回复A0427加1到场2平安3求助", "【江苏路街道】A0427 王家 10:42按求助键。回复A0427加1到场2平安3求助\nA0427 2",
        "【江苏路街道】A0427,王家 38号1070室,10:42按求助键,请马上上门。回复A0427加1到场2平安3求助0不能去", "【江苏路街道】A0427,王家,10:42按求助键。回复A0427加1到场2平安3求助0不能去\nA0427 2", "回复A0427加1到场2平安3求助0不能",
        "1.", "1.5小时到", "\u200b1", "2ok", "1go", "A0427/1", "一", "A0427 二。", "〇", "选择2", "1 我在路上", "1 我到了,过去看看", "没人开门", "门打不开", "老人摔了", "A0427 1 A0427 2", "A0427 1 A0427 3", "A0427 1 A0427 0", "一个人在家", "12/1",
        "【江苏路街道】王家 38号1070室 10:42 SOS! Go now. Reply A0427 1go 2ok 3help 0no", "【江苏路街道】A0427,王家,10:42按求助键。回复A0427加1到场2平安3求助0不能去 0",
    ];

    private static readonly Gen<string> Codes = Gen.Int[1, 99_999].Select(n => $"A{n:0000}");

    [Fact]
    public void What_people_write_and_what_is_understood()
    {
        var table = new StringBuilder();
        foreach (var text in Written)
        {
            var said = Reply.Read(text).Select(reply => $"{reply.Code ?? "(no code)"} {reply.Answer?.ToString() ?? "(no answer)"}{(reply.OtherCode is { } other ? $" or {other}" : "")}").ToList();
            table.AppendLine($"{text.Replace("\n", "\\n", StringComparison.Ordinal)} => {(said.Count == 0 ? Reply.IsEcho(text) ? "our own text" : "nothing" : string.Join("; ", said))}");
        }

        Snapshot.Match(table.ToString());
    }

    [Fact]
    public void A_code_and_a_digit_are_understood_however_they_are_written() =>
        Gen.Select(Gen.Int[1, 99_999], Gen.Int[0, 3], Episode.AnyOf(" ", "-", "  ", ",", "，", "加", ":", "　", "\n", " - "), Gen.Bool, Gen.Bool, Gen.Bool).Sample((n, digit, between, isSmall, isWide, ends) =>
        {
            var written = $"{(isSmall ? "a" : "A")}{n:0000}{between}{digit}{(ends ? "。" : "")}";
            if (isWide) written = string.Concat(written.Select(c => c is > ' ' and <= '~' ? (char)(c - '!' + '！') : c));
            var reply = Assert.Single(Reply.Read(written));
            Assert.Equal(($"A{n:0000}", (Answer?)digit), (reply.Code, reply.Answer));
        });

    [Fact]
    public void Any_text_is_read_without_harm_and_no_answer_comes_from_nothing() =>
        Gen.String.Sample(text =>
        {
            foreach (var reply in Reply.Read(text)) Assert.True(reply.Code is not null || reply.Answer is not null);
            Assert.NotEmpty(ReplyRules.Judge(text, []));
            Assert.DoesNotContain(ReplyRules.Judge(text, []), heard => heard.Fate == ReplyFate.Acted);
        });

    [Fact]
    public void Nothing_that_we_send_can_be_read_as_an_answer_and_everything_fits() =>
        Gen.Select(Codes, Codes, Codes, Episode.AnyOf(Enum.GetValues<ReplyFate>()), Episode.AnyOf(Enum.GetValues<Answer>()), Gen.Bool).Sample((code, other, third, fate, answer, several) =>
        {
            List<ToldCase> told = several ? [new(code, true), new(other, true), new(third, true)] : [new(code, true)];
            IReadOnlyList<Heard> heard = several ? [new(code, answer, fate), new(other, answer, ReplyFate.Acted), new(third, answer, ReplyFate.Acted)] : [new(code, answer, fate)];
            if (ReplyRules.AnswerTo(heard, told, 0) is not { } text) return;
            Assert.InRange(text.Length, 1, ReplyRules.LengthMax);
            Assert.All(Reply.Read(text), reply => Assert.Null(reply.Answer));
        });

    [Fact]
    public void What_the_others_hear_fits_one_segment_and_asks_nothing() =>
        Gen.Select(Gen.String, Gen.String, Gen.String, Gen.Int[0, 200], Codes).Sample((name, area, resident, step, code) =>
        {
            var alert = Episode.Of(Rule.Sos).Alert! with { Id = new(code), Place = Episode.Home with { SubDistrict = area, Resident = resident } };
            Assert.InRange(AnswerRules.GoneText(alert, name, Episode.Start, Shanghai).Length, 1, NoticeText.LengthMax);
            Assert.InRange(AnswerRules.Help(alert, name, step).Text.Length, 1, NoticeText.LengthMax);
            Assert.Contains(code, AnswerRules.Help(alert, name, step).Text);
        });

    [Theory]
    [InlineData("2", "A0001", "Acted")]
    [InlineData("A0001 1", "A0001 A0002", "Acted")]
    [InlineData("2", "A0001 A0002", "Several")]
    [InlineData("2", "", "NoCase")]
    [InlineData("2", "-A0001", "NoCase")]
    [InlineData("A0001 1", "-A0001", "Closed")]
    [InlineData("A0001 3", "-A0001", "Acted")]
    [InlineData("A0009 1", "A0001", "NotYours")]
    [InlineData("A0001", "A0001", "NoAnswer")]
    [InlineData("A12341", "A12341", "NoAnswer")]
    [InlineData("A12341", "A1234", "Acted")]
    [InlineData("hello", "A0001", "Unclear")]
    public void A_reply_is_matched_to_the_cases_its_sender_was_told_of(string text, string told, string fate)
    {
        List<ToldCase> cases = [.. told.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(code => new ToldCase(code.TrimStart('-'), code[0] != '-'))];
        Assert.Equal(fate, Assert.Single(ReplyRules.Judge(text, cases)).Fate.ToString());
    }

    [Fact]
    public void Two_machines_that_answer_each_other_come_to_an_end()
    {
        var answers = 0;
        for (var text = "this is an automatic answer"; answers < 100; answers++)
        {
            if (ReplyRules.AnswerTo(ReplyRules.Judge(text, [new("A0001", true)]), [new("A0001", true)], answers) is not { } reply) break;
            text = "you wrote: " + reply;
        }

        Assert.Equal(ReplyRules.HelpMax, answers);
        List<Heard> acted = [new("A0001", Answer.Here, ReplyFate.Acted)];
        Assert.NotNull(ReplyRules.AnswerTo(acted, [], ReplyRules.HelpMax));
        Assert.Null(ReplyRules.AnswerTo(acted, [], ReplyRules.AnswersMax));
    }
}
