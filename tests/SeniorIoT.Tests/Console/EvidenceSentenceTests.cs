using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Words;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class EvidenceSentenceTests
{
    // 10:00 on 9 March in Shanghai.
    private static readonly DateTimeOffset Now = new(2026, 3, 9, 2, 0, 0, TimeSpan.Zero);
    private static readonly Evidence None = new(null, null, null, null, null, null, null, null, null, [], null);

    private static readonly Evidence Dry = None with
    {
        FromAt = Now.AddHours(-12.33), UntilAt = Now.AddMinutes(-20), CoveredHours = 12, UsedLitres = 0, LimitLitres = 10, LastUseAt = Now.AddHours(-12.33), LastHeardAt = Now.AddMinutes(-8),
    };

    [Fact]
    public void Each_rule_says_what_it_rests_on_in_both_languages()
    {
        (string Rule, Evidence Evidence)[] cases =
        [
            ("no-water", Dry),
            ("no-water", None with { UntilAt = Now, ResolutionLitres = 10, LastHeardAt = Now }),
            ("silent", None with { LastHeardAt = Now.AddHours(-26) }),
            ("silent", None),
            ("sos", None),
            ("smoke", None with { Note = "hushed" }),
            ("burst", Dry with { UsedLitres = 812.5, CoveredHours = 0.5, LimitLitres = 300 }),
            ("low-battery", None),
            ("home-silent", None with { FromAt = Now.AddHours(-26) }),
            ("smoke-nuisance", None),
            ("untested", None with { FromAt = Now.AddDays(-180) }),
            ("end-of-life", None with { FromAt = Now.AddDays(-3653) }),
        ];
        var words = new Wording();
        var lines = cases.SelectMany(each => new[] { Wording.Chinese, Wording.English }.Select(language =>
        {
            words.Switch(language);
            return EvidenceSentence.Of(An(each.Rule, each.Evidence), words, Now);
        }));
        Assert.Equal(Expected, string.Join('\n', lines), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Repeats_and_the_end_of_the_condition_are_said()
    {
        var alert = An("sos", None) with { Repeats = 2, ClearedAt = Now.AddMinutes(-1) };
        Assert.Equal("09:59 按下紧急按钮；期间又呼叫 2 次；情况已于 09:59 解除，仍须有人确认。", EvidenceSentence.Of(alert, new Wording(), Now));
    }

    private static Alert An(string rule, Evidence evidence) =>
        ConsoleContext.An("A1", rule) with { OccurredAt = Now.AddMinutes(-1), Evidence = evidence };

    private const string Expected = """
        最后一次用水 03-08 21:40；已证明 03-08 21:40 至 09:40 共 12.0 小时用水 0 L（＜10 L）；水表最后上报 09:52。
        last use 03-08 21:40; proven: 0 L in 12.0 h from 03-08 21:40 to 09:40 (limit: less than 10 L); meter last heard 09:52.
        所见时间内没有用水；水表最后上报 10:00；读数最小单位 10 L。
        no use in the time seen; meter last heard 10:00; the register counts in steps of 10 L.
        最后一次收到数据 03-08 08:00，之后没有任何数据；不能由此判断有没有用水。
        last data 03-08 08:00, nothing since; this says nothing about whether water was used.
        从未收到过数据；不能由此判断有没有用水。
        nothing was ever received; this says nothing about whether water was used.
        09:59 按下紧急按钮。
        the emergency button was pressed at 09:59.
        烟感于 09:59 报警；说明：hushed。
        smoke was detected at 09:59; note: hushed.
        流量极大；03-08 21:40 至 09:40 共 0.5 小时用水 812.5 L（限值 300 L）。
        very high flow; 812.5 L in 0.5 h from 03-08 21:40 to 09:40 (limit 300 L).
        设备报告“电量低”（09:59）。
        the device reported “Low battery” at 09:59.
        03-08 08:00 之后全家设备都没有数据；不能由此判断有没有用水。
        nothing was heard from any device of this home since 03-08 08:00; this says nothing about whether water was used.
        烟感反复报警，但很快停止或被静音。
        the detector rings again and again, and is soon quiet or silenced.
        2025-09-10 10:00 之后没有测试或呼叫。
        no test or call since 2025-09-10 10:00.
        2016-03-08 10:00 登记使用。
        in use since 2016-03-08 10:00.
        """;
}
