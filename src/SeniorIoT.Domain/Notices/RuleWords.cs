using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Notices;

/// <summary>Findings in the words of a text, at most 12 characters each: a reader knows no ids.</summary>
public static class RuleWords
{
    private static readonly Dictionary<string, (string Chinese, string English)> Words = new()
    {
        ["sos"] = ("按求助键", "SOS"), ["fall"] = ("可能跌倒", "fell?"), ["smoke"] = ("烟感报警", "smoke"), ["no-water"] = ("几乎没用水", "no water"), ["burst"] = ("水流异常大", "pipe burst?"),
        ["leak"] = ("一直有水流", "leak?"), ["excess-water"] = ("用水过多", "much water"), ["use-while-away"] = ("外出时有用水", "use, is away"), ["likely-away"] = ("可能外出", "likely away"),
        ["night-use"] = ("夜间用水增多", "night water"), ["less-water"] = ("用水越来越少", "less water"), ["drip"] = ("滴漏", "drip?"), ["more-water"] = ("用水突增", "more water"), ["home-silent"] = ("全家设备失联", "home silent"), ["smoke-nuisance"] = ("烟感频繁误响", "false smoke"),
        ["untested"] = ("设备久未测试", "not tested"), ["silent"] = ("设备失联", "not heard"), ["low-battery"] = ("设备电量低", "battery low"), ["tamper"] = ("设备被拆动", "tampered"),
        ["fault"] = ("设备故障", "out of order"), ["end-of-life"] = ("设备到期", "replace it"), ["backflow"] = ("水倒流", "backflow"), ["clock"] = ("设备时钟错误", "clock wrong"), ["flapping"] = ("设备反复报警", "flapping"),
        ["journal"] = ("消息无法保存", "no journal"), ["disk-space"] = ("磁盘将满", "disk full"), ["telemetry-store"] = ("读数无法入库", "no store"),
        ["nobody-to-tell"] = ("有住户无人可通知", "nobody told"), ["reconciliation"] = ("对账发现缺漏", "records gap"), ["probe"] = ("自检呼叫未通过", "probe late"), ["probe-text"] = ("自检短信未送达", "probe text"), ["providers-down"] = ("短信发不出去", "no texts"),
        ["gateway-silent"] = ("网关失联", "gateway silent"),
    };

    /// <summary>The words; for a rule that has none yet, that there is a finding.</summary>
    public static string Of(Rule rule, string language) => Words.TryGetValue(rule.Id, out var words)
        ? language == Languages.English ? words.English : words.Chinese
        : language == Languages.English ? "a finding" : "有情况";
}
