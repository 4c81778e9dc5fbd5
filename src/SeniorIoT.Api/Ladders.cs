namespace SeniorIoT.Api;

/// <summary>One step of a ladder.</summary>
/// <param name="AfterSeconds">Seconds after people were asked; 0 for the first step.</param>
/// <param name="Roles">Who is told, all at once.</param>
public sealed record LadderStep(double AfterSeconds, IReadOnlyList<string> Roles)
{
    /// <summary>Who that is now; only in answers about one household.</summary>
    public IReadOnlyList<LadderPerson>? People { get; init; }
}

/// <summary>Somebody whom a step tells.</summary>
public sealed record LadderPerson(string Name, string Role);

/// <summary>Body of <c>PUT /api/v1/ladders/{scope}/{area}/{priority}</c>: who is told, and when, until a person answers.</summary>
public record NewLadder
{
    /// <summary>In order of time, at most 10; the first is told at once. A P3 may have none: then only the console shows it.</summary>
    public IReadOnlyList<LadderStep>? Steps { get; init; }

    /// <summary>After the last step people are told again this far apart; 60 to 86400, at most 600 and required for a P1. Null: never.</summary>
    public double? RepeatEverySeconds { get; init; }

    /// <summary>Who is told again.</summary>
    public IReadOnlyList<string>? RepeatRoles { get; init; }

    /// <summary>So many minutes after people were asked nobody is told any more; never for a P1. Null: they are told until somebody answers.</summary>
    public double? StopsAfterMinutes { get; init; }

    /// <summary>Whether nobody is told any more once the condition is over; never for a P1.</summary>
    public bool StopsWhenCleared { get; init; }

    /// <summary>The version that was read; left out for the first.</summary>
    public int? Version { get; init; }

    /// <summary>Why, 1 to 200 characters.</summary>
    public string? Note { get; init; }
}

/// <summary>A ladder in force (<c>GET /api/v1/ladders</c>).</summary>
public sealed record LadderSet : NewLadder
{
    /// <summary>One of <see cref="RuleScopes"/> but the household, or <see cref="RuleScopes.Preset"/> for the default of the product.</summary>
    public required string Scope { get; init; }

    /// <summary>Name of the place; of a default <c>default</c>.</summary>
    public required string Area { get; init; }

    /// <summary><c>P1</c>, <c>P2</c> or <c>P3</c>.</summary>
    public required string Priority { get; init; }

    /// <summary>What alerts name, e.g. <c>sub-district:江苏路街道/P2-3</c>; null for a default.</summary>
    public string? Name { get; init; }

    /// <summary>Whether this version took the ladder of the place away; the next wider place decides.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>When this version was made; null for a default.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>By whom.</summary>
    public string? ChangedBy { get; init; }
}
