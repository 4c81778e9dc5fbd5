using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// The providers that are set up, in the order in which they are asked, with what is known of each: whether it works, and how fast it may be
/// used. Known since the start only: after a restart every provider gets its chance. Thread-safe.
/// </summary>
internal sealed class ProviderDesk
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ProviderCondition> _conditions = [];
    private readonly Dictionary<string, Pace> _paces = [];

    /// <summary>Providers of texts in the order of <paramref name="options"/>, then the others.</summary>
    public ProviderDesk(IEnumerable<IProvider> providers, SmsOptions options)
    {
        var order = options.Providers.ToList();
        All = [.. providers.Where(provider => provider.Channel != NoticeChannel.Sms || order.Contains(provider.Name)).OrderBy(provider => provider.Channel != NoticeChannel.Sms).ThenBy(provider => order.IndexOf(provider.Name))];
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<IProvider> All { get; }

    /// <summary>Whether anybody carries texts.</summary>
    public bool HasSms => All.Any(provider => provider.Channel == NoticeChannel.Sms);

    /// <summary>Those that can carry a notice of a channel to an address, in order; those of <paramref name="tried"/> come last.</summary>
    public IReadOnlyList<IProvider> For(NoticeChannel channel, string to, IReadOnlyCollection<string> tried) =>
        [.. All.Where(provider => provider.Channel == channel && provider.Reaches(to)).OrderBy(provider => tried.Contains(provider.Name))];

    /// <summary>How a provider is; for one that has many addresses, at this address.</summary>
    public ProviderCondition ConditionOf(IProvider provider, string to)
    {
        lock (_lock) return _conditions.GetValueOrDefault(Key(provider, to), ProviderCondition.Good);
    }

    /// <summary>Everybody who fails now, by name and, where there are many, address.</summary>
    public IReadOnlyList<(string Name, ProviderCondition Condition)> Failing()
    {
        lock (_lock) return [.. _conditions.Where(pair => pair.Value.Problem is not null).Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal)];
    }

    /// <summary>How many texts may go now, over all providers; more than anybody claims when there is none, or none sets a pace.</summary>
    public int FreePlaces(bool isUrgent, DateTimeOffset now)
    {
        lock (_lock)
        {
            var free = All.Where(provider => !provider.IsPacedByAddress).Select(provider => Of(provider.Name, provider, now).Free(now, isUrgent)).ToList();
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

    /// <summary>Learns from an answer.</summary>
    public void Learn(IProvider provider, string to, SendResult result, DateTimeOffset now)
    {
        var key = Key(provider, to);
        lock (_lock)
        {
            var condition = _conditions.GetValueOrDefault(key, ProviderCondition.Good);
            _conditions[key] = result switch
            {
                SendResult.Unknown unknown => condition.Failed(SendFault.Down, SendFault.Down.Words(unknown.Said), null, now),
                SendResult.Refused { Fault: SendFault.TooFast or SendFault.Account or SendFault.Down } refused => condition.Failed(refused.Fault, refused.Fault.Words(refused.Said), refused.After, now),
                _ => condition.Worked(),
            };
        }
    }

    private static string Key(IProvider provider, string to) => provider.IsPacedByAddress ? $"{provider.Name} {to}" : provider.Name;

    private Pace Of(string key, IProvider provider, DateTimeOffset now) =>
        _paces.TryGetValue(key, out var pace) && pace.PerSecond.Equals(provider.TextsPerSecond) ? pace : new Pace(provider.TextsPerSecond, now);
}
