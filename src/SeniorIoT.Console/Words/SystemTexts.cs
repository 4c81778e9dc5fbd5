namespace SeniorIoT.Console.Words;

/// <summary>The texts of the page about the platform itself, both languages side by side; the tables take them in.</summary>
internal static class SystemTexts
{
    private static readonly (string Key, string English, string Chinese)[] Both =
    [
        ("system.asOf", "as of {0}", "{0} 的情况"),
        ("system.checks", "Health checks", "健康检查"),
        ("system.connections", "Connections now", "当前连接"),
        ("system.database", "Database", "数据库"),
        ("system.days", "{0} days of meters, the oldest {1}", "{0} 个表日，最早 {1}"),
        ("system.deadLetters", "Refused for ever", "永久拒收"),
        ("system.deadLettersHint", "lines that the database will never take; mend the cause, then retry, or forget them", "数据库不会再接受的行；先排除原因再重试，或放弃"),
        ("system.door", "At the door, since the start", "入口（启动以来）"),
        ("system.droppedDeadLetters", "Of those lost for want of room", "其中因空间不足已丢弃"),
        ("system.error", "What the database said", "数据库的答复"),
        ("system.expired", "Too old for the database", "超过数据库保留期"),
        ("system.forget", "Forget all", "全部放弃"),
        ("system.forgetSure", "These values are then lost for ever. Sure?", "这些数值将永久丢失。确定？"),
        ("system.hint", "where telemetry goes, what waits, what is wrong", "遥测写到哪里、什么在等待、哪里有问题"),
        ("system.journal", "Journal", "日志"),
        ("system.journalAge", "Oldest", "最早"),
        ("system.journalLength", "Messages in it", "日志中的消息"),
        ("system.journalProblem", "Last commit failed", "最近一次写入失败"),
        ("system.line", "Line", "内容"),
        ("system.nothingWaits", "nothing", "没有"),
        ("system.notRead", "Could not be read again.", "没有读到新的情况。"),
        ("system.open", "Open the page System", "打开系统页"),
        ("system.points", "{0} points, the oldest {1}", "{0} 个数据点，最早 {1}"),
        ("system.quarantined", "Quarantined", "已隔离"),
        ("system.retry", "Retry all", "全部重试"),
        ("system.retrySure", "They will be written again; what is still wrong comes back. Sure?", "将再次写入；仍有错误的会回到这里。确定？"),
        ("system.rollup", "Use by hour and day", "每小时和每日用水汇总"),
        ("system.rollupExpired", "Late readings, day left as it was", "补报过晚，该日未改"),
        ("system.rollupProblem", "Not rolled up", "汇总失败"),
        ("system.rollupWaiting", "Waiting", "等待汇总"),
        ("system.room", "Room", "等待空间"),
        ("system.roomOf", "{0} of {1} ({2} %)", "{0} / {1}（{2} %）"),
        ("system.shed", "Not acknowledged", "未确认"),
        ("system.since", "since {0}", "自 {0}"),
        ("system.store", "Telemetry store", "遥测数据库"),
        ("system.stored", "Accepted", "已接受"),
        ("system.title", "System", "系统"),
        ("system.waiting", "Waiting", "等待写入"),
        ("system.written", "Written since the start", "启动以来已写入"),
    ];

    /// <summary>What the server says of itself, as <see cref="ServerTexts"/> has the rest of its sentences.</summary>
    public static IReadOnlyDictionary<string, string> FromServer { get; } = new Dictionary<string, string>
    {
        ["There is no room left for telemetry that waits: devices will not be acknowledged and must send again."] = "等待写入的遥测已没有空间：设备将得不到确认，必须重发。",
        ["The database refuses telemetry, which waits on disk until a person mends that."] = "数据库拒收遥测，数据在磁盘上等待，须有人处理。",
        ["The database has been out of reach for more than 5 minutes; telemetry waits on disk."] = "数据库已超过 5 分钟连接不上，遥测在磁盘上等待。",
        ["Telemetry that waits fills {0} % of its room."] = "等待的遥测已占用 {0} % 的空间。",
        ["Some telemetry has been waiting for more than an hour."] = "有遥测等待超过 1 小时。",
        ["Lines that the database refused for ever: {0}."] = "数据库永久拒收 {0} 行。",
        ["Retry or forget them on the page System."] = "请在系统页重试或放弃。",
        ["Telemetry gets through again."] = "遥测恢复写入。",
        ["There is no room left for telemetry that waits; when the journal is full too, devices are not acknowledged."] = "等待写入的遥测已没有空间；日志也写满后，设备将得不到确认。",
        ["Telemetry waits on disk and is safe."] = "遥测在磁盘上等待，不会丢失。",
        ["The journal cannot be written; is the disk full?"] = "日志无法写入，磁盘是否已满？",
        ["{0} checkpoints failed in a row; the journal grows."] = "连续 {0} 次检查点失败，日志在增长。",
        ["Messages of {0} devices cannot be delivered; they are kept and tried again."] = "有 {0} 台设备的消息未能处理，已保留并会重试。",
        ["{0} messages wait; at {1} devices must wait too."] = "{0} 条消息在等待；到 {1} 条时设备也须等待。",
        ["A notice has been owed for {0} minutes."] = "有通知已等待 {0} 分钟。",
        ["See the log for the outbox or the provider."] = "请查看日志中发件箱或短信服务商的记录。",
        ["Is required: the id of the newest dead letter that you have seen, 1 or more."] = "必填：所见最新一行的编号，不小于 1。",
    };

    public static IEnumerable<KeyValuePair<string, string>> English => Both.Select(text => KeyValuePair.Create(text.Key, text.English));

    public static IEnumerable<KeyValuePair<string, string>> Chinese => Both.Select(text => KeyValuePair.Create(text.Key, text.Chinese));
}
