using SeniorIoT.DeviceProtocol;
using SeniorIoT.Simulators.Devices;
using SeniorIoT.Simulators.Homes;

namespace SeniorIoT.Simulators.Demo;

/// <summary>What came of an action: done, or not, and why or what follows, in English and Chinese.</summary>
internal sealed record Answer(bool Done, string Text, string TextZh);

/// <summary>Everything that can be made to happen in a home, by the control page, by hand, or by chance.</summary>
internal static class Actions
{
    /// <summary>How long the water must have stood still for a <c>no-water</c> alert at the default rule, with a margin.</summary>
    public static readonly TimeSpan LongStop = TimeSpan.FromHours(13);

    private static readonly Dictionary<string, Func<Home, DateTimeOffset, Answer>> Table = new()
    {
        ["press"] = (home, _) => Button(home, button => button.Press(), Yes("The emergency key was pressed.", "已按下紧急键。")),
        ["cancel"] = (home, _) => Button(home, button => button.Cancel(), Yes("The press was cancelled at the button.", "已在按键上取消呼叫。")),
        ["fall"] = (home, _) => Button(home, button => button.Fall(), Yes("The button reported a fall.", "按键上报跌倒。")),
        ["service"] = (home, _) => Button(
            home,
            button => button.Press(ButtonFunction.Service),
            Yes("The service key was pressed: a service request, not an alert.", "已按下服务键：这是服务请求，不是警报。")),
        ["smoke"] = (home, _) => Smoke(home, smoke => smoke.Smoke(), Yes("The smoke detector sounds.", "烟感正在报警。")),
        ["clear"] = (home, _) => Smoke(home, smoke => smoke.Clear(), Yes("The smoke has cleared.", "烟雾已消散。")),
        ["test"] = (home, _) => Smoke(home, smoke => smoke.Test(), Yes("The test key of the smoke detector was pressed.", "已按下烟感自检键。")),
        ["low-battery"] = (home, _) => LowBattery(home),
        ["stop-water"] = (home, now) => home.Meter.Register.StopUse(now)
            ? Yes("From now on nobody uses water in this home; it takes 12 covered hours until the rule may fire.", "从现在起这一户不再用水；须有 12 小时的数据后规则才会触发。")
            : StoppedAlready,
        ["stop-water-13h"] = StopWaterInThePast,
        ["resume-water"] = (home, now) => home.Meter.Register.ResumeUse(now)
            ? Yes("The person uses water again; the meter's next upload shows it.", "老人恢复用水；水表下次上报即可看到。")
            : No("The water was not stopped in this home.", "这一户没有停用水。"),
        ["silence"] = (home, _) => Each(home, device => device.Silence(), Yes("All devices of this home fell silent.", "这一户的设备全部静默。")),
        ["speak"] = (home, _) => Each(
            home,
            device => device.Speak(),
            Yes("All devices of this home speak again; the meter uploads what it kept.", "这一户的设备恢复上报；水表补传留存的数据。")),
    };

    /// <summary>Names of all actions.</summary>
    public static IReadOnlyCollection<string> Names => Table.Keys;

    private static Answer StoppedAlready => No("The water is stopped in this home already.", "这一户已经停用水。");

    /// <summary>Does it. Runs on the agenda's thread.</summary>
    public static Answer Do(string action, Home home, DateTimeOffset now) => Table[action](home, now);

    private static Answer Yes(string text, string textZh) => new(true, text, textZh);

    private static Answer No(string text, string textZh) => new(false, text, textZh);

    private static Answer Button(Home home, Action<Button> act, Answer done) => With(
        home.Button,
        act,
        done,
        No("This home has no button; search for \"sos-\" to list homes that have one.", "这一户没有按键；搜索“sos-”可列出有按键的住户。"));

    private static Answer Smoke(Home home, Action<SmokeDetector> act, Answer done) => With(
        home.Smoke,
        act,
        done,
        No("This home has no smoke detector; search for \"sd-\" to list homes that have one.", "这一户没有烟感；搜索“sd-”可列出有烟感的住户。"));

    private static Answer With<T>(T? device, Action<T> act, Answer done, Answer missing)
        where T : Agent
    {
        if (device is not { IsSilent: false })
        {
            return device is null ? missing : No("The device is silent; let it speak first.", "设备处于静默；请先恢复上报。");
        }

        act(device);
        return done;
    }

    private static Answer StopWaterInThePast(Home home, DateTimeOffset now)
    {
        var meter = home.Meter;
        if (home.IsWaterStopped)
        {
            return StoppedAlready;
        }

        if (meter.IsSilent || !home.CanStopInThePast || !meter.Register.StopUse(meter.ToldUntil))
        {
            var told = $"{meter.ToldUntil.ToOffset(Changning.Offset):MM-dd HH:mm}";
            return No(
                $"This meter has told its register until {told}; what was told cannot be taken back. Search for \"13h\": homes whose last upload is that old.",
                $"水表已上报到 {told}，已上报的数据无法收回。请搜索“13h”，选择上次上报已过 13 小时的住户。");
        }

        meter.UploadUntil(now);
        var since = $"{meter.Register.Stops[^1].From.ToOffset(Changning.Offset):MM-dd HH:mm}";
        return Yes($"The meter has just uploaded: no water since {since}.", $"水表刚刚上报：自 {since} 起没有用水。");
    }

    private static Answer LowBattery(Home home)
    {
        foreach (var device in home.Devices)
        {
            device.BatteryPercent = Math.Min(device.BatteryPercent, 8);
        }

        home.Smoke?.LowBattery();
        home.Button?.LowBattery();
        return Yes("The batteries of this home are at 8 %.", "这一户的设备电量降到 8%。");
    }

    private static Answer Each(Home home, Action<Agent> act, Answer done)
    {
        foreach (var device in home.Devices)
        {
            act(device);
        }

        return done;
    }
}
