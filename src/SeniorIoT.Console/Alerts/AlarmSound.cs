using SeniorIoT.Api;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Shell;

namespace SeniorIoT.Console.Alerts;

/// <summary>
/// What the operator hears. P1 repeats until every P1 has been answered by somebody; P2 and P3 sound once, all those of an incident together. A mute is always
/// timed and covers only what was there when it began: a newer P1 is heard.
/// </summary>
public sealed class AlarmSound : IDisposable
{
    public static readonly TimeSpan MuteFor = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RepeatEvery = TimeSpan.FromSeconds(4);
    private readonly AlertBoard _board;
    private readonly LinkState _link;
    private readonly Ticker _ticker;
    private readonly TimeProvider _time;
    private readonly Browser _browser;
    private readonly HashSet<string> _muted = [];
    private readonly HashSet<string> _heardIncidents = [];
    private long? _mutedAt;
    private long? _playedAt;
    private bool _wasLive;

    public AlarmSound(AlertBoard board, LinkState link, Ticker ticker, TimeProvider time, Browser browser)
    {
        (_board, _link, _ticker, _time, _browser) = (board, link, ticker, time, browser);
        _board.Raised += OnRaised;
        _board.Changed += Beat;
        _link.Changed += OnLink;
        _ticker.Tick += Beat;
    }

    /// <summary>Raised when <see cref="IsBlocked"/> or <see cref="IsMuted"/> changed.</summary>
    public event Action? Changed;

    /// <summary>The browser makes no sound before the first click: shown loudly.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>How long the mute still lasts; zero when there is none.</summary>
    public TimeSpan MuteLeft => _mutedAt is { } at && MuteFor - _time.GetElapsedTime(at) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>Whether what was there at the mute is quiet now.</summary>
    public bool IsMuted => MuteLeft > TimeSpan.Zero;

    /// <summary>Silences what is there now for two minutes.</summary>
    public void Mute()
    {
        _mutedAt = _time.GetTimestamp();
        _muted.Clear();
        _muted.UnionWith(_board.Open.Select(alert => alert.AlertId));
        Changed?.Invoke();
    }

    /// <summary>Ends the mute, asks the browser for permission, and plays a sample: also the sound test at the start of a shift.</summary>
    public async Task EnableAsync()
    {
        _mutedAt = null;
        IsBlocked = !await _browser.EnableSoundAsync();
        Changed?.Invoke();
        await PlayAsync(AlertWords.P3);
    }

    public void Dispose()
    {
        _board.Raised -= OnRaised;
        _board.Changed -= Beat;
        _link.Changed -= OnLink;
        _ticker.Tick -= Beat;
    }

    private void OnRaised(Alert alert)
    {
        if (alert.Priority != AlertWords.P1 && (alert.IncidentId is not { } incident || _heardIncidents.Add(incident)))
            _ = PlayAsync(alert.Priority);
    }

    private void Beat()
    {
        if (_mutedAt is not null && !IsMuted)
        {
            _mutedAt = null;
            Changed?.Invoke();
        }
        var calls = _board.Urgent.Any(alert => alert.IsUnanswered && !(IsMuted && _muted.Contains(alert.AlertId)));
        if (!calls)
            _playedAt = null;
        else if (_playedAt is not { } at || _time.GetElapsedTime(at) >= RepeatEvery)
        {
            _playedAt = _time.GetTimestamp();
            _ = PlayAsync(AlertWords.P1);
        }
    }

    private void OnLink()
    {
        if (_wasLive && _link.IsLost)
            _ = PlayAsync("lost");
        _wasLive = _link.IsLive;
    }

    private async Task PlayAsync(string pattern)
    {
        var blocked = !await _browser.PlayAsync(pattern);
        if (blocked == IsBlocked)
            return;
        IsBlocked = blocked;
        Changed?.Invoke();
    }
}
