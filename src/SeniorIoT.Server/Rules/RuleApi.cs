using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Rules;

/// <summary>Which rules are in force where, and changing them.</summary>
internal static class RuleApi
{
    private const int NoteLengthMax = 200;

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapRules(this IEndpointRouteBuilder routes)
    {
        var rules = routes.MapGroup("/api/v1/rules").WithTags("Rules").RequireAuthorization();
        rules.MapGet("", List).Produces<RuleSets>().ProducesValidationProblem();
        rules.MapGet("/presets", () => TypedResults.Ok(new Page<RulePreset>([.. RuleSettings.Presets.Select(preset => RuleView.Show(preset.Key, preset.Value))], null)))
            .Produces<Page<RulePreset>>();
        rules.MapGet("/{scope}/{area}", Open).Produces<RuleSet>().ProducesProblem(404);
        rules.MapGet("/{scope}/{area}/versions", ListVersions).Produces<Page<RuleVersion>>().ProducesValidationProblem().ProducesProblem(404);
        rules.MapPut("/{scope}/{area}", Put).RequireAuthorization(AccessPolicies.Administrator).Accepts<NewRuleSet>("application/json")
            .Produces<RuleSet>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        rules.MapDelete("/{scope}/{area}", Delete).RequireAuthorization(AccessPolicies.Administrator)
            .Produces(204).ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);

