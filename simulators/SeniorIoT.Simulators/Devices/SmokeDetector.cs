using SeniorIoT.DeviceProtocol;
using SeniorIoT.Simulators.Homes;
using Channel = SeniorIoT.DeviceProtocol.Channel;

namespace SeniorIoT.Simulators.Devices;

/// <summary>A smoke detector: a heartbeat every six hours, smoke now and then, usually from the kitchen.</summary>
internal sealed class SmokeDetector(string deviceId, Line line, Agenda agenda, Dice dice)
    : Agent(deviceId, DeviceKind.Smoke, line, agenda, dice.Between(55, 100))
{
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromHours(6);

    /// <summary>Whether it sounds now.</summary>
    public bool IsAlarming { get; private set; }

    public override void Start()
    {
        // One heartbeat at the start, so that nobody waits hours for a sign of life; then at its own time of day.
        Agenda.At(Agenda.Now + TimeSpan.FromSeconds(dice.Between(2, 40)), () => Heartbeat(Agenda.Now));
        Agenda.Every(Agenda.Now + (HeartbeatEvery * dice.Next()), HeartbeatEvery, Heartbeat);
    }

    public void Smoke() => Tell(SmokeEventType.Alarm, alarming: true);

    public void Clear() => Tell(SmokeEventType.Clear, alarming: false);

    public void Test() => Tell(SmokeEventType.Test, IsAlarming);

    public void LowBattery() => Tell(SmokeEventType.LowBattery, IsAlarming);

    private void Tell(SmokeEventType type, bool alarming)
    {
        IsAlarming = alarming;
        Say(Channel.Event, new DeviceMessage.SmokeEvent(Envelope(Agenda.Now), type));
    }
}
