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
        ["A call of the device came through."] = "设备的呼叫已经收到。",
        ["A detector of that age is replaced."] = "到了这个年限就要更换。",
        ["A device {0} is enrolled already. Get a new password with POST {1}, or delete it first."] = "设备 {0} 已登记。请在设备页换密码，或换一个编号。",
        ["A gateway speaks for itself; leave it out."] = "网关自己上报，请留空。",
        ["A user named {0} exists. Choose another name, or delete that user first."] = "用户 {0} 已存在。请换一个名字，或先删除原来的用户。",
        ["Absences are left out."] = "外出的日子不算。",
        ["At least {0} L ran in this absence lately."] = "本次外出期间近来至少用水 {0} L。",
        ["{0} did not take it; others are asked"] = "{0} 未接手，已继续通知其他人",
        ["{0} did not take it; it is back with whoever handed it over"] = "{0} 未接手，已退回移交人",
        ["{0} handed it to {1}: take it over instead."] = "{0} 已移交给 {1}；如需处理请点“接手”。",
        ["Several people are meant: {0}. Give the number, or its last four digits where they differ."] = "有多人同名：{0}。请填写电话，或不同的后四位。",
        ["Is no number of the household's people; give the whole number, and the name in by."] = "不是该住户相关人员的电话；请填完整号码，并填写姓名。",
        ["Battery {0} %."] = "电量 {0} %。",
        ["First use of water after the absence that ended {0}."] = "{0} 外出结束后的首次用水。",
        ["Give weekday or weekdays, not both."] = "星期只填一处。",
        ["A household has at most {0} absences that are not over; end one that is not needed."] = "每户最多登记 {0} 条未结束的外出，请先结束不需要的。",
        ["From {0} to {1} {2} L a night on {3} nights; before that {4} L on {5} nights."] = "{0} 至 {1}，近 {3} 夜每夜约 {2} L；此前 {5} 夜每夜约 {4} L。",
        ["button"] = "一键通",
        ["By the rules of now there is time left."] = "按现在的规则还没有到期。",
        ["detector"] = "烟感",
        ["Has {0} characters; shorten it to {1}."] = "有 {0} 个字，请缩短到 {1} 个。",
        ["Heartbeats do not show whether a call would come through."] = "只有心跳，不能说明呼叫能否送达。",
        ["Holds a line break or another control character; remove it."] = "含有换行或其他控制字符，请删去。",
        ["If the home is empty, enter an absence; until then it is watched as before."] = "如果家中确实无人，请登记外出；登记之前照常看护。",
        ["In use for more than {0} years."] = "已使用超过 {0} 年。",
        ["Is required for a committee: its name, as households carry it."] = "居委会用户必填：居委会名称，与住户登记的一致。",
        ["Is required."] = "必填。",
        ["Is required: 1 to {0} characters."] = "必填，最多 {0} 个字。",
        ["Its habit is not known yet."] = "尚不了解这家的用水习惯。",
        ["Leave it out for the whole district."] = "全区请留空。",
        ["Leave it out: administrators serve the whole district."] = "管理员管全区，请留空。",
        ["Longest time without in {0} weeks: {1} h."] = "{0} 周内最长 {1} 小时没有用水。",
        ["meter"] = "水表",
        ["monitoring centre"] = "监控中心",
        ["Mostly between {0} and {1}: cooking or steam?"] = "多在 {0} 至 {1} 之间，可能是做饭或水汽。",
        ["Must be 1 to 64 of the characters A-Z, a-z, 0-9, _ and -."] = "请用 1 至 64 个字母、数字、下划线或短横线。",
        ["Must be 1 to {0} letters, digits, dots, underscores or hyphens."] = "请用 1 至 {0} 个字母、数字、点、下划线或短横线。",
        ["Must be 3 to 20 digits, with +, hyphens or spaces between them, e.g. +86 138 0000 0000."] = "请填 3 至 20 位数字，可用 +、短横线和空格分隔，如 +86 138 0000 0000。",
        ["Must be after from."] = "必须晚于开始时间。",
        ["Must be a date, e.g. 2026-12-31."] = "请填日期，如 2026-12-31。",
        ["Must be a time of day, 00:00 to 23:59."] = "请填时刻，00:00 至 23:59。",
        ["Must be another time than from; an earlier one is on the next day."] = "不能与开始时刻相同；更早的时刻算第二天。",
        ["Is required: monday to sunday."] = "必填：星期几。",
        ["Must be neither before startsOn nor in the past."] = "不能早于开始日期，也不能在过去。",
        ["Must be of monday, tuesday, wednesday, thursday, friday, saturday, sunday."] = "只能是星期一至星期日。",
        ["Must be within {0} days of startsOn; renew the absence then."] = "距开始日期不能超过 {0} 天，到期请续登。",
        ["Must lie within the last {0} or the next {1} days; leave it out for today."] = "须在过去 {0} 天或今后 {1} 天内；留空为今天。",
        ["No such day of the week lies between startsOn and endsOn; choose a later one."] = "开始与截止日期之间没有这一天，请选更晚的截止日期。",
        ["Must be before to."] = "必须早于结束时间。",
        ["Must be within {0} days of from; enter a longer absence again later."] = "距开始时间不能超过 {0} 天；更长的外出请到时再登记。",
        ["Must be {0} to {1}; leave it out when unknown."] = "请填 {0} 至 {1}；不知道就留空。",
        ["Must have {0} to {1} characters."] = "请填 {0} 至 {1} 个字符。",
        ["Must lie in the future."] = "必须在现在之后。",
        ["No more than {0} L within {1} h are proven any more."] = "已不能证明 {1} 小时内用水超过 {0} L。",
        ["At quiet times the register rose {0} times by a litre or less, {1} L in all."] = "安静时段水表 {0} 次只走了 1 升或更少，共 {1} L。",
        ["No {0} hours without water in {1} hours."] = "{1} 小时内没有连续停过 {0} 小时。",
        ["No more than a usual day's water, or little more, is proven within 24 hours."] = "24 小时用水已回到平常水平附近。",
        ["The register fell by {0} L: another meter, or one that began again at 0."] = "水表读数减少了 {0} L：换过水表，或从 0 重新计数。",
        ["What was known of before does not count any more."] = "此前的读数不再计入。",
        ["The water stood still for {0} hours."] = "水停了 {0} 小时。",
        ["{0} L within 24 hours; on the usual one of {1} days {2} L."] = "24 小时用水 {0} L；此前 {1} 天平常每天约 {2} L。",
        ["No pause of {0} minutes in {1} hours."] = "{1} 小时内没有停过 {0} 分钟。",
        ["No such alarm for {0} days."] = "{0} 天没有这样的报警。",
        ["No test or call for {0} days."] = "{0} 天没有测试或呼叫。",
        ["nobody answered in time"] = "限时内无人应答",
        ["Nobody deletes himself, so an administrator always remains. Ask another administrator."] = "不能删除自己，请另一位管理员来做。",
        ["Nobody is at home, and that is known."] = "已登记外出，家中无人。",
        ["nobody of the step before could be reached"] = "上一级的人都没有联系上",
        ["None of {0} devices is heard: no power, no network, or they were unplugged."] = "{0} 台设备都没有数据：可能停电、断网或被拔下。",
        ["Not heard for more than {0} h. Nothing is known of the home since."] = "超过 {0} 小时没有数据，此后家中情况不明。",
        ["Nothing from {0} until {1}."] = "{0} 至 {1} 没有用水。",
        ["Old data: written down, nobody was told."] = "旧数据：只记录，没有通知任何人。",
        ["One step of the register is {0} L: it did not move, but up to that much may have run unseen."] = "读数最小单位 {0} L：没有走动，但不超过这个量的用水看不出来。",
        ["One step of the register is {0} L: it did not move."] = "读数最小单位 {0} L：没有走动。",
        ["Somebody may be back early: then end the absence."] = "可能有人提前回家：如是，请结束外出。",
        ["Nothing is known of the home since."] = "此后家中情况不明。",
        ["Part of home-silent: no device of the home is heard."] = "并入“全家设备失联”。",
        ["Somebody silenced the detector."] = "有人按了烟感的静音键。",
        ["Stretches of a day or longer without water that began at this time in {0} weeks: {1}, on this weekday {2}."] = "{0} 周内从这个钟点起一天以上没有用水的有 {1} 次，其中同一个星期几 {2} 次。",
        ["Telemetry could not be read. Look at the system page, and order the export again."] = "读不到用水数据。请查看系统页，再重新导出。",
        ["The absence ended {0}; since then nothing shows that somebody is back."] = "外出已于 {0} 结束，此后没有迹象表明有人回家。",
        ["The absence ended: the home is watched again."] = "外出结束，恢复看护。",
        ["The absence is over."] = "外出已结束。",
        ["The alert was closed by {0} as '{1}'."] = "警情已由 {0} 关闭（{1}）。",
        ["The button sent its position or opened a voice line."] = "一键通发来了位置或接通了通话。",
        ["The detector says that the smoke is gone."] = "烟感报告烟已散去。",
        ["The device was heard again."] = "设备恢复上报。",
        ["The device's time can be believed again."] = "设备时钟恢复正常。",
        ["The device's time cannot be right; the time of receipt counts."] = "设备时钟有误，以收到时间为准。",
        ["The devices of the home are not all silent any more."] = "不再是全家设备失联。",
        ["The download was broken off. Order it again."] = "下载中断，请重新导出。",
        ["The file was not fetched within ten minutes. Order it again."] = "十分钟内没有下载，请重新导出。",
        ["The least was {0} L/h over an hour."] = "最小流量每小时 {0} L。",
        ["The meter found this itself."] = "水表自行判断。",
        ["The meter was exchanged: what was known of the old one does not count any more."] = "水表已更换，旧表的情况不再算数。",
        ["The nights are again as they were, or this has become usual."] = "夜间用水已恢复，或已成为新的习惯。",
        ["The press was taken back at the button."] = "老人在一键通上取消了呼叫。",
        ["The register has not stepped back for a week."] = "一周内读数没有再倒退。",
        ["The rule was switched off."] = "该规则已关闭。",
        ["The test key was pressed."] = "按了测试键。",
        ["The water stood still for a while."] = "用水停过一阵。",
        ["The {0} {1} was heard again."] = "{0} {1} 恢复上报。",
        ["The {0} {1}, last heard at {2}."] = "{0} {1}：最后上报 {2}。",
        ["The {0} {1}, never heard."] = "{0} {1}：从未上报。",
        ["The {0} {1}, silent since {2}."] = "{0} {1}：{2} 之后失联。",
        ["The {0} {1}, used at {2}: after the last use of water."] = "{0} {1}：{2} 用过，晚于最后一次用水。",
        ["There is no gateway {0} in use. Enrol it first with kind gateway, or correct the id."] = "没有在用的网关 {0}。请先登记这台网关，或改正编号。",
        ["There is no household with a water meter for {0} in your area. Check the name in the list."] = "您的辖区内没有与 {0} 对应、装有水表的住户，请核对名称。",
        ["There is no household {0}. Enrol it first, or correct the id."] = "没有住户 {0}。请先登记住户，或改正编号。",
        ["Two registers seem to be mixed: the register stepped back {0} times within a week, last by {1} L, and no exchange was reported."] = "似有两块表的读数混在一起：一周内读数倒退 {0} 次，最近一次退 {1} L，而没有换表记录。",
        ["Usually uses water by {0}; nothing from {1} until {2}."] = "平时 {0} 前会用水；{1} 至 {2} 没有用水。",
        ["Water is used again as before, or this has become usual."] = "用水量已恢复，或已成为新的习惯。",
        ["Water is used again as on other days."] = "用水恢复如常。",
        ["Water runs at less than {0} L/h."] = "水流已低于每小时 {0} L。",
        ["{0} L a day on {1} days; before that {2} L on {3} days: {4} % less."] = "近 {1} 天每天约 {0} L；此前 {3} 天每天约 {2} L，少了 {4} %。",
        ["Water ran between {0} and {1}, after the call."] = "呼叫之后，{0} 至 {1} 之间有用水。",
        ["{0} alarms in {1} days were over or silenced within {2} minutes."] = "{1} 天内有 {0} 次报警在 {2} 分钟内停止或被静音。",
        ["{0} L or more were used."] = "已用水 {0} L 以上。",
        ["{0} L or more were used within {1} h."] = "{1} 小时内已用水 {0} L 以上。",
        ["{0} L/h on average; the limit is {1} L/h."] = "平均每小时 {0} L，限值 {1} L。",
    };

    private static readonly Dictionary<string, string> All = new(Chinese.Concat(SystemTexts.FromServer).Concat(StoreTexts.Chinese).Concat(RuleTexts.FromServer).Concat(DutyTexts.FromServer).Concat(MessageTexts.FromServer).Concat(ProofTexts.FromServer).Concat(AnswerTexts.FromServer).Concat(StormTexts.FromServer));

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