        routes.MapGet("/api/v1/households/{id}/rules", OfHousehold).WithTags("Rules").RequireAuthorization().Produces<RulesInForce>().ProducesProblem(404);
        return routes;
    }

    private static IResult List(string? cursor, int? limit, AreaScope scope, Registry registry, HouseholdDirectory households, DetectionOptions detection)
    {
        var faults = new Faults();
        var page = PageRequest.Read(cursor, limit, faults);
        if (faults.Any) return faults.ToResult();
        var rows = registry.File.Read(RuleStore.Current);
        var visible = RulePlaces.Visible(rows.Select(row => row.Place), scope, households).ToHashSet();
        var shown = PageRequest.Cut(
            [.. rows.Where(row => visible.Contains(row.Place))
                .Select(row => (Key: KeyOf(row.Place), Row: row)).Where(row => string.CompareOrdinal(row.Key, page.After) > 0)
                .OrderBy(row => row.Key, StringComparer.Ordinal).Take(page.Limit + 1)],
            page.Limit, row => row.Key, row => RuleView.Show(row.Row, households)!);
        return TypedResults.Ok(new RuleSets(RuleView.Show(detection.Preset, detection.Settings), shown.Items, shown.Next));

        // The widest first: that is how a reader goes from what holds everywhere to what is special.
        static string KeyOf(RulePlace place) => $"{PlaceScope.District - place.Scope}|{place.Area}";
    }

    private static IResult Open(string scope, string area, AreaScope viewer, Registry registry, HouseholdDirectory households) =>
        Visible(scope, area, viewer, households) is { } place && registry.File.Read(connection => RuleStore.Latest(connection, place)) is { } row
        && RuleView.Show(row, households) is { } set
            ? TypedResults.Ok(set)
            : NoSet(scope, area, viewer, households);

    private static IResult ListVersions(
        string scope, string area, string? cursor, int? limit, AreaScope viewer, Registry registry, HouseholdDirectory households)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        if (faults.Any) return faults.ToResult();
        if (Visible(scope, area, viewer, households) is not { } place) return NoSet(scope, area, viewer, households);
        var rows = registry.File.Read(connection => RuleStore.Versions(connection, place, before, count + 2)); // one more to compare the last with
        if (rows.Count == 0 && before == long.MaxValue) return NoSet(scope, area, viewer, households);
        List<(RuleRow Row, RuleVersion Shown)> shown = [.. rows.Select((row, i) => (row, new RuleVersion(
            row.Version, RuleView.Show(row, households), row.At, row.By, row.Note, RuleChanges.Between(Before(row, rows.ElementAtOrDefault(i + 1)), row.InForce))))];
        return TypedResults.Ok(PageRequest.Cut(
            [.. shown.Take(count + 1)], count, row => row.Row.Version.ToString(CultureInfo.InvariantCulture), row => row.Shown));
    }

    private static async Task<IResult> Put(
        string scope, string area, RuleRequest request, HttpContext http, Registry registry, HouseholdDirectory households, DetectionOptions detection,
        TimeProvider clock, CancellationToken cancel)
    {
        var faults = new Faults();
        var (basedOn, numbers, shadow) = request.Read(detection.Preset, faults);
        if (RulePlaces.Find(scope, area, AreaScope.Whole, households, out var meant) is not { } place) return NoPlace(scope, area, meant);
        faults.CheckText("area", area, HouseholdRules.AreaLengthMax);
        if (faults.Any) return faults.ToResult();
        var now = clock.GetUtcNow();
        return await registry.ChangeAsync<IResult>((connection, touched) =>
        {
            if (!RulePlaces.Exists(place, households))
                return TypedResults.Problem(statusCode: 404, detail: $"No household is in {scope} {area}. Check the spelling, or enrol its households first.");
            var latest = RuleStore.Latest(connection, place);
            if (Outdated(latest, request.Version) is { } conflict) return conflict;
            var row = Next(place, latest, (basedOn, numbers, shadow), (now, http.UserName, request.Note!));
            RuleStore.Insert(connection, row);
            AuditLog.Write(
                connection, now, http.UserName, "rules.change", area,
                $"{row.Settings!.Version}: {RuleChanges.InWords(RuleChanges.Between(Before(row, latest), row.InForce))}");
            touched.Places.Add(place);
            return TypedResults.Ok(RuleView.Show(row, households)!);
        }, cancel);
    }

    private static async Task<IResult> Delete(
        string scope, string area, int? version, string? note, HttpContext http, Registry registry, HouseholdDirectory households, TimeProvider clock, CancellationToken cancel)
    {
        var faults = new Faults();
        faults.CheckText("note", note, NoteLengthMax, isRequired: false);
        if (faults.Any) return faults.ToResult();
        if (RulePlaces.Find(scope, area, AreaScope.Whole, households, out var meant) is not { } place) return NoPlace(scope, area, meant);
        var now = clock.GetUtcNow();
        return await registry.ChangeAsync<IResult>((connection, touched) =>
        {
            if (RuleStore.Latest(connection, place) is not { Settings: not null } latest) return NoSet(scope, area, AreaScope.Whole, households);
            if (version is not null && Outdated(latest, version) is { } conflict) return conflict;
            var row = new RuleRow(place, latest.Version + 1, latest.BasedOn, null, null, now, http.UserName, note ?? "");
            RuleStore.Insert(connection, row);
            AuditLog.Write(connection, now, http.UserName, "rules.delete", area, $"{RulePlaces.NameOf(place, row.Version)}: what is further up is in force");
            touched.Places.Add(place);
            return TypedResults.NoContent();
        }, cancel);
    }

    private static IResult OfHousehold(
        string id, AreaScope scope, Registry registry, HouseholdDirectory households, RuleDirectory rules, DetectionOptions detection)
    {
        if (!households.TryGet(id, out var household) || !scope.CanSee(household)) return Refusals.NotFound("household", id);
        var rulesThere = rules.Book.InForce(id, household.Area);
        var set = rulesThere.Place is { } place && registry.File.Read(connection => RuleStore.Latest(connection, place)) is { } row ? RuleView.Show(row, households) : null;
        return TypedResults.Ok(new RulesInForce(
            id, set?.Scope ?? RuleScopes.Preset, set?.Area ?? detection.Preset, rulesThere.Settings.Version, RuleView.Numbers(rulesThere.Settings), set));
    }

    /// <summary>The version after <paramref name="latest"/>. While both sets stay as they are, the shadow goes on with what it knows.</summary>
    private static RuleRow Next(
        RulePlace place, RuleRow? latest, (string BasedOn, RuleNumbers Numbers, RuleNumbers? Shadow) asked, (DateTimeOffset At, string By, string Note) made)
    {
        var version = (latest?.Version ?? 0) + 1;
        var name = RulePlaces.NameOf(place, version);
        var row = new RuleRow(
            place, version, asked.BasedOn, RuleView.Settings(asked.Numbers, name),
            asked.Shadow is { } numbers ? new ShadowRules(name, made.At, RuleView.Settings(numbers, $"{name} shadow")) : null,
            made.At, made.By, made.Note);
        return row.Shadow is not null && latest is { Settings: not null, Shadow: { } running } && RuleChanges.Between(latest.InForce, row.InForce).Count == 0
            ? row with { Shadow = row.Shadow with { Run = running.Run, SinceAt = running.SinceAt } }
            : row;
    }

    private static PlacedRules? Before(RuleRow row, RuleRow? earlier) => earlier is not null
        ? earlier.InForce ?? FromPreset(row)
        : FromPreset(row);

    private static PlacedRules? FromPreset(RuleRow row) => RuleSettings.ByName(row.BasedOn) is { } preset ? new PlacedRules(null, preset) : null;

    private static IResult? Outdated(RuleRow? latest, int? version) => (latest, version) switch
    {
        ({ Settings: not null }, null) => Refusals.Conflict(
            $"There are rules already: version {latest.Version} of {latest.At:u} by {latest.By}. Read it, and send your change with \"version\": {latest.Version}."),
        ({ Settings: not null }, _) when latest.Version != version => Refusals.Conflict(
            $"You read version {version}, but version {latest.Version} was made at {latest.At:u} by {latest.By}. Read it, and send your change with \"version\": {latest.Version}."),
        ({ Settings: null }, { } read) when latest.Version != read => Refusals.Conflict(
            $"You read version {read}, but the rules were taken away at {latest.At:u} by {latest.By}. To set them anew leave \"version\" out."),
        (null, { } read) => Refusals.Conflict($"You read version {read}, but there are no rules yet. To set the first leave \"version\" out."),
        _ => null,
    };

    private static RulePlace? Visible(string scope, string area, AreaScope viewer, HouseholdDirectory households) =>
        RulePlaces.Find(scope, area, viewer, households, out _) is { } place && RulePlaces.IsVisible(place, viewer, households) ? place : null;

    private static IResult NoSet(string scope, string area, AreaScope viewer, HouseholdDirectory households) => TypedResults.Problem(
        statusCode: 404,
        detail: RulePlaces.Find(scope, area, viewer, households, out var meant) is null
            ? Unplaced(scope, area, meant)
            : $"There are no rules of {scope} {area} in your area. What is in force in a household is at /api/v1/households/{{id}}/rules.");

    private static IResult NoPlace(string scope, string area, IReadOnlyList<Area> meant) => TypedResults.Problem(statusCode: 404, detail: Unplaced(scope, area, meant));

    private static string Unplaced(string scope, string area, IReadOnlyList<Area> meant) => meant.Count > 1 ? AreaNames.Choice(area, meant) : RuleScopes.All.Contains(scope)
        ? $"The district's rules are at /api/v1/rules/district/{HouseholdDirectory.District}; '{area}' is not its name."
        : $"There is no scope '{scope}'; use {string.Join(", ", RuleScopes.All)}.";
}
