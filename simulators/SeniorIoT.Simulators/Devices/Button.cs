using SeniorIoT.DeviceProtocol;
using SeniorIoT.Simulators.Homes;
using Channel = SeniorIoT.DeviceProtocol.Channel;

namespace SeniorIoT.Simulators.Devices;

/// <summary>A one-button caller: a heartbeat twice a day, and a press when its owner needs somebody or sits on it.</summary>
internal sealed class Button(string deviceId, Line line, Agenda agenda, Dice dice)
    : Agent(deviceId, DeviceKind.Sos, line, agenda, dice.Between(45, 100))
{
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromHours(12);

    public override void Start()
    {
        Agenda.At(Agenda.Now + TimeSpan.FromSeconds(dice.Between(2, 40)), () => Heartbeat(Agenda.Now));
        Agenda.Every(Agenda.Now + (HeartbeatEvery * dice.Next()), HeartbeatEvery, Heartbeat);
    }

    public void Press(ButtonFunction button = ButtonFunction.Emergency) => Tell(ButtonEventType.Press, button);

    public void Cancel() => Tell(ButtonEventType.Cancel, ButtonFunction.Emergency);

    public void Fall() => Tell(ButtonEventType.Fall, ButtonFunction.Emergency);

    public void LowBattery() => Tell(ButtonEventType.LowBattery, ButtonFunction.Emergency);

    private void Tell(ButtonEventType type, ButtonFunction button) =>
        Say(Channel.Event, new DeviceMessage.ButtonEvent(Envelope(Agenda.Now), type, button));
}
