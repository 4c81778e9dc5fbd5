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
    public bool CanStopInThePast => agenda.Now - meter.ToldUntil >= Actions.LongStop && !IsWaterStopped && !meter.IsSilent;
}
