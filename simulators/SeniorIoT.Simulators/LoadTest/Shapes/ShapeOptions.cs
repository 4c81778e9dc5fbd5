namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>How many talk how.</summary>
internal enum Shape
{
    /// <summary>Meters with a connection each, one message in flight.</summary>
    Devices,

    /// <summary>Gateways that speak for their children, many messages in flight, written in batches.</summary>
    Gateways,

    /// <summary>As <see cref="Devices"/>, slowly: what the server costs when it has little to do.</summary>
    Paced,

    /// <summary>Connections that say nothing.</summary>
    Idle,

    /// <summary>Gateways with as many children as a city has meters; each reports every 15 minutes of its own time.</summary>
    Fleet,
}

/// <summary>What to run.</summary>
/// <param name="Shape">How many talk how.</param>
/// <param name="Devices">Meters in all.</param>
/// <param name="Children">Meters behind one gateway; 0: each speaks for itself.</param>
/// <param name="Window">Messages of a connection in flight at most.</param>
/// <param name="PerSecond">Messages a second, all together; 0: as fast as they are acknowledged.</param>
/// <param name="Rounds">Reports of each device; 0: until the time is over.</param>
/// <param name="WarmUp">Time before measuring.</param>
/// <param name="Measure">Time of measuring; with <paramref name="Rounds"/> at most.</param>
/// <param name="PressesPerSecond">Presses of emergency buttons beside it.</param>
internal sealed record ShapeOptions(
    Shape Shape, int Devices, int Children, int Window, double PerSecond, int Rounds, TimeSpan WarmUp, TimeSpan Measure, double PressesPerSecond)
{
    /// <summary>Device time between two reports of the fleet.</summary>
    public static readonly TimeSpan ReportEvery = TimeSpan.FromMinutes(15);

    /// <summary>Connections, without those of the buttons.</summary>
    public int Connections => Children == 0 ? Devices : (Devices + Children - 1) / Children;

    /// <summary>The usual numbers of a shape.</summary>
    public static ShapeOptions UsualOf(Shape shape)
    {
        ShapeOptions devices = new(shape, 1_000, 0, 1, 0, 0, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), 50);
        return shape switch
        {
            Shape.Gateways => devices with { Devices = 5_000, Children = 100, Window = 64 },
            Shape.Paced => devices with { PerSecond = 2_000, PressesPerSecond = 0 },
            Shape.Idle => devices with { Devices = 15_000, PressesPerSecond = 0 },
            Shape.Fleet => devices with { Devices = 1_000_000, Children = 1_000, Window = 64, Rounds = 3, WarmUp = TimeSpan.Zero, Measure = TimeSpan.FromHours(1), PressesPerSecond = 0 },
            _ => devices,
        };
    }
}
