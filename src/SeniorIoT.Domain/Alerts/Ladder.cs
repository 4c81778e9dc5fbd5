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

/// <summary>One step: who is told, when nobody has answered for so long after the alert was raised.</summary>
/// <param name="After">Time since the alert was raised.</param>
/// <param name="Roles">Who is told by text. The console shows every alert from step 0 on.</param>
public sealed record LadderStep(TimeSpan After, IReadOnlyList<string> Roles);

/// <summary>Who is told, and when, until a person answers.</summary>
/// <param name="Steps">In order; the first is due at once. Empty: nobody but the console.</param>
/// <param name="RepeatEvery">After the last step, the repeat goes out again and again this far apart; null: no repeats.</param>
/// <param name="RepeatRoles">Who is told again.</param>
public sealed record Ladder(IReadOnlyList<LadderStep> Steps, TimeSpan? RepeatEvery, IReadOnlyList<string> RepeatRoles)
{
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

    /// <summary>The default ladder of a priority (design section 6).</summary>
    public static Ladder For(Priority priority) => priority switch
    {
        Priority.P1 => UrgentCall,
        Priority.P2 => Welfare,
        Priority.P3 => ConsoleOnly,
        _ => throw new ArgumentOutOfRangeException(nameof(priority), priority, "Priorities are P1 to P3."),
    };

    /// <summary>Who is told at <paramref name="step"/>; steps past the last are repeats.</summary>
    public IReadOnlyList<string> RolesAt(int step) => step < Steps.Count ? Steps[step].Roles : RepeatEvery is null ? [] : RepeatRoles;

    /// <summary>When step 1 is due for an alert raised at <paramref name="raisedAt"/>; null when there is nobody to tell.</summary>
    public DateTimeOffset? FirstDeadline(DateTimeOffset raisedAt) => DeadlineAfter(0, raisedAt, raisedAt);

    /// <summary>
    /// When the step after <paramref name="step"/> is due. Steps that were missed while nobody looked (a restart) are due at
    /// once; a repeat is due <see cref="RepeatEvery"/> after the step before it.
    /// </summary>
    public DateTimeOffset? DeadlineAfter(int step, DateTimeOffset raisedAt, DateTimeOffset now) =>
        step + 1 < Steps.Count ? raisedAt + Steps[step + 1].After
        : Steps.Count > 0 && RepeatEvery is { } every ? now + every
        : null;

    /// <summary>Whether somebody new is told after <paramref name="step"/>; repeats tell nobody new.</summary>
    public bool HasStepAfter(int step) => step + 1 < Steps.Count;
}
