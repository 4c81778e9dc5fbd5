using System.Text.RegularExpressions;

namespace SeniorIoT.Console.Words;

/// <summary>
/// The sentences the server writes by itself, which it writes in English, and their Chinese. What a person wrote is not
/// among them and stays as it is; so does a sentence that a newer server says.
/// </summary>
internal static partial class ServerTexts
{
    private static readonly Dictionary<string, string> Chinese = new()
    {
        ["A device {0} is enrolled already. Get a new password with POST {1}, or delete it first."] = "设备 {0} 已登记。请在设备页换密码，或换一个编号。",
        ["A gateway speaks for itself; leave it out."] = "网关自己上报，请留空。",
        ["A user named {0} exists. Choose another name, or delete that user first."] = "用户 {0} 已存在。请换一个名字，或先删除原来的用户。",
        ["Battery {0} %."] = "电量 {0} %。",
        ["Has {0} characters; shorten it to {1}."] = "有 {0} 个字，请缩短到 {1} 个。",
        ["Holds a line break or another control character; remove it."] = "含有换行或其他控制字符，请删去。",
        ["Is required for a committee: its name, as households carry it."] = "居委会用户必填：居委会名称，与住户登记的一致。",
        ["Is required."] = "必填。",
        ["Is required: 1 to {0} characters."] = "必填，最多 {0} 个字。",
        ["Leave it out for the whole district."] = "全区请留空。",
        ["Leave it out: administrators serve the whole district."] = "管理员管全区，请留空。",
        ["monitoring centre"] = "监控中心",
        ["Must be 1 to 64 of the characters A-Z, a-z, 0-9, _ and -."] = "请用 1 至 64 个字母、数字、下划线或短横线。",
        ["Must be 1 to {0} letters, digits, dots, underscores or hyphens."] = "请用 1 至 {0} 个字母、数字、点、下划线或短横线。",
        ["Must be 3 to 20 digits, with +, hyphens or spaces between them, e.g. +86 138 0000 0000."] = "请填 3 至 20 位数字，可用 +、短横线和空格分隔，如 +86 138 0000 0000。",
        ["Must be after from."] = "必须晚于开始时间。",
        ["Must be before to."] = "必须早于结束时间。",
        ["Must be within {0} days of from; enter a longer absence again later."] = "距开始时间不能超过 {0} 天；更长的外出请到时再登记。",
        ["Must be {0} to {1}; leave it out when unknown."] = "请填 {0} 至 {1}；不知道就留空。",
        ["Must have {0} to {1} characters."] = "请填 {0} 至 {1} 个字符。",
        ["Must lie in the future."] = "必须在现在之后。",
        ["No more than {0} L within {1} h are proven any more."] = "已不能证明 {1} 小时内用水超过 {0} L。",
        ["No pause of {0} minutes in {1} hours."] = "{1} 小时内没有停过 {0} 分钟。",
        ["nobody answered in time"] = "限时内无人应答",
        ["Nobody deletes himself, so an administrator always remains. Ask another administrator."] = "不能删除自己，请另一位管理员来做。",
        ["Nobody is at home, and that is known."] = "已登记外出，家中无人。",
        ["nobody of the step before could be reached"] = "上一级的人都没有联系上",
        ["Not heard for more than {0} h. Nothing is known of the home since."] = "超过 {0} 小时没有数据，此后家中情况不明。",
        ["Old data: written down, nobody was told."] = "旧数据：只记录，没有通知任何人。",
        ["One step of the register is {0} L: it did not move, but up to that much may have run unseen."] = "读数最小单位 {0} L：没有走动，但不超过这个量的用水看不出来。",
        ["One step of the register is {0} L: it did not move."] = "读数最小单位 {0} L：没有走动。",
        ["Somebody silenced the detector."] = "有人按了烟感的静音键。",
        ["Telemetry could not be read. Look at the system page, and order the export again."] = "读不到用水数据。请查看系统页，再重新导出。",
        ["The alert was closed by {0} as '{1}'."] = "警情已由 {0} 关闭（{1}）。",
        ["The button sent its position or opened a voice line."] = "一键通发来了位置或接通了通话。",
        ["The detector says that the smoke is gone."] = "烟感报告烟已散去。",
        ["The device was heard again."] = "设备恢复上报。",
        ["The device's time can be believed again."] = "设备时钟恢复正常。",
        ["The device's time cannot be right; the time of receipt counts."] = "设备时钟有误，以收到时间为准。",
        ["The download was broken off. Order it again."] = "下载中断，请重新导出。",
        ["The file was not fetched within ten minutes. Order it again."] = "十分钟内没有下载，请重新导出。",
        ["The meter found this itself."] = "水表自行判断。",
        ["The meter was exchanged: what was known of the old one does not count any more."] = "水表已更换，旧表的情况不再算数。",
        ["The press was taken back at the button."] = "老人在一键通上取消了呼叫。",
        ["The test key was pressed."] = "按了测试键。",
        ["The water stood still for a while."] = "用水停过一阵。",
        ["There is no gateway {0} in use. Enrol it first with kind gateway, or correct the id."] = "没有在用的网关 {0}。请先登记这台网关，或改正编号。",
        ["There is no household with a water meter for {0} in your area. Check the name in the list."] = "您的辖区内没有与 {0} 对应、装有水表的住户，请核对名称。",
        ["There is no household {0}. Enrol it first, or correct the id."] = "没有住户 {0}。请先登记住户，或改正编号。",
        ["Water runs at less than {0} L/h."] = "水流已低于每小时 {0} L。",
        ["{0} L or more were used."] = "已用水 {0} L 以上。",
        ["{0} L or more were used within {1} h."] = "{1} 小时内已用水 {0} L 以上。",
        ["{0} L/h on average; the limit is {1} L/h."] = "平均每小时 {0} L，限值 {1} L。",
    };

