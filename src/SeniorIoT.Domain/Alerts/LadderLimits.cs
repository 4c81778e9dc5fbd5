namespace SeniorIoT.Domain.Alerts;

/// <summary>
/// What a ladder may be. The limits are narrow where a life hangs on it: a P1 is told further within minutes, again and again, until a
/// person answers; nothing that a district enters can make it fall silent.
/// </summary>
public static class LadderLimits
{
    /// <summary>Steps at most.</summary>
    public const int StepsMax = 10;

    /// <summary>A P1 ladder repeats at least this often.</summary>
    public static readonly TimeSpan UrgentRepeatMax = TimeSpan.FromMinutes(10);

    /// <summary>Steps of a P1 ladder follow each other at least this fast.</summary>
    public static readonly TimeSpan UrgentGapMax = TimeSpan.FromMinutes(5);

    /// <summary>No step of any ladder is later.</summary>
    public static readonly TimeSpan StepMax = TimeSpan.FromHours(24);

    /// <summary>No ladder repeats more often: people who get a text every few seconds stop reading them.</summary>
    public static readonly TimeSpan RepeatMin = TimeSpan.FromSeconds(60);

    /// <summary>Everything that is wrong with a ladder for a priority, each with the field as the API names it and the remedy.</summary>
    public static IEnumerable<(string Field, string Problem)> Errors(Ladder ladder, Priority priority)
    {
        var isUrgent = priority == Priority.P1;
        if (ladder.Steps.Count == 0 && priority != Priority.P3) yield return ("steps", $"Is empty: a {priority} must be told to somebody. Add a step at 0 seconds.");
        if (ladder.Steps.Count > StepsMax) yield return ("steps", $"Has {ladder.Steps.Count} steps; use at most {StepsMax}.");
        var before = TimeSpan.Zero;
        foreach (var (i, step) in ladder.Steps.Index())
        {
            if (i == 0 && step.After != TimeSpan.Zero) yield return ("steps[0].afterSeconds", "Must be 0: the first step is told at once.");
            if (i > 0 && step.After <= before) yield return ($"steps[{i}].afterSeconds", "Must be later than the step before.");
            if (step.After > StepMax) yield return ($"steps[{i}].afterSeconds", $"Must be at most {StepMax.TotalSeconds:0} (a day).");
            if (isUrgent && step.After - before > UrgentGapMax) yield return ($"steps[{i}].afterSeconds", $"Must be within {UrgentGapMax.TotalSeconds:0} seconds of the step before: it is a P1.");
            foreach (var problem in RolesErrors(step.Roles)) yield return ($"steps[{i}].roles", problem);
            before = step.After;
        }

        if (ladder.RepeatEvery is { } every)
        {
            if (every < RepeatMin) yield return ("repeatEverySeconds", $"Must be at least {RepeatMin.TotalSeconds:0}.");
            if (every > StepMax) yield return ("repeatEverySeconds", $"Must be at most {StepMax.TotalSeconds:0} (a day).");
            if (isUrgent && every > UrgentRepeatMax) yield return ("repeatEverySeconds", $"Must be at most {UrgentRepeatMax.TotalSeconds:0}: it is a P1.");
            foreach (var problem in RolesErrors(ladder.RepeatRoles)) yield return ("repeatRoles", problem);
        }
        else if (isUrgent)
        {
            yield return ("repeatEverySeconds", "Is required: a P1 is repeated until a person answers.");
        }
        else if (ladder.RepeatRoles.Count > 0)
        {
            yield return ("repeatRoles", "Must be empty without repeatEverySeconds.");
        }

        if (isUrgent && ladder.StopsAfter is not null) yield return ("stopsAfterMinutes", "Must be left out: a P1 is told until a person answers.");
        if (isUrgent && ladder.StopsWhenCleared) yield return ("stopsWhenCleared", "Must be false: the end of smoke or of a call is no answer.");
        if (ladder.StopsAfter is { } stop && (stop < TimeSpan.FromMinutes(1) || stop > TimeSpan.FromDays(7))) yield return ("stopsAfterMinutes", "Must be 1 to 10080 (a week).");
    }

    private static IEnumerable<string> RolesErrors(IReadOnlyList<string> roles)
    {
        if (roles.Count == 0) yield return $"Is empty; name some of {string.Join(", ", Role.All)}.";
        foreach (var role in roles.Where(role => !Role.All.Contains(role))) yield return $"There is no role '{role}'; use some of {string.Join(", ", Role.All)}.";
        if (roles.Distinct().Count() < roles.Count) yield return "Names a role twice.";
    }
}
