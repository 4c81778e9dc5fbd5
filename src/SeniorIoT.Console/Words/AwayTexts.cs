namespace SeniorIoT.Console.Words;

/// <summary>The texts about absences: a chapter of both tables.</summary>
internal static class AwayTexts
{
    /// <summary>By key, as in the tables.</summary>
    public static readonly Dictionary<string, string> Chinese = new()
    {
        ["away.addOnce"] = "登记一次外出",
        ["away.addWeekly"] = "登记每周外出",
        ["away.askLikely"] = "家中像是没有人。若已问明是外出，请登记；到期自动恢复看护。",
        ["away.askUse"] = "登记为外出，但家中有人用水。若已问明人回来了，请结束外出。",
        ["away.back"] = "有人在家，立即结束",
        ["away.backSure"] = "确定人已回家？",
        ["away.days"] = "星期",
        ["away.end"] = "结束",
        ["away.endSure"] = "不再外出？",
        ["away.endsOn"] = "截止日期（最长一年）",
        ["away.endsSoon"] = "即将到期，请重新登记",
        ["away.every"] = "每{0} {1}–{2}，{3} 至 {4}",
        ["away.from"] = "从",
        ["away.hint"] = "外出期间不报“长时间未用水”；求助、跌倒、烟感照常。到期自动恢复。",
        ["away.mark"] = "登记外出",
        ["away.next"] = "下次 {0}",
        ["away.nextDay"] = "次日 {0}",
        ["away.nobody"] = "没有登记外出。",
        ["away.now"] = "外出中",
        ["away.planned"] = "将外出",
        ["away.reason"] = "原因",
        ["away.reasonHint"] = "探亲、住院……",
        ["away.set"] = "登记外出",
        ["away.since"] = "从 {0} 起",
        ["away.span"] = "{0} 至 {1}",
        ["away.startsOn"] = "开始日期",
        ["away.title"] = "外出",
        ["away.until"] = "到",
        ["away.weekly"] = "每周",
    };

    /// <summary>The same keys in English.</summary>
    public static readonly Dictionary<string, string> English = new()
    {
        ["away.addOnce"] = "Add once",
        ["away.addWeekly"] = "Add weekly",
        ["away.askLikely"] = "The home seems empty. If you asked and they are away, enter it; it ends by itself and the home is watched again.",
        ["away.askUse"] = "Nobody should be at home, but water is used. If you asked and they are back, end the absence.",
        ["away.back"] = "They are back: end now",
        ["away.backSure"] = "Is somebody really at home?",
        ["away.days"] = "Days",
        ["away.end"] = "End",
        ["away.endSure"] = "No longer away?",
        ["away.endsOn"] = "Last day (a year at most)",
        ["away.endsSoon"] = "ends soon: enter it again",
        ["away.every"] = "Every {0} {1}–{2}, {3} to {4}",
        ["away.from"] = "From",
        ["away.hint"] = "While away, “no water” stays quiet; calls, falls and smoke do not. It ends by itself.",
        ["away.mark"] = "Mark away",
        ["away.next"] = "next {0}",
        ["away.nextDay"] = "{0} the next day",
        ["away.nobody"] = "No absence is entered.",
        ["away.now"] = "away",
        ["away.planned"] = "away soon",
        ["away.reason"] = "Reason",
        ["away.reasonHint"] = "travel, hospital …",
        ["away.set"] = "Set away",
        ["away.since"] = "from {0}",
        ["away.span"] = "{0} to {1}",
        ["away.startsOn"] = "First day",
        ["away.title"] = "Away",
        ["away.until"] = "Until",
        ["away.weekly"] = "weekly",
    };
}
