using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Households;
using SeniorIoT.Console.Words;
using Xunit;

namespace SeniorIoT.Tests.Console;

/// <summary>What the server wrote by itself is said in the chosen language; what people wrote is theirs.</summary>
public sealed class ServerWordsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 9, 4, 0, 0, TimeSpan.Zero);
    private readonly Wording _words = new();

    [Theory]
    [InlineData("escalated", null, "step 1: nobody answered in time", "到第 2 级：限时内无人应答", "step 2: nobody answered in time")]
    [InlineData("escalated", null, "step 1: nobody of the step before could be reached", "到第 2 级：上一级的人都没有联系上", "step 2: nobody of the step before could be reached")]
    [InlineData("raised", null, "Battery 9 %.", "电量 9 %。", "Battery 9 %.")]
    [InlineData("raised", null, "wm-0001", "wm-0001", "wm-0001")]
    [InlineData("repeated", null, "the same again, at 2026-03-09 03:59:58Z", "于 11:59:58", "at 11:59:58")]
    [InlineData("cleared", null, "The device was heard again.", "设备恢复上报。", "The device was heard again.")]
    [InlineData("cleared", null, "Something a newer server says.", "Something a newer server says.", "Something a newer server says.")]
    [InlineData("closed", "li.min", "false_alarm: pressed: by mistake", "li.min · 误报: pressed: by mistake", "li.min · False alarm: pressed: by mistake")]
    [InlineData("noted", "li.min", "The device was heard again.", "li.min · The device was heard again.", "li.min · The device was heard again.")]
    [InlineData("arrived", "刘阿姨", "SMS: 平安", "刘阿姨 · 短信回复：平安", "刘阿姨 · by SMS: seen, all is well")]
    [InlineData("help_asked", "刘阿姨", "SMS: 求助 · 老人摔了", "刘阿姨 · 短信回复：求助 “老人摔了”", "刘阿姨 · by SMS: asks for help “老人摔了”")]
    [InlineData("declined", "刘阿姨", "page: 不能去", "刘阿姨 · 手机页：不能去", "刘阿姨 · on the page: cannot go")]
    [InlineData("handed_over", "li.min", "wang: shift: ends", "li.min · 给 wang: shift: ends", "li.min · to wang: shift: ends")]
    [InlineData("regraded", "li.min", "P3 to P1: she calls", "li.min · P3 → P1：she calls", "li.min · P3 → P1: she calls")]
    [InlineData("called_again", null, "called again at 2026-03-09 03:59:58Z", "于 11:59:58", "at 11:59:58")]
    [InlineData("escalated", null, "step 1: everybody who was told cannot come", "到第 2 级：收到通知的人都不能去", "step 2: everybody who was told cannot come")]
    [InlineData("acknowledged", "li.min", "", "li.min", "li.min")]
    [InlineData("told", null, "step 0: 30 homes, 31 alerts", "第 1 级：30 户、31 条警情", "step 1: 30 homes, 31 alerts")]
    [InlineData("told", null, "step 1: 30 homes, 31 alerts; everybody who was told cannot come", "第 2 级：30 户、31 条警情；收到通知的人都不能去", "step 2: 30 homes, 31 alerts; everybody who was told cannot come")]
    [InlineData("ended", null, "The trouble is over in nearly all homes.", "几乎所有住户都已恢复。", "The trouble is over in nearly all homes.")]
    public void A_line_of_the_record_is_said_in_both_languages(string kind, string? by, string text, string chinese, string english)
    {
        var entry = new TimelineEntry(Noon, kind, by, text);
        Assert.Equal(chinese, TimelineSentence.Of(entry, _words, Noon));
        _words.Switch(Wording.English);
        Assert.Equal(english, TimelineSentence.Of(entry, _words, Noon));
    }

    [Fact]
    public void A_sentence_with_figures_keeps_them()
    {
        Assert.Equal("平均每小时 812 L，限值 600 L。", _words.FromServer("812 L/h on average; the limit is 600 L/h."));
        Assert.Equal("超过 2.5 小时没有数据，此后家中情况不明。", _words.FromServer("Not heard for more than 2.5 h. Nothing is known of the home since."));
        Assert.Equal("14 天内有 3 次报警在 15 分钟内停止或被静音。多在 17:00 至 20:00 之间，可能是做饭或水汽。",
            _words.FromServer("3 alarms in 14 days were over or silenced within 15 minutes. Mostly between 17:00 and 20:00: cooking or steam?"));
        Assert.Equal("2 台设备都没有数据：可能停电、断网或被拔下。水表 w1：最后上报 01-10 12:00。烟感 f-2：最后上报 01-10 12:30。一键通 b1：从未上报。此后家中情况不明。",
            _words.FromServer("None of 2 devices is heard: no power, no network, or they were unplugged. The meter w1, last heard at 01-10 12:00. "
                + "The detector f-2, last heard at 01-10 12:30. The button b1, never heard. Nothing is known of the home since."));
        Assert.Equal("一键通 b1：01-10 08:30 用过，晚于最后一次用水。烟感 f1：01-08 18:00 之后失联。",
            _words.FromServer("The button b1, used at 01-10 08:30: after the last use of water. The detector f1, silent since 01-08 18:00."));
        Assert.Equal("一键通 b1 恢复上报。", _words.FromServer("The button b1 was heard again."));
        Assert.Equal("呼叫之后，01-10 10:05 至 01-10 10:12 之间有用水。", _words.FromServer("Water ran between 01-10 10:05 and 01-10 10:12, after the call."));
        Assert.Equal("180 天没有测试或呼叫。只有心跳，不能说明呼叫能否送达。", _words.FromServer("No test or call for 180 days. Heartbeats do not show whether a call would come through."));
        Assert.Equal("读数最小单位 10 L：没有走动。", _words.FromServer("One step of the register is 10 L: it did not move."));
    }

    [Theory]
    [InlineData(
        "InfluxDB has no database 'district' (404 database not found: \"district\"). Create it, or a bucket of that name (2.x: with a mapping of database to bucket for /write).",
        "InfluxDB 没有数据库“district”（404 database not found: \"district\"）。请建立它，或建立同名的 bucket（2.x：为 /write 建立数据库到 bucket 的映射）。")]
    [InlineData(
        "The database refuses telemetry, which waits on disk until a person mends that. InfluxDB refuses user or token (401 Authorization failed. Try, again). Check --influx-user and --influx-password, or --influx-token. Some telemetry has been waiting for more than an hour.",
        "数据库拒收遥测，数据在磁盘上等待，须有人处理。InfluxDB 拒绝用户名密码或令牌（401 Authorization failed. Try, again）。请检查 --influx-user 和 --influx-password，或 --influx-token。有遥测等待超过 1 小时。")]
    [InlineData("InfluxDB has no database 'x' (404 database not found: \"x\"). Something new.", "InfluxDB 没有数据库“x”（404 database not found: \"x\"）。Something new.")]
    [InlineData("Nobody knows this (at all). Nor that.", "Nobody knows this (at all). Nor that.")]
    public void Several_sentences_are_said_each_by_itself_and_quoted_words_stay(string text, string chinese) => Assert.Equal(chinese, _words.FromServer(text));

    [Fact]
    public void History_is_told_on_the_centres_clock()
    {
        var over = new HistoryEntry(Noon, "over-before-known", "no-water from 2026-03-08 01:00:00Z to 2026-03-08 16:30:00Z, known only afterwards");
        Assert.Equal("事后才知道", HistorySentence.Kind(over, _words));
        Assert.Equal("长时间未用水 · 03-08 09:00 至 00:30", HistorySentence.Note(over, _words, Noon));
        var old = new HistoryEntry(Noon, "smoke-history", "Old data: written down, nobody was told.");
        Assert.Equal("烟感报警 · 旧数据", HistorySentence.Kind(old, _words));
        Assert.Equal("旧数据：只记录，没有通知任何人。", HistorySentence.Note(old, _words, Noon));
    }
}
