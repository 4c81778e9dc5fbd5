namespace SeniorIoT.Console.Server;

/// <summary>Lets the first call through at once and joins those that follow within <paramref name="gap"/>, a tenth of a second when nobody says: a flood of changes is one render.</summary>
public sealed class Pace(TimeProvider time, Action act, TimeSpan? gap = null) : IDisposable
{
    private readonly TimeSpan _gap = gap ?? TimeSpan.FromMilliseconds(100);
    private ITimer? _timer;
    private bool _again;

    /// <summary>Acts now or, if it just did, once when the gap is over.</summary>
    public void Ask()
    {
        if (_timer is not null)
        {
            _again = true;
            return;
        }
        _timer = time.CreateTimer(_ => End(), null, _gap, Timeout.InfiniteTimeSpan);
        act();
    }

    public void Dispose() => _timer?.Dispose();

    private void End()
    {
        _timer?.Dispose();
        _timer = null;
        if (!_again)
            return;
        _again = false;
        Ask();
    }
}
