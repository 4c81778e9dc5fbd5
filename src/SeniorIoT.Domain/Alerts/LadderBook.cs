using System.Collections.Immutable;
using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Domain.Alerts;

/// <summary>
/// Which ladder is in force where. Immutable. The nearest place that has one for the priority decides: committee, sub-district, district,
/// else the default of the product.
/// </summary>
public sealed class LadderBook
{
    private readonly ImmutableDictionary<(RulePlace Place, Priority Priority), Ladder> _ladders;

    private LadderBook(ImmutableDictionary<(RulePlace Place, Priority Priority), Ladder> ladders) => _ladders = ladders;

    /// <summary>Nothing but the defaults.</summary>
    public static LadderBook Default { get; } = new(ImmutableDictionary<(RulePlace Place, Priority Priority), Ladder>.Empty);

    /// <summary>A book with these ladders.</summary>
    public static LadderBook Of(IEnumerable<(RulePlace Place, Priority Priority, Ladder Ladder)> ladders) =>
        new(ladders.ToImmutableDictionary(one => (one.Place, one.Priority), one => one.Ladder));

    /// <summary>The ladder of an alert at a place.</summary>
    /// <param name="place">Where.</param>
    /// <param name="priority">How urgent.</param>
    /// <param name="isContactFirst">Whether the household wants its family asked first: done for P2, never for P1, where minutes count.</param>
    public Ladder InForce(Place place, Priority priority, bool isContactFirst = false)
    {
        var ladder = place.Area.Around.Select(area => _ladders.GetValueOrDefault((RulePlace.Of(area), priority))).FirstOrDefault(own => own is not null) ?? Ladder.For(priority);
        return isContactFirst && priority == Priority.P2 ? ladder.WithContactFirst() : ladder;
    }
}
