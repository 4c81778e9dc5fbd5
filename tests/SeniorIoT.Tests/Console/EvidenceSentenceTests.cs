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
            ("use-while-away", Dry with { UsedLitres = 6.5, CoveredHours = 1, LimitLitres = 5, Note = "At least 6.5 L ran in this absence lately. Somebody may be back early: then end the absence." }),
            ("likely-away", Dry with { CoveredHours = 14, LimitLitres = null, Note = "Stretches of a day or longer without water that began at this time in 8 weeks: 2, on this weekday 1. If the home is empty, enter an absence; until then it is watched as before." }),
            ("night-use", None with { UsedLitres = 24, Note = "From 00:00 to 05:00 24 L a night on 7 nights; before that 6 L on 39 nights." }),
            ("less-water", None with { UsedLitres = 62, Note = "62 L a day on 14 days; before that 130 L on 54 days: 52 % less. Absences are left out." }),
            ("drip", None with { UsedLitres = 190, Note = "No 6 hours without water in 72 hours. At quiet times the register rose 14 times by a litre or less, 14 L in all." }),
            ("more-water", None with { UsedLitres = 402, Note = "402 L within 24 hours; on the usual one of 40 days 120 L. Absences are left out." }),
            ("fault", None with { Note = "Two registers seem to be mixed: the register stepped back 3 times within a week, last by 4199 L, and no exchange was reported." }),
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
        Assert.Equal("09:59 按下紧急按钮；期间又呼叫 2 次；情况已于 09:59 解除，仍须有人应答。", EvidenceSentence.Of(alert, new Wording(), Now));
    }

    private static Alert An(string rule, Evidence evidence) =>
        ConsoleContext.An("A1", rule) with { OccurredAt = Now.AddMinutes(-1), Evidence = evidence };

    private const string Expected = """
        最后一次用水 03-08 21:40；读数表明 03-08 21:40 至 09:40 共 12.0 小时用水 0 L（＜10 L）；水表最后上报 09:52。
        last use 03-08 21:40; proven: 0 L in 12.0 h from 03-08 21:40 to 09:40 (limit: less than 10 L); meter last heard 09:52.
        有读数的时间内没有用水；水表最后上报 10:00；读数最小单位 10 L。
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
        登记为外出，家中却有人用水；03-08 21:40 至 09:40 共 1.0 小时用水 6.5 L（限值 5 L）；说明：本次外出期间近来至少用水 6.5 L。可能有人提前回家：如是，请结束外出。
        water was used while nobody is said to be at home; 6.5 L in 1.0 h from 03-08 21:40 to 09:40 (limit 5 L); note: At least 6.5 L ran in this absence lately. Somebody may be back early: then end the absence.
        家中可能无人，而没有登记外出：请核实；最后一次用水 03-08 21:40；03-08 21:40 至 09:40 共 14.0 小时用水 0 L；说明：8 周内从这个钟点起一天以上没有用水的有 2 次，其中同一个星期几 1 次。如果家中确实无人，请登记外出；登记之前照常看护。
        the home may be empty and nobody has said so: please ask; last use 03-08 21:40; 0 L in 14.0 h from 03-08 21:40 to 09:40; note: Stretches of a day or longer without water that began at this time in 8 weeks: 2, on this weekday 1. If the home is empty, enter an absence; until then it is watched as before.
        近一周夜间用水明显多于以往；说明：00:00 至 05:00，近 7 夜每夜约 24 L；此前 39 夜每夜约 6 L。
        more water at night in a week than before; note: From 00:00 to 05:00 24 L a night on 7 nights; before that 6 L on 39 nights.
        近两周每天用水明显少于以往；说明：近 14 天每天约 62 L；此前 54 天每天约 130 L，少了 52 %。外出的日子不算。
        much less water a day in two weeks than before; note: 62 L a day on 14 days; before that 130 L on 54 days: 52 % less. Absences are left out.
        水一直没有真正停过；说明：72 小时内没有连续停过 6 小时。安静时段水表 14 次只走了 1 升或更少，共 14 L。
        water never quite stopped; note: No 6 hours without water in 72 hours. At quiet times the register rose 14 times by a litre or less, 14 L in all.
        一天用水远多于本人平常；说明：24 小时用水 402 L；此前 40 天平常每天约 120 L。外出的日子不算。
        far more water in a day than usual here; note: 402 L within 24 hours; on the usual one of 40 days 120 L. Absences are left out.
        设备报告“设备故障”（09:59）；说明：似有两块表的读数混在一起：一周内读数倒退 3 次，最近一次退 4199 L，而没有换表记录。
        the device reported “Fault” at 09:59; note: Two registers seem to be mixed: the register stepped back 3 times within a week, last by 4199 L, and no exchange was reported.
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
