using SeniorIoT.Api;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Reporting;

/// <summary>
/// What reports and digests are written with, which are read far from the console: in one language, with the console's words for the same ids (a test compares them).
/// An id without a name, and words of the district's own, are said as they are.
/// </summary>
/// <param name="Language">One of <see cref="Languages"/>.</param>
internal sealed record ReportWords(string Language)
{
    private static readonly Dictionary<string, (string Chinese, string English)> Rules = new()
    {
        ["sos"] = ("SOS 求助", "SOS"), ["fall"] = ("跌倒", "Fall"), ["smoke"] = ("烟感报警", "Smoke"), ["no-water"] = ("长时间未用水", "No water"), ["burst"] = ("爆管", "Burst"), ["leak"] = ("漏水", "Leak"),
        ["drip"] = ("滴漏", "Drip"), ["more-water"] = ("用水突增", "More water"), ["providers-down"] = ("短信发不出去", "No texts go out"), ["excess-water"] = ("用水过多", "Excess water"),
        ["use-while-away"] = ("外出期间用水", "Use while away"), ["likely-away"] = ("疑似外出", "Likely away"), ["night-use"] = ("夜间用水增多", "Night use"), ["less-water"] = ("用水渐少", "Less water"),
        ["home-silent"] = ("全家设备失联", "Home silent"), ["smoke-nuisance"] = ("烟感频繁误报", "Smoke nuisance"), ["untested"] = ("久未测试", "Untested"), ["silent"] = ("设备失联", "Silent"),
        ["gateway-silent"] = ("网关失联", "Gateway silent"), ["flapping"] = ("反复报警", "Flapping"), ["low-battery"] = ("电量低", "Low battery"), ["tamper"] = ("被拆动", "Tampered"), ["fault"] = ("设备故障", "Fault"),
        ["end-of-life"] = ("寿命到期", "End of life"), ["backflow"] = ("水倒流", "Backflow"), ["clock"] = ("时钟错误", "Clock wrong"), ["journal"] = ("消息无法保存", "Message journal"), ["disk-space"] = ("磁盘将满", "Disk space"),
        ["telemetry-store"] = ("读数无法入库", "Telemetry store"), ["reconciliation"] = ("对账发现缺漏", "Reconciliation"), ["probe"] = ("自检呼叫未通过", "Self-probe"), ["probe-text"] = ("自检短信未送达", "Self-probe by text"),
        ["nobody-to-tell"] = ("有住户无人可通知", "Nobody to tell"),
    };

    private static readonly Dictionary<string, (string Chinese, string English)> Endings = new()
    {
        [Outcomes.Safe] = ("平安", "Safe"), [Outcomes.FalseAlarm] = ("误报", "False alarm"), [Outcomes.Emergency] = ("紧急救助", "Emergency"), [Outcomes.Away] = ("外出", "Away"), [Outcomes.Hospital] = ("住院", "In hospital"),
        ["leak"] = ("漏水", "Leak"), ["device_fault"] = ("设备故障", "Device fault"), [Outcomes.Test] = ("测试", "Test"), ["other"] = ("其他", "Other"),
    };

    private static readonly Dictionary<string, (string Chinese, string English)> Causes = new()
    {
        ["busy"] = ("多个呼叫同时", "several calls at once"), ["not_noticed"] = ("未注意到", "not noticed"), ["no_responder"] = ("无人可派", "nobody could be sent"), ["traffic"] = ("路上耽搁", "the way took long"),
        ["not_recorded"] = ("已处理但未记录", "done, but not written down"), ["technical"] = ("技术故障", "technical trouble"), ["other"] = ("其他", "other"),
    };

    private static readonly Dictionary<string, (string Chinese, string English)> Kinds = new()
    {
        ["answered_late"] = ("应答超过 180 秒", "answered after 180 s"), ["door_late"] = ("60 分钟内未到场", "not at the door within 60 min"), ["unanswered"] = ("无人应答", "not answered"),
    };

    /// <summary>Between the parts of a list.</summary>
    public string Comma => Say("、", ", ");

    /// <summary>The one of two texts that is in this language.</summary>
    public string Say(string chinese, string english) => Language == Languages.English ? english : chinese;

    /// <summary>An area, <see cref="HouseholdDirectory.District"/> by its meaning.</summary>
    public string Area(string area) => area == HouseholdDirectory.District ? Say("全区", "whole district") : area;

    /// <summary>A rule of <see cref="Domain.Alerts.Rule"/>.</summary>
    public string Rule(string id) => Name(Rules, id);

    /// <summary>An outcome of <see cref="Domain.Alerts.Outcome"/>.</summary>
    public string Outcome(string id) => Name(Endings, id);

    /// <summary>A cause of <see cref="NewExplanation"/>.</summary>
    public string Cause(string id) => Name(Causes, id);

    /// <summary>A kind of <see cref="KpiException"/>.</summary>
    public string Kind(string id) => Name(Kinds, id);

    private string Name(Dictionary<string, (string Chinese, string English)> names, string id) => names.TryGetValue(id, out var name) ? Say(name.Chinese, name.English) : id;
}
