using SeniorIoT.DeviceProtocol;
using Channel = SeniorIoT.DeviceProtocol.Channel;

namespace SeniorIoT.Simulators.Devices;

/// <summary>
/// A device's way out, as the device sees it: it says something, or its radio is switched. What happens underneath
/// (a connection, a fault, a list in a test) is not its business.
/// </summary>
/// <param name="Say">Takes a message for delivery; never blocks.</param>
/// <param name="Power">Switches the radio on or off.</param>
internal sealed record Line(Action<Topic, DeviceMessage> Say, Action<bool> Power);

/// <summary>A device with a life: proof of life now and then, and whatever its kind does.</summary>
internal abstract class Agent(string deviceId, DeviceKind kind, Line line, Agenda agenda, double batteryPercent)
{
    private long _lastMid;

    public string DeviceId => deviceId;

    public DeviceKind Kind => kind;

    /// <summary>A silent device says nothing at all: its radio is off.</summary>
    public bool IsSilent { get; private set; }

    /// <summary>Charge left. Sinks by the agents' own habit, or when the story wants it low.</summary>
    public double BatteryPercent { get; set; } = batteryPercent;

    protected Agenda Agenda => agenda;

    /// <summary>The radio dies.</summary>
    public void Silence()
    {
        IsSilent = true;
        line.Power(false);
    }

    /// <summary>The radio will die once it has sent what was said so far; from now on nothing more is said.</summary>
    protected void SilenceSoon()
    {
        IsSilent = true;
        agenda.At(agenda.Now + TimeSpan.FromMinutes(3), () => line.Power(!IsSilent));
    }

    /// <summary>The radio lives again.</summary>
    public void Speak()
    {
        IsSilent = false;
        line.Power(true);
        OnSpeakAgain();
    }

    /// <summary>Begins to live.</summary>
    public abstract void Start();

    protected virtual void OnSpeakAgain() => Heartbeat(agenda.Now);

    protected void Heartbeat(DateTimeOffset at)
    {
        BatteryPercent = Math.Max(1, BatteryPercent - 0.01);
        Say(Channel.Telemetry, new DeviceMessage.Heartbeat(Envelope(at)));
    }

    protected void Say(Channel channel, DeviceMessage message)
    {
        if (!IsSilent)
        {
            line.Say(new Topic(kind, deviceId, channel), message);
        }
    }

    /// <summary>The common part of a message. Without a name given, one is made from the time; it is never used twice.</summary>
    protected Envelope Envelope(DateTimeOffset? at, string? mid = null, bool isHistory = false)
    {
        _lastMid = Math.Max(_lastMid + 1, agenda.Now.ToUnixTimeMilliseconds());
        return new Envelope(
            mid ?? $"{_lastMid:x}",
            null,
            null,
            at?.ToUniversalTime(),
            null,
            DeviceClock.Synced,
            isHistory,
            (int)Math.Round(BatteryPercent),
            -70 - (int)(_lastMid % 35),
            "sim-1",
            0);
    }
}
