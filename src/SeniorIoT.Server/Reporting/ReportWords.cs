using SeniorIoT.Api;

namespace SeniorIoT.Server.Reporting;

/// <summary>Names of ids in reports and digests, which are read far from the console. An id without a name, and words of the district's own, are said as they are.</summary>
internal static class ReportWords
{
    private static readonly Dictionary<string, string> Rules = new()
    {
        ["sos"] = "SOS 求助", ["fall"] = "跌倒", ["smoke"] = "烟感报警", ["no-water"] = "长时间未用水", ["burst"] = "爆管", ["leak"] = "漏水", ["drip"] = "滴漏", ["more-water"] = "用水突增", ["providers-down"] = "短信发不出去",
        ["excess-water"] = "用水过多",
        ["use-while-away"] = "外出期间用水", ["likely-away"] = "疑似外出", ["night-use"] = "夜间用水增多", ["less-water"] = "用水渐少", ["home-silent"] = "全家设备失联",
        ["smoke-nuisance"] = "烟感频繁误报", ["untested"] = "久未测试", ["silent"] = "设备失联", ["gateway-silent"] = "网关失联", ["flapping"] = "反复告警", ["low-battery"] = "电量低",
        ["tamper"] = "被拆动", ["fault"] = "设备故障", ["end-of-life"] = "寿命到期", ["backflow"] = "水倒流", ["clock"] = "时钟错误", ["journal"] = "消息日志", ["disk-space"] = "磁盘空间",
        ["telemetry-store"] = "遥测入库", ["reconciliation"] = "对账", ["probe"] = "自检呼叫", ["probe-text"] = "自检短信", ["nobody-to-tell"] = "有住户无人可通知",
    };

    private static readonly Dictionary<string, string> Endings = new()
    {
        [Outcomes.Safe] = "平安", [Outcomes.FalseAlarm] = "误报", [Outcomes.Emergency] = "紧急救助", [Outcomes.Away] = "外出", [Outcomes.Hospital] = "住院", ["leak"] = "漏水",
        ["device_fault"] = "设备故障", [Outcomes.Test] = "测试", ["other"] = "其他",
    };

    private static readonly Dictionary<string, string> Causes = new()
    {
        ["busy"] = "多个呼叫同时", ["not_noticed"] = "未注意到", ["no_responder"] = "无人可派", ["traffic"] = "路上耽搁", ["not_recorded"] = "已处理但未记录", ["technical"] = "技术故障", ["other"] = "其他",
    };

    /// <summary>A rule of <see cref="Domain.Alerts.Rule"/>.</summary>
    public static string Rule(string id) => Rules.GetValueOrDefault(id, id);

    /// <summary>An outcome of <see cref="Domain.Alerts.Outcome"/>.</summary>
    public static string Outcome(string id) => Endings.GetValueOrDefault(id, id);

    /// <summary>A cause of <see cref="NewExplanation"/>.</summary>
    public static string Cause(string id) => Causes.GetValueOrDefault(id, id);
}
