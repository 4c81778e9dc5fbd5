namespace SeniorIoT.Console.Words;

/// <summary>
/// What the telemetry store says is wrong, and the remedies, in English and their Chinese. The database's own words stand in brackets
/// behind a sentence and stay as they are.
/// </summary>
internal static class StoreTexts
{
    public static IReadOnlyDictionary<string, string> Chinese { get; } = new Dictionary<string, string>
    {
        ["InfluxDB is out of reach."] = "连接不上 InfluxDB。",
        ["InfluxDB is busy."] = "InfluxDB 繁忙。",
        ["InfluxDB cannot write now."] = "InfluxDB 现在无法写入。",
        ["InfluxDB refuses user or token."] = "InfluxDB 拒绝用户名密码或令牌。",
        ["InfluxDB has no database '{0}'."] = "InfluxDB 没有数据库“{0}”。",
        ["InfluxDB has no such organisation."] = "InfluxDB 没有这个组织。",
        ["InfluxDB does not let us write to '{0}'."] = "InfluxDB 不允许写入“{0}”。",
        ["InfluxDB takes no more series."] = "InfluxDB 不再接受新的序列。",
        ["InfluxDB has reached a limit of its own."] = "InfluxDB 达到了它自己的上限。",
        ["InfluxDB does not understand the request."] = "InfluxDB 不理解请求。",
        ["InfluxDB cannot unpack what we send."] = "InfluxDB 无法解压发去的数据。",
        ["InfluxDB refuses every write."] = "InfluxDB 拒绝所有写入。",
        ["InfluxDB's address leads elsewhere."] = "InfluxDB 的地址被转到别处。",
        ["The answer to a write is not InfluxDB's."] = "写入的答复不是 InfluxDB 的。",
        ["A proxy before InfluxDB wants credentials."] = "InfluxDB 前面的代理要求登录。",
        ["Nothing answers to this way to write."] = "这种写入方式没有答复。",
        ["Writes are refused without InfluxDB's reason."] = "写入被拒绝，没有 InfluxDB 给出的原因。",
        ["The database '{0}' has no default retention policy."] = "数据库“{0}”没有默认保留策略。",
        ["The spool {0} is full ({1} of {2} MB used, or the disk is full): devices are not acknowledged and send again later."] =
            "暂存文件 {0} 已满（已用 {1} / {2} MB，或磁盘已满）：设备得不到确认，之后会重发。",
        ["The spool {0} cannot be written: {1}"] = "暂存文件 {0} 无法写入：{1}",
        ["Devices are not acknowledged and send again later."] = "设备得不到确认，之后会重发。",
        ["Forwarding to InfluxDB failed: {0}"] = "转发到 InfluxDB 失败：{0}",
        ["The telemetry store cannot be read: {0}"] = "历史数据暂时读不到：{0}",
        ["InfluxDB at {0} cannot be read."] = "读不到 {0} 上的 InfluxDB。",
        ["InfluxDB at {0} refuses our credentials."] = "{0} 上的 InfluxDB 拒绝我们的用户名密码或令牌。",
        ["InfluxDB at {0} has no database {1}."] = "{0} 上的 InfluxDB 没有数据库 {1}。",
        ["InfluxDB at {0} refused a query."] = "{0} 上的 InfluxDB 拒绝了一次查询。",
        // Last, for they begin with a place.
        ["{0} cannot be read: {1}"] = "{0} 无法读取：{1}",
        ["{0} cannot be written: {1}"] = "{0} 无法写入：{1}",

        ["Points wait on disk; see whether it runs, and the network to it, if this lasts."] = "数据在磁盘上等待；如持续，请检查它是否运行、网络是否通畅。",
        ["Points wait on disk; give it more room, or raise its limits, if this lasts."] = "数据在磁盘上等待；如持续，请给它更多资源或调高它的上限。",
        ["Points wait on disk; see its log, its disk and its memory if this lasts."] = "数据在磁盘上等待；如持续，请查看它的日志、磁盘和内存。",
        ["Check --influx-user and --influx-password, or --influx-token."] = "请检查 --influx-user 和 --influx-password，或 --influx-token。",
        ["Create it, or a bucket of that name (2.x: with a mapping of database to bucket for /write)."] = "请建立它，或建立同名的 bucket（2.x：为 /write 建立数据库到 bucket 的映射）。",
        ["Check --influx-org."] = "请检查 --influx-org。",
        ["Give the user or token the right to read and write it."] = "请给用户或令牌读写权限。",
        ["Give it one."] = "请给它设置一个。",
        ["Raise that limit, or remove what is not needed."] = "请调高上限，或清除不需要的数据。",
        ["Check --influx-url and --influx-write-path, and what stands between."] = "请检查 --influx-url、--influx-write-path 以及中间的设备。",
        ["Check --influx-database, --influx-org and --influx-write-path."] = "请检查 --influx-database、--influx-org 和 --influx-write-path。",
        ["Set --influx-url to where InfluxDB itself answers."] = "请把 --influx-url 设为 InfluxDB 本身的地址。",
        ["Bring InfluxDB back, free the disk, or raise influx-spool-mb; it goes on by itself."] = "请恢复 InfluxDB、腾出磁盘或调高 influx-spool-mb，之后会自动继续。",
        ["Mend the disk; it goes on by itself."] = "请修复磁盘，之后会自动继续。",
        ["It is tried again."] = "会自动重试。",
        ["Nothing is lost, and alerts do not depend on it."] = "数据没有丢失，警情不受影响。",
        ["Look at the disk or the database, then ask again."] = "请检查磁盘或数据库后再试。",
        ["Check that --influx-url leads to InfluxDB itself and not to a proxy's page."] = "请确认 --influx-url 指向 InfluxDB 本身，而不是代理的页面。",
        ["Let this server reach InfluxDB without it."] = "请让本服务器不经该代理访问 InfluxDB。",
        ["Set index-version = \"tsi1\" in its configuration and rebuild its index, or raise that limit."] = "请在它的配置中设 index-version = \"tsi1\" 并重建索引，或调高上限。",
        ["Check --influx-url, and --influx-write-path: V1 suits every 1.x, V2 suits 1.8 and 2.x, V3 suits 3 Core."] =
            "请检查 --influx-url 和 --influx-write-path：V1 适用于所有 1.x，V2 适用于 1.8 和 2.x，V3 适用于 3 Core。",
        ["Look for a proxy on the way that changes it."] = "请查找途中改动数据的代理。",
        ["Look for a proxy on the way, and at https or http in --influx-url."] = "请检查途中的代理，以及 --influx-url 用的是 https 还是 http。",
        ["Check that it runs, and influx-url."] = "请检查它是否运行，以及 influx-url。",
        ["Check influx-user and influx-password, or influx-token, and that they may read {0}."] = "请检查 influx-user 和 influx-password，或 influx-token，以及是否有权读取 {0}。",
        ["Create it; on 2.x also map it to its bucket."] = "请建立它；2.x 还须把它映射到 bucket。",
        ["Is influx-url the address of an InfluxDB?"] = "influx-url 是 InfluxDB 的地址吗？",
        ["See its log."] = "请查看它的日志。",
        ["Nothing was changed; free or mend the disk."] = "没有改动任何数据；请腾出或修复磁盘。",
        ["Nothing was changed; free or mend the disk, or restore the file, and try again."] = "没有改动任何数据；请腾出或修复磁盘，或恢复该文件，再试一次。",
        ["Make room on the disk, or raise its limit; it goes on by itself."] = "请腾出磁盘空间或调高上限，之后会自动继续。",
    };
}
