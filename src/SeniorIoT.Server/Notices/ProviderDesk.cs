using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// The providers that are set up, in the order in which they are asked, with what is known of each: whether it works, and how fast it may be
/// used. A start knows what the end before it knew. Thread-safe.
/// </summary>
internal sealed class ProviderDesk
{
    // The slowest pace that is used in earnest, a robot's, has its places free again within this time.
    private static readonly TimeSpan PaceWindow = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ProviderCondition> _conditions;
    private readonly Dictionary<string, Pace> _paces = [];
    private readonly ProviderStore _store;

    /// <summary>Providers of texts in the order of <paramref name="options"/>, then the others.</summary>
    public ProviderDesk(IEnumerable<IProvider> providers, SmsOptions options, ProviderStore store, TimeProvider clock)
    {
        var order = options.Providers.ToList();
        All = [.. providers.Where(provider => provider.Channel != NoticeChannel.Sms || order.Contains(provider.Name)).OrderBy(provider => provider.Channel != NoticeChannel.Sms).ThenBy(provider => order.IndexOf(provider.Name))];
        _store = store;
        _conditions = store.Read().ToDictionary();
        foreach (var (name, to, at) in store.ReadAttempts(clock.GetUtcNow() - PaceWindow))
        {
            if (All.FirstOrDefault(provider => provider.Name == name) is { } provider) _paces[Key(provider, to)] = Of(Key(provider, to), provider, at).Take(at);
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<IProvider> All { get; }

    /// <summary>Whether anybody carries texts.</summary>
    public bool HasSms => All.Any(provider => provider.Channel == NoticeChannel.Sms);

    /// <summary>How those are who carry texts, by name.</summary>
    public IReadOnlyDictionary<string, ProviderCondition> Texts
    {
        get
        {
            lock (_lock) return All.Where(provider => provider.Channel == NoticeChannel.Sms).ToDictionary(provider => provider.Name, provider => _conditions.GetValueOrDefault(provider.Name, ProviderCondition.Good));
        }
    }

    /// <summary>Those that can carry a notice of a channel to an address, in order; those of <paramref name="tried"/> come last.</summary>
    public IReadOnlyList<IProvider> For(NoticeChannel channel, string to, IReadOnlyCollection<string> tried) =>
        [.. All.Where(provider => provider.Channel == channel && provider.Reaches(to)).OrderBy(provider => tried.Contains(provider.Name))];

    /// <summary>How a provider is; for one that has many addresses, at this address.</summary>
    public ProviderCondition ConditionOf(IProvider provider, string to)
    {
        lock (_lock) return _conditions.GetValueOrDefault(Key(provider, to), ProviderCondition.Good);
    }

    /// <summary>
    /// Whether a text may be handed to a provider now: while it rests, nobody's; when it has rested from being down, one text's, which finds out
    /// whether it is back while the others do not wait for it.
    /// </summary>
    public bool MayAsk(IProvider provider, string to, DateTimeOffset now)
    {
        var key = Key(provider, to);
        lock (_lock)
        {
            var condition = _conditions.GetValueOrDefault(key, ProviderCondition.Good);
            if (condition.IsTrialDue(now)) _conditions[key] = condition.OnTrial(now);
            return condition.IsUp(now) || condition.IsTrialDue(now);
        }
    }

    /// <summary>Everybody who fails now, by name and, where there are many, address.</summary>
    public IReadOnlyList<(string Name, ProviderCondition Condition)> Failing()
    {
        lock (_lock) return [.. _conditions.Where(pair => pair.Value.Problem is not null).Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal)];
    }

    /// <summary>How many texts may go now, over all providers; more than anybody claims when there is none, or none sets a pace.</summary>
    public int FreePlaces(DateTimeOffset now)
    {
        lock (_lock)
        {
            var free = All.Where(provider => !provider.IsPacedByAddress).Select(provider => Of(provider.Name, provider, now).Free(now, isUrgent: true)).ToList();
            return HasSms ? free.Sum() : int.MaxValue;
        }
    }

    /// <summary>Takes a place; false when none is free before <paramref name="freeAt"/>.</summary>
    public bool TryTake(IProvider provider, string to, bool isUrgent, DateTimeOffset now, out DateTimeOffset freeAt)
    {
        var key = Key(provider, to);
        lock (_lock)
        {
            var pace = Of(key, provider, now);
            freeAt = pace.NextAt(now, isUrgent);
            if (pace.Free(now, isUrgent) == 0) return false;
            _paces[key] = pace.Take(now);
            return true;
        }
    }

    /// <summary>Gives a place back that was taken for nothing.</summary>
    public void GiveBack(IProvider provider, string to)
    {
        lock (_lock)
            if (_paces.TryGetValue(Key(provider, to), out var pace)) _paces[Key(provider, to)] = pace.GiveBack();
    }

    /// <summary>Learns from an answer, and keeps what is new. True: one that was down is back.</summary>
    public async Task<bool> LearnAsync(IProvider provider, string to, SendResult result, DateTimeOffset now)
    {
        var key = Key(provider, to);
        ProviderCondition before, after;
        lock (_lock)
        {
            before = _conditions.GetValueOrDefault(key, ProviderCondition.Good);
            after = result switch
            {
                SendResult.Unknown unknown => before.Failed(SendFault.Down, SendFault.Down.Words(unknown.Said), null, now),
                SendResult.Refused { Fault: SendFault.TooFast or SendFault.Account or SendFault.Down } refused => before.Failed(refused.Fault, refused.Fault.Words(refused.Said), refused.After, now),
                _ => before.Worked(),
            };
            _conditions[key] = after;
        }

        if (after != before) await _store.KeepAsync(key, after);
        return before.IsDown && !after.IsDown;
    }

    private static string Key(IProvider provider, string to) => provider.IsPacedByAddress ? $"{provider.Name} {to}" : provider.Name;

    private Pace Of(string key, IProvider provider, DateTimeOffset now) =>
        _paces.TryGetValue(key, out var pace) && pace.PerSecond.Equals(provider.TextsPerSecond) ? pace : new Pace(provider.TextsPerSecond, now);
}