    private static readonly Dictionary<string, string> All = new(Chinese.Concat(SystemTexts.FromServer).Concat(StoreTexts.Chinese));

    private static readonly Lazy<IReadOnlyList<(Regex Pattern, string Text)>> Patterns = new(() =>
        [.. All.Where(pair => pair.Key.Contains('{')).Select(pair => (Pattern(pair.Key), pair.Value))]);

    /// <summary>The Chinese of a sentence, or of each of several; what is not known comes back as it is.</summary>
    public static string ToChinese(string text)
    {
        if (Find(text) is { } whole)
            return whole;
        var parts = Ends().Split(text);
        var said = Array.ConvertAll(parts, part => Find(part) ?? part);
        return said.SequenceEqual(parts) ? text : string.Concat(said);
    }

    private static string? Find(string sentence)
    {
        if (All.TryGetValue(sentence, out var text))
            return text;
        // Somebody else's words in brackets behind ours. First, for a place would take them in.
        if (Quoting().Match(sentence) is { Success: true } quoting && Find(quoting.Groups[1].Value + ".") is { } said)
            return $"{said.TrimEnd('。')}（{quoting.Groups[2].Value}）。";
        foreach (var (pattern, template) in Patterns.Value)
            if (pattern.Match(sentence) is { Success: true } match)
                return string.Format(System.Globalization.CultureInfo.InvariantCulture, template, [.. match.Groups.Values.Skip(1).Select(group => Find(group.Value) ?? group.Value)]);
        return null;
    }

    // Not within brackets: what stands there is quoted.
    [GeneratedRegex(@"(?<=[.?!]) (?=\p{Lu})(?![^()]*\))")]
    private static partial Regex Ends();

    // Up to the end of that sentence: the remedy behind it may have brackets of its own.
    [GeneratedRegex(@"^([^()]+) \(((?:(?!\)\. \p{Lu}).)+)\)\.$", RegexOptions.Singleline)]
    private static partial Regex Quoting();

    // Escaping writes "{0}" as "\{0}". A place holds a number, a time, a name, or a sentence that is looked up in its turn.
    private static Regex Pattern(string sentence) =>
        new("^" + Regex.Replace(Regex.Escape(sentence), @"\\\{\d}", "([^;,]+?)") + "$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
