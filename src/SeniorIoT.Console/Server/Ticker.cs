namespace SeniorIoT.Console.Server;

/// <summary>One timer for everything that moves once a second. What is shown comes from timestamps: a tick only asks to look again.</summary>
public sealed class Ticker : IDisposable
{
    private readonly ITimer _timer;

    public Ticker(TimeProvider time) => _timer = time.CreateTimer(_ => Tick?.Invoke(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    /// <summary>Raised every second; a background tab may throttle it.</summary>
    public event Action? Tick;

    public void Dispose() => _timer.Dispose();
}
