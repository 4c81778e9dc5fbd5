namespace SeniorIoT.Server.Access;

/// <summary>
/// Slows the guessing of passwords: after <see cref="FailuresMax"/> attempts without success within <see cref="Window"/> one user
/// from one address must wait until the window is over. An attempt counts when it begins, so that many at once gain nothing.
/// </summary>
internal sealed class LoginThrottle(TimeProvider clock)
{
    /// <summary>Attempts in a window.</summary>
    public const int FailuresMax = 10;

    /// <summary>Users and addresses remembered; beyond that the windows that end first are forgotten.</summary>
    private const int KeysMax = 10_000;

    /// <summary>From the first failure on.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string User, string Address), (int Attempts, DateTimeOffset EndsAt)> _windows = [];

    /// <summary>Counts an attempt. Returns how long to wait when it may not be made; null when it may.</summary>
    public TimeSpan? Begin(string user, string address)
    {
        var now = clock.GetUtcNow();
        var key = (user.ToLowerInvariant(), address);
        lock (_gate)
        {
            if (!_windows.TryGetValue(key, out var window) || window.EndsAt <= now) window = (0, now + Window);
            if (window.Attempts >= FailuresMax) return window.EndsAt - now;
            if (_windows.Count >= KeysMax) MakeRoom_NeedsLock(now);
            _windows[key] = (window.Attempts + 1, window.EndsAt);
            return null;
        }
    }

    /// <summary>Forgets the attempts of somebody who knew the password.</summary>
    public void Succeeded(string user, string address)
    {
        lock (_gate) _windows.Remove((user.ToLowerInvariant(), address));
    }

    private void MakeRoom_NeedsLock(DateTimeOffset now)
    {
        foreach (var over in _windows.Where(pair => pair.Value.EndsAt <= now).Select(pair => pair.Key).ToList()) _windows.Remove(over);
        if (_windows.Count < KeysMax) return;
        foreach (var first in _windows.OrderBy(pair => pair.Value.EndsAt).Take(KeysMax / 10).Select(pair => pair.Key).ToList()) _windows.Remove(first);
    }
}
