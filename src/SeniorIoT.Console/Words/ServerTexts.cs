using System.Text.RegularExpressions;

namespace SeniorIoT.Console.Words;

/// <summary>
/// The sentences the server writes by itself, which it writes in English, and their Chinese. What a person wrote is not
/// among them and stays as it is; so does a sentence that a newer server says.
/// </summary>
internal static class ServerTexts
{
    private static readonly Dictionary<string, string> Chinese = new()
    {
        ["{0} L or more were used."] = "已用水 {0} L 以上。",
        ["{0} L/h on average; the limit is {1} L/h."] = "平均每小时 {0} L，限值 {1} L。",
        ["Battery {0} %."] = "电量 {0} %。",
        ["No more than {0} L within {1} h are proven any more."] = "已不能证明 {1} 小时内用水超过 {0} L。",
        ["No pause of {0} minutes in {1} hours."] = "{1} 小时内没有停过 {0} 分钟。",
        ["Nobody is at home, and that is known."] = "已登记外出，家中无人。",
        ["Not heard for more than {0} h. Nothing is known of the home since."] = "超过 {0} 小时没有数据，此后家中情况不明。",
        ["Old data: written down, nobody was told."] = "旧数据：只记录，没有通知任何人。",
        ["One step of the register is {0} L: it did not move."] = "读数最小单位 {0} L：没有走动。",
        ["One step of the register is {0} L: it did not move, but up to that much may have run unseen."] = "读数最小单位 {0} L：没有走动，但不超过这个量的用水看不出来。",
        ["Somebody silenced the detector."] = "有人按了烟感的静音键。",
        ["The button sent its position or opened a voice line."] = "一键通发来了位置或接通了通话。",
        ["The detector says that the smoke is gone."] = "烟感报告烟已散去。",
        ["The device was heard again."] = "设备恢复上报。",
        ["The device's time can be believed again."] = "设备时钟恢复正常。",
        ["The device's time cannot be right; the time of receipt counts."] = "设备时钟有误，以收到时间为准。",
        ["The meter found this itself."] = "水表自行判断。",
        ["The meter was exchanged: what was known of the old one does not count any more."] = "水表已更换，旧表的情况不再算数。",
        ["The press was taken back at the button."] = "老人在一键通上取消了呼叫。",
        ["The test key was pressed."] = "按了测试键。",
        ["The water stood still for a while."] = "用水停过一阵。",
        ["Water runs at less than {0} L/h."] = "水流已低于每小时 {0} L。",
        ["monitoring centre"] = "监控中心",
        ["nobody answered in time"] = "限时内无人应答",
        ["nobody of the step before could be reached"] = "上一级的人都没有联系上",
    };

    private static readonly Lazy<IReadOnlyList<(Regex Pattern, string Text)>> Patterns = new(() =>
        [.. Chinese.Where(pair => pair.Key.Contains('{')).Select(pair => (Pattern(pair.Key), pair.Value))]);

    /// <summary>The Chinese of <paramref name="sentence"/>, or the sentence itself.</summary>
    public static string ToChinese(string sentence)
    {
        if (Chinese.TryGetValue(sentence, out var text))
            return text;
        foreach (var (pattern, template) in Patterns.Value)
            if (pattern.Match(sentence) is { Success: true } match)
                return string.Format(System.Globalization.CultureInfo.InvariantCulture, template, [.. match.Groups.Values.Skip(1).Select(group => group.Value)]);
        return sentence;
    }

    // Escaping writes "{0}" as "\{0}". A place holds a number, a time or a name, never a sentence.
    private static Regex Pattern(string sentence) =>
        new("^" + Regex.Replace(Regex.Escape(sentence), @"\\\{\d}", "([^;,]+?)") + "$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
