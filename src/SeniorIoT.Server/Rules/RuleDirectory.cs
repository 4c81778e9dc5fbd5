using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Server.Rules;

/// <summary>
/// The rules of every place, in memory, for grains on the hot path. Filled and kept up to date by <see cref="Households.Registry"/>, so a change is in
/// force at the next report of each device. Thread-safe.
/// </summary>
/// <param name="preset">What is in force where no place has a set.</param>
internal sealed class RuleDirectory(RuleSettings preset)
{
    private volatile RuleBook _book = new(preset);

    /// <summary>What is in force now.</summary>
    public RuleBook Book => _book;

    /// <summary>Replaces the sets of some places; null takes one away. One caller at a time.</summary>
    public void Set(IEnumerable<KeyValuePair<RulePlace, PlacedRules?>> changes) => _book = _book.With(changes);
}
