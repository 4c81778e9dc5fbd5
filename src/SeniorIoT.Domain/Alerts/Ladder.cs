using System.Text.Json.Serialization;

namespace SeniorIoT.Domain.Alerts;

/// <summary>Roles of the people on a ladder. The ids are the API's.</summary>
public static class Role
{
    /// <summary>Whoever is on duty at the neighbourhood committee.</summary>
    public const string CommitteeDuty = "committee_duty";

    /// <summary>The volunteer paired with the household.</summary>
    public const string Volunteer = "volunteer";

    /// <summary>The second volunteer.</summary>
    public const string SecondVolunteer = "second_volunteer";

    /// <summary>Family, a neighbour, or anybody whose role we do not know.</summary>
    public const string Contact = "contact";

    /// <summary>Head of the neighbourhood committee.</summary>
    public const string CommitteeHead = "committee_head";

    /// <summary>Supervisor of the monitoring centre.</summary>
    public const string Supervisor = "supervisor";

    /// <summary>All of them, in the order people are named to an operator.</summary>
    public static IReadOnlyList<string> All { get; } = [Volunteer, SecondVolunteer, Contact, CommitteeDuty, CommitteeHead, Supervisor];

    /// <summary>The role that somebody's counts as: one that nobody knows counts as <see cref="Contact"/>.</summary>
    public static string Of(string role) => All.Contains(role) ? role : Contact;
}

/// <summary>One step: who is told, when nobody has answered for so long after people were asked.</summary>
/// <param name="After">Time since the alert was raised, or since people were asked anew (see <see cref="Round"/>).</param>
/// <param name="Roles">Who is told by text, all at once. The console shows every alert from step 0 on.</param>
public sealed record LadderStep(TimeSpan After, IReadOnlyList<string> Roles)
{
    /// <inheritdoc/>
    public bool Equals(LadderStep? other) => other is not null && After == other.After && Roles.SequenceEqual(other.Roles);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(After, Roles.Count);
}

/// <summary>
/// Who is told, and when, until a person answers. It is data: every alert carries the one it began with, so that a change of the
/// district's ladders changes nothing about an alert that is under way.
/// </summary>
/// <param name="Steps">In order; the first is due at once. Empty: nobody but the console.</param>
/// <param name="RepeatEvery">After the last step, the repeat goes out again and again this far apart; null: no repeats.</param>
/// <param name="RepeatRoles">Who is told again.</param>
public sealed record Ladder(IReadOnlyList<LadderStep> Steps, TimeSpan? RepeatEvery, IReadOnlyList<string> RepeatRoles)
{
    /// <summary>How long the family has before others are told, where a household wants to be asked first.</summary>
    public static readonly TimeSpan ContactFirstWait = TimeSpan.FromMinutes(5);

    private static readonly Ladder UrgentCall = new(
        [
            new(TimeSpan.Zero, [Role.CommitteeDuty, Role.Volunteer]),
            new(TimeSpan.FromSeconds(60), [Role.SecondVolunteer, Role.CommitteeHead, Role.Supervisor]),
        ],
        TimeSpan.FromMinutes(3),
        Role.All);

    private static readonly Ladder Welfare = new(
        [
            new(TimeSpan.Zero, [Role.CommitteeDuty, Role.Volunteer]),
            new(TimeSpan.FromMinutes(15), [Role.SecondVolunteer, Role.Contact]),
            new(TimeSpan.FromMinutes(45), [Role.CommitteeHead]),
            new(TimeSpan.FromMinutes(60), [Role.Supervisor]),
        ],
        TimeSpan.FromMinutes(30),
        [Role.CommitteeHead, Role.Supervisor]);

    private static readonly Ladder ConsoleOnly = new([], null, []);

    /// <summary>Which version of which ladder it is, <c>{area}/{priority} v{n}</c>; null: the default of the product.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Version { get; init; }

    /// <summary>
    /// So long after people were asked nobody is told any more, if nobody answered: the alert stays open in the console. Null:
    /// never. It cannot be set for <see cref="Priority.P1"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? StopsAfter { get; init; }

    /// <summary>Nobody is told any more once the condition is over (the water runs again). It cannot be set for <see cref="Priority.P1"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool StopsWhenCleared { get; init; }

    /// <summary>The default ladder of a priority (design section 6).</summary>
    public static Ladder For(Priority priority) => priority switch
    {
        Priority.P1 => UrgentCall,
        Priority.P2 => Welfare,
        Priority.P3 => ConsoleOnly,
        _ => throw new ArgumentOutOfRangeException(nameof(priority), priority, "Priorities are P1 to P3."),
    };

    /// <summary>
    /// This ladder for a household that wants its family asked first: the contacts alone, then, <see cref="ContactFirstWait"/>
    /// later, everybody as written. Without steps there is nothing to come first.
    /// </summary>
    public Ladder WithContactFirst() => Steps.Count == 0 ? this : this with
    {
        Steps = [new(TimeSpan.Zero, [Role.Contact]), .. Steps.Select(step => step with { After = step.After + ContactFirstWait })],
        Version = Version is null ? "contact first" : Version + ", contact first",
    };

    /// <summary>Who is told at <paramref name="rung"/>; rungs past the last step are repeats.</summary>
    public IReadOnlyList<string> RolesAt(int rung) => rung < Steps.Count ? Steps[rung].Roles : RepeatEvery is null ? [] : RepeatRoles;

    /// <summary>When rung 1 is due for people who were asked at <paramref name="askedAt"/>; null when there is nobody to tell.</summary>
    public DateTimeOffset? FirstDeadline(DateTimeOffset askedAt) => DeadlineAfter(0, askedAt, askedAt);

    /// <summary>
    /// When the rung after <paramref name="rung"/> is due. Steps that were missed while nobody looked (a restart) are due at
    /// once; a repeat is due <see cref="RepeatEvery"/> after the one before it.
    /// </summary>
    public DateTimeOffset? DeadlineAfter(int rung, DateTimeOffset askedAt, DateTimeOffset now) =>
        rung + 1 < Steps.Count ? askedAt + Steps[rung + 1].After
        : Steps.Count > 0 && RepeatEvery is { } every ? now + every
        : null;

    /// <summary>Whether somebody new is told after <paramref name="rung"/>; repeats tell nobody new.</summary>
    public bool HasStepAfter(int rung) => rung + 1 < Steps.Count;

    /// <inheritdoc/>
    public bool Equals(Ladder? other) => other is not null && Steps.SequenceEqual(other.Steps) && RepeatRoles.SequenceEqual(other.RepeatRoles)
        && (RepeatEvery, Version, StopsAfter, StopsWhenCleared) == (other.RepeatEvery, other.Version, other.StopsAfter, other.StopsWhenCleared);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Steps.Count, RepeatEvery, Version, StopsAfter);
}
