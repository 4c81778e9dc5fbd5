using System.Collections.Concurrent;
using SeniorIoT.Api;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Duty;

/// <summary>
/// Who looks after whom, who cannot be reached, and which households nobody could be told of. It is put together from parts, one a committee; after a change
/// only the parts that it touched are worked out again, and while nothing changes nothing is. Thread-safe.
/// </summary>
internal sealed class DutyReport(
    HouseholdDirectory households, DutyDirectory duty, TextRecords texts, AlertSurroundings around, DutyOptions options, TimeZoneInfo zone, TimeProvider clock)
{
    private readonly Lock _one = new();
    private volatile State? _state;

    /// <summary>What everything in an area comes to.</summary>
    public AreaDuty Of(AreaScope scope)
    {
        var state = Current();
        return state.ByArea.GetOrAdd(scope.Area ?? "", _ => new AreaDuty(PartsOf(scope, state), AreasOf(scope, state), duty.PeopleOf));
    }

    /// <summary>Everybody who may be told about households of an area, by number in E.164, or as written when it is none.</summary>
    public IReadOnlyDictionary<string, Known> People(AreaScope scope) => Of(scope).People;

    /// <summary>Whether somebody with this number may be told about a household of the area, and his or her name; null when not.</summary>
    public string? NameOf(string number, AreaScope scope) => Of(scope).People.GetValueOrDefault(number)?.Name;

    /// <summary>Whether an area is one that somebody may see and that households, people or rotas belong to.</summary>
    public bool IsArea(string area, AreaScope scope) => AreasOf(scope).Contains(area);

    /// <summary>All such areas: the district, then by name.</summary>
    public IReadOnlyList<string> AreasOf(AreaScope scope) => Of(scope).Areas;

    /// <summary>What is wrong with the people of one household that somebody may see; null when nothing is, and when there is none.</summary>
    public DutyWarning? WarningOf(string householdId, AreaScope scope) =>
        households.TryGet(householdId, out var home) && scope.CanSee(home) ? CommitteeDuty.WarningOf(home, duty.Everybody(home), around) : null;

    /// <summary>Whether texts get to each person of an area.</summary>
    public IReadOnlyDictionary<string, Reach> ReachBy(AreaScope scope) => Of(scope).ReachBy(texts.Latest);

    /// <summary>Everything in numbers.</summary>
    public DutySummary Count(AreaScope scope)
    {
        var (area, now) = (Of(scope), clock.GetUtcNow());
        var worst = area.Parts.SelectMany(part => part.Warnings).Select(Worse).OfType<string>().CountBy(word => word).ToDictionary();
        var reach = area.ReachBy(texts.Latest).Values.CountBy(one => one).ToDictionary();
        var areas = area.Areas.ToHashSet();
        var gaps = duty.Book.Rotas.Where(rota => areas.Contains(rota.Area)).Sum(rota => rota.Gaps(now, now.AddDays(options.GapDays), zone, duty.Book.Absences).Count);
        return new(
            area.Parts.Sum(part => part.Count), worst.GetValueOrDefault(Words[0]), worst.GetValueOrDefault(Words[1]), worst.GetValueOrDefault(Words[2]),
            area.Parts.Sum(part => part.Warnings.Count(warning => warning.LacksVolunteer)), area.Parts.Sum(part => part.Warnings.Count(warning => warning.LacksSecondVolunteer)),
            area.People.Values.Count(person => person.Paired.Count > 0), area.People.Values.Count(person => person.Paired.Count > options.PairingMax), options.PairingMax,
            area.People.Count, reach.Where(pair => Reachability.IsUnreachable(pair.Key)).Sum(pair => pair.Value), reach.GetValueOrDefault(Reach.Untested), gaps, options.GapDays,
            area.Areas, now);
    }

    /// <summary>The worse of a warning's two ladders, in the API's words; null: enough people.</summary>
    public static string? Worse(DutyWarning warning) => Words.FirstOrDefault(word => warning.Urgent == word || warning.Welfare == word);

    /// <summary>The API's words for <see cref="Shortage"/>, the worst first.</summary>
    public static IReadOnlyList<string> Words { get; } = ["nobody", "only_unreachable", "only_one"];

    /// <summary>The API's word for a reach.</summary>
    public static string Word(Reach reach) => reach == Reach.NoNumber ? "no_number" : reach.ToString().ToLowerInvariant();

    private State Current()
    {
        // Before the parts: what changes in between makes another version.
        var version = (Households: households.Version, duty.Book, duty.Unreachable, Ladders: around.Ladders());
        if (_state is { } known && known.Version == version) return known;
        lock (_one)
        {
            if (_state is { } made && made.Version == version) return made;
            var before = _state?.Parts ?? [];
            var parts = new Dictionary<(string, string), CommitteeDuty>();
            foreach (var area in households.ByCommittee)
            {
                var key = (area.SubDistrict, area.Committee);
                var ground = new CommitteeGround(
                    [.. new[] { area.Committee, area.SubDistrict, HouseholdDirectory.District }.Distinct().SelectMany(duty.PeopleOf)], version.Unreachable, version.Ladders);
                parts[key] = before.TryGetValue(key, out var part) && part.IsOf(area, ground) ? part : new CommitteeDuty(area, ground, part, duty, around);
            }

            var state = new State(version, parts);
            _state = state;
            return state;
        }
    }

    private static IReadOnlyList<CommitteeDuty> PartsOf(AreaScope scope, State state) => [.. state.Parts.Values.Where(part => scope.CanSee(part.Committee, part.SubDistrict))];

    // A committee sees its households, but not the people of the sub-district above it.
    private List<string> AreasOf(AreaScope scope, State state)
    {
        var areas = PartsOf(scope, state).SelectMany(part => scope.Area is null ? (string[])[part.Committee, part.SubDistrict] : [part.Committee])
            .Concat(scope.Area is { } own ? [own] : [HouseholdDirectory.District, .. households.Areas, .. duty.Book.Rotas.Select(rota => rota.Area)]);
        return [.. areas.Distinct(StringComparer.Ordinal).OrderBy(area => area != HouseholdDirectory.District).ThenBy(area => area, StringComparer.Ordinal)];
    }

    private sealed record State((long Households, DutyBook Book, System.Collections.Frozen.FrozenSet<string> Unreachable, object Ladders) Version, Dictionary<(string, string), CommitteeDuty> Parts)
    {
        public ConcurrentDictionary<string, AreaDuty> ByArea { get; } = new();
    }
}
