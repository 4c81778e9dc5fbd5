using SeniorIoT.DeviceProtocol;
using SeniorIoT.Simulators.Devices;
using SeniorIoT.Simulators.Homes;

namespace SeniorIoT.Simulators.Demo;

/// <summary>A home that lives: its plan, its person's water, its devices.</summary>
internal sealed class Home(HomePlan plan, Agenda agenda, WaterMeter meter, SmokeDetector? smoke, Button? button)
{
    public HomePlan Plan => plan;

    public WaterMeter Meter => meter;

    public SmokeDetector? Smoke => smoke;

    public Button? Button => button;

    /// <summary>Every device of the home.</summary>
    public IEnumerable<Agent> Devices => new Agent?[] { meter, smoke, button }.OfType<Agent>();

    /// <summary>Whether nobody draws water at the moment because the story says so.</summary>
    public bool IsWaterStopped => meter.Register.IsStoppedAt(agenda.Now);

    /// <summary>Whether the next upload could show 13 hours without water, were the person to have stopped after the last one.</summary>
    public bool CanStopInThePast => agenda.Now - meter.ToldUntil >= Actions.LongStop && !IsWaterStopped;
}

/// <summary>What came of an action: done, or not, and why or what follows.</summary>
internal sealed record Answer(bool Done, string Text);

/// <summary>Everything that can be made to happen in a home, by the control page, by hand, or by chance.</summary>
internal static class Actions
{
    /// <summary>How long the water must have stood still for a <c>no-water</c> alert at the default rule, with a margin.</summary>
    public static readonly TimeSpan LongStop = TimeSpan.FromHours(13);

    private static readonly Dictionary<string, Func<Home, DateTimeOffset, Answer>> Table = new()
    {
        ["press"] = (home, _) => WithButton(home, button => button.Press(), "The emergency key was pressed."),
        ["cancel"] = (home, _) => WithButton(home, button => button.Cancel(), "The press was cancelled at the button."),
        ["fall"] = (home, _) => WithButton(home, button => button.Fall(), "The button reported a fall."),
        ["service"] = (home, _) => WithButton(home, button => button.Press(ButtonFunction.Service), "The service key was pressed: a service request, not an alert."),
        ["smoke"] = (home, _) => WithSmoke(home, smoke => smoke.Smoke(), "The smoke detector sounds."),
        ["clear"] = (home, _) => WithSmoke(home, smoke => smoke.Clear(), "The smoke has cleared."),
        ["test"] = (home, _) => WithSmoke(home, smoke => smoke.Test(), "The test key of the smoke detector was pressed."),
        ["low-battery"] = (home, _) => LowBattery(home),
        ["stop-water"] = StopWater,
        ["stop-water-13h"] = StopWaterInThePast,
        ["resume-water"] = (home, now) => home.Meter.Register.ResumeUse(now)
            ? new Answer(true, "The person uses water again; the meter's next upload shows it.")
            : new Answer(false, "The water was not stopped in this home."),
        ["silence"] = (home, _) => Each(home, device => device.Silence(), "All devices of this home fell silent."),
        ["speak"] = (home, _) => Each(home, device => device.Speak(), "All devices of this home speak again; the meter uploads what it kept."),
    };

    /// <summary>Names of all actions.</summary>
    public static IReadOnlyCollection<string> Names => Table.Keys;

    /// <summary>Does it. Runs on the agenda's thread.</summary>
    public static Answer Do(string action, Home home, DateTimeOffset now) => Table[action](home, now);

    private static Answer WithButton(Home home, Action<Button> act, string done) => With(home.Button, act, done, "This home has no button; search for \"sos-\" to list homes that have one.");

    private static Answer WithSmoke(Home home, Action<SmokeDetector> act, string done) =>
        With(home.Smoke, act, done, "This home has no smoke detector; search for \"sd-\" to list homes that have one.");

    private static Answer With<T>(T? device, Action<T> act, string done, string missing)
        where T : Agent
    {
        if (device is not { IsSilent: false })
        {
            return new Answer(false, device is null ? missing : "The device is silent; let it speak first.");
        }

        act(device);
        return new Answer(true, done);
    }

    private static Answer StopWater(Home home, DateTimeOffset now) => home.Meter.Register.StopUse(now)
        ? new Answer(true, "From now on nobody uses water in this home; it takes 12 covered hours until the rule may fire.")
        : new Answer(false, "The water is stopped in this home already.");

    private static Answer StopWaterInThePast(Home home, DateTimeOffset now)
    {
        var meter = home.Meter;
        if (home.IsWaterStopped)
        {
            return new Answer(false, "The water is stopped in this home already.");
        }

        if (meter.IsSilent || !home.CanStopInThePast || !meter.Register.StopUse(meter.ToldUntil))
        {
            return new Answer(
                false,
                $"This meter has told its register until {meter.ToldUntil.ToOffset(Changning.Offset):MM-dd HH:mm}; what was told cannot be taken back. "
                + "Choose a home that is marked \"13 h possible\": its last upload is that old.");
        }

        meter.UploadUntil(now);
        return new Answer(true, $"The meter has just uploaded: no water since {meter.Register.Stops[^1].From.ToOffset(Changning.Offset):MM-dd HH:mm}.");
    }

    private static Answer LowBattery(Home home)
    {
        foreach (var device in home.Devices)
        {
            device.BatteryPercent = Math.Min(device.BatteryPercent, 8);
        }

        home.Smoke?.LowBattery();
        home.Button?.LowBattery();
        return new Answer(true, "The batteries of this home are at 8 %.");
    }

    private static Answer Each(Home home, Action<Agent> act, string done)
    {
        foreach (var device in home.Devices)
        {
            act(device);
        }

        return new Answer(true, done);
    }
}
