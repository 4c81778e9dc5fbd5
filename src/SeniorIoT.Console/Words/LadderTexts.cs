namespace SeniorIoT.Console.Words;

/// <summary>The texts of the page about ladders, both languages side by side; the tables take them in.</summary>
internal static class LadderTexts
{
    private static readonly (string Key, string English, string Chinese)[] Both =
    [
        ("ladders.addStep", "Add a step", "增加一级"),
        ("ladders.after", "after {1}: {0}", "{1}后：{0}"),
        ("ladders.atOnce", "at once: {0}", "立即：{0}"),
        ("ladders.changedMeanwhile", "Somebody else changed this ladder meanwhile; nothing was saved. What they did is in the history below. Save again to put yours in its place.", "其他人已改过，本次没有保存；对方的改动见下方历史。再次保存即以您的为准。"),
        ("ladders.choose", "Choose a place to see and change who is told, when. The nearest place decides: committee, sub-district, district. Alerts that are open already go on as they began.", "选择一个地点查看或修改通知顺序。由最近的地点决定：居委会、街道、全区。未关闭的警情按原来的顺序进行。"),
        ("ladders.consoleOnly", "Nobody by text: only the console and the daily digest show it.", "不发短信，仅在控制台和日报中显示。"),
        ("ladders.default", "Everywhere else", "其他地方"),
        ("ladders.every", "then every", "此后每"),
        ("ladders.fromDefault", "Start from the default", "从默认值开始"),
        ("ladders.hint", "who is told, when, until a person answers", "按什么顺序通知谁，直到有人应答"),
        ("ladders.later", "after {0}", "{0}后"),
        ("ladders.minutes", "{0} min", "{0} 分钟"),
        ("ladders.nobody", "nobody", "无人可通知"),
        ("ladders.noneYet", "This place has no ladder of its own for this priority: the next wider place decides. Saving gives it its own.", "此处没有自己的通知顺序，由上一级决定。保存后即有自己的。"),
        ("ladders.now", "at once", "立即"),
        ("ladders.remove", "Remove", "撤销"),
        ("ladders.removeStep", "Remove step {0}", "删除第 {0} 级"),
        ("ladders.repeat", "then every {1}: {0}", "此后每 {1}：{0}"),
        ("ladders.seconds", "{0} s", "{0} 秒"),
        ("ladders.step", "Step {0}", "第 {0} 级"),
        ("ladders.stopsAfter", "until {0} have passed", "满 {0} 后不再通知"),
        ("ladders.stopsAfterField", "Nobody is told any more after (minutes)", "多少分钟后不再通知"),
        ("ladders.stopsCleared", "until the condition is over", "情况解除后不再通知"),
        ("ladders.stopsClearedField", "Stop when the condition is over, e.g. the water runs again", "情况解除（如又用水）后不再通知"),
        ("ladders.unit", "Unit", "单位"),
        ("ladders.unitMinutes", "min", "分"),
        ("ladders.unitSeconds", "s", "秒"),
        ("ladders.urgentSays", "A P1 is told until a person answers: it must repeat at least every 10 minutes, and cannot end by itself.", "P1 会一直通知到有人应答：至少每 10 分钟重复一次，不能自行停止。"),
        ("ladders.when", "After", "多久之后"),
        ("ladders.who", "Who is told", "通知谁"),
        ("ladders.whoNow", "Who would be told now", "此刻会通知谁"),
        ("nav.ladders", "Ladders", "通知顺序"),
    ];

    /// <summary>By key, in English.</summary>
    public static IEnumerable<KeyValuePair<string, string>> English => Both.Select(text => KeyValuePair.Create(text.Key, text.English));

    /// <summary>By key, in Chinese.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Chinese => Both.Select(text => KeyValuePair.Create(text.Key, text.Chinese));
}
