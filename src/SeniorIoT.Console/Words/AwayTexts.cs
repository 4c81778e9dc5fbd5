namespace SeniorIoT.Console.Words;

/// <summary>The texts about absences, both languages side by side; the tables take them in.</summary>
internal static class AwayTexts
{
    private static readonly (string Key, string English, string Chinese)[] Both =
    [
        ("away.addOnce", "Add once", "登记一次外出"),
        ("away.addWeekly", "Add weekly", "登记每周外出"),
        ("away.askLikely", "The home seems empty. If you asked and they are away, enter it; it ends by itself and the home is watched again.", "家中像是没有人。若已问明是外出，请登记；到期自动恢复看护。"),
        ("away.askUse", "Nobody should be at home, but water is used. If you asked and they are back, end the absence.", "登记为外出，但家中有人用水。若已问明人回来了，请结束外出。"),
        ("away.back", "They are back: end now", "有人在家，立即结束"),
        ("away.backSure", "Is somebody really at home?", "确定人已回家？"),
        ("away.days", "Days", "星期"),
        ("away.end", "End", "结束"),
        ("away.endSure", "No longer away?", "不再外出？"),
        ("away.endsOn", "Last day (a year at most)", "截止日期（最长一年）"),
        ("away.endsSoon", "(ends soon: enter it again)", "（即将到期，请重新登记）"),
        ("away.every", "Every {0} {1}–{2}, {3} to {4}", "每{0} {1}–{2}，{3} 至 {4}"),
        ("away.from", "From", "从"),
        ("away.hint", "While away, “no water” stays quiet; calls, falls and smoke do not. It ends by itself.", "外出期间不报“长时间未用水”；求助、跌倒、烟感照常。到期自动恢复。"),
        ("away.later", "planned", "已计划"),
        ("away.mark", "Mark away", "登记外出"),
        ("away.next", "next {0}", "下次 {0}"),
        ("away.nextDay", "{0} the next day", "次日 {0}"),
        ("away.nobody", "No absence is entered.", "没有登记外出。"),
        ("away.now", "away", "外出中"),
        ("away.planned", "away soon", "将外出"),
        ("away.reason", "Reason", "原因"),
        ("away.reasonHint", "travel, hospital …", "探亲、住院……"),
        ("away.set", "Set away", "登记外出"),
        ("away.since", "from {0}", "从 {0} 起"),
        ("away.span", "{0} to {1}", "{0} 至 {1}"),
        ("away.startsOn", "First day", "开始日期"),
        ("away.title", "Away", "外出"),
        ("away.until", "Until", "到"),
        ("away.weekly", "weekly", "每周"),
    ];

    /// <summary>By key, in English.</summary>
    public static IEnumerable<KeyValuePair<string, string>> English => Both.Select(text => KeyValuePair.Create(text.Key, text.English));

    /// <summary>By key, in Chinese.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Chinese => Both.Select(text => KeyValuePair.Create(text.Key, text.Chinese));
}
