namespace SeniorIoT.Console.Words;

/// <summary>The texts about incidents, shelves and what flaps, both languages side by side; the tables take them in.</summary>
internal static class StormTexts
{
    private static readonly (string Key, string English, string Chinese)[] Both =
    [
        ("history.shelved", "Shelved", "已搁置"),
        ("rule.flapping", "Flapping", "反复告警"),
        ("rule.gateway-silent", "Gateway silent", "网关失联"),
        ("timeline.joined", "Joined", "并入事件"),
        ("timeline.left", "On its own again", "移出事件"),
        ("timeline.merged", "Merged", "并入更大的事件"),
        ("timeline.shelved", "Shelved", "已搁置"),
        ("timeline.took_in", "Takes in", "并入较小的事件"),
        ("timeline.unshelved", "No longer shelved", "搁置结束"),
    ];

    public static IReadOnlyDictionary<string, string> Chinese { get; } = Both.ToDictionary(text => text.Key, text => text.Chinese);

    public static IReadOnlyDictionary<string, string> English { get; } = Both.ToDictionary(text => text.Key, text => text.English);

    /// <summary>What the server writes by itself.</summary>
    public static IReadOnlyDictionary<string, string> FromServer { get; } = new Dictionary<string, string>
    {
        ["part of incident {0}"] = "并入事件 {0}",
        ["not sent: part of incident {0}"] = "未发送：已并入事件 {0}",
        ["with incident {0}"] = "随事件 {0} 一并处置",
        ["taken out of incident {0}"] = "移出事件 {0}",
        ["step {0}: {1} homes, {2} alerts; {3} were texted one by one before"] = "第 {0} 级：{1} 户、{2} 条告警；其中 {3} 条此前已逐条发过短信",
        ["step {0}: {1} homes, {2} alerts; nobody of the step before could be reached"] = "第 {0} 级：{1} 户、{2} 条告警；上一级的人都联系不上",
        ["step {0}: {1} homes, {2} alerts; everybody who was told cannot come"] = "第 {0} 级：{1} 户、{2} 条告警；已通知的人都不能去",
        ["incident {0}: {1} homes, answered by {2}"] = "事件 {0}：{1} 户，{2} 已应答",
        ["incident {0}: {1} homes, nobody had answered"] = "事件 {0}：{1} 户，尚无人应答",
        ["It is a part of incident {0}."] = "已并入事件 {0}。",
        ["not sent: the incident was over"] = "未发送：事件已结束",
        ["not sent: shelved by {0}"] = "未发送：{0} 已搁置",
        ["until {0}Z: {1}"] = "至 {0}（UTC）：{1}",
        ["the shelf ended"] = "搁置到期",
        ["the shelf was ended"] = "提前结束搁置",
        ["it came again, and this is not shelved"] = "再次出现，且不在搁置范围内",
        ["The trouble is over in nearly all homes."] = "几乎所有住户都已恢复。",
        ["Nobody answered it: every home is told by itself."] = "无人应答，改为逐户通知。",
        ["Nobody can be told of it: every home is told by itself."] = "没有人可以通知，改为逐户通知。",
        ["It lasted {0} hours: every home is told by itself."] = "已持续 {0} 小时，改为逐户通知。",
        ["It could not be heard: the gateway or the platform was down. It is watched anew when they are back."] = "网关或平台中断，设备无法上报；恢复后重新计时。",
        ["The gateway was heard again."] = "网关恢复上报。",
        ["Nothing speaks through it any more."] = "已没有设备经由它上报。",
        ["Nothing is heard through it of {0} devices: {1}."] = "经由它的 {0} 台设备都没有数据：{1}。",
        ["It has been quiet since."] = "此后没有再反复。",
        ["{0} came and went {1} times or more within {2} h."] = "{2} 小时内“{0}”反复 {1} 次以上。",
        ["It is gathered here until it is quiet for {0} h."] = "在此合并，直到 {0} 小时不再出现。",
        ["{0}: shelved by {1}, nobody was told."] = "{0}：{1} 已搁置，没有通知任何人。",
    };
}
