using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Alerts;

/// <summary>What an alert must know of the household it is about and of the district, and nothing more of the registry.</summary>
/// <param name="PlaceOf">Where and whom. An alert about a household that was just deleted still needs a place: never null.</param>
/// <param name="RespondersOf">Everybody who can be told at a moment, the household's own first, then the committee's, the sub-district's, the district's.</param>
/// <param name="LadderOf">Who is told when, as in force now.</param>
/// <param name="Zone">The district's clocks.</param>
internal sealed record AlertSurroundings(Func<HouseholdId, Place> PlaceOf, Func<Place, DateTimeOffset, IReadOnlyList<Responder>> RespondersOf, Func<Place, Priority, Ladder> LadderOf, TimeZoneInfo Zone)
{
    /// <summary>Another object whenever a ladder was changed.</summary>
    public Func<object> Ladders { get; init; } = () => Ladder.For(Priority.P1);
}
