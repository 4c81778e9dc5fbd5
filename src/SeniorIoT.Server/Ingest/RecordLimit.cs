namespace SeniorIoT.Server.Ingest;

/// <summary>How often refused strangers are recorded: each id a few times in a window, and all ids together not without end.</summary>
internal sealed class RecordLimit(TimeProvider clock)
{
    /// <summary>Records of one id in a window.</summary>
    public const int EachMax = 5;

    /// <summary>Records of all ids in a window; this bounds the memory used here as well.</summary>
    public const int AllMax = 500;

    /// <summary>The window.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private DateTimeOffset _windowEnd;
    private int _all;

    /// <summary>True when this refusal may be recorded.</summary>
    public bool TryTake(string id)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (now >= _windowEnd)
            {
                _taken.Clear();
                (_all, _windowEnd) = (0, now + Window);
            }

            var taken = _taken.GetValueOrDefault(id);
            if (taken >= EachMax || _all >= AllMax) return false;
            _taken[id] = taken + 1;
            _all++;
            return true;
        }
    }
}
