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
