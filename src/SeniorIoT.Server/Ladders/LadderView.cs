using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Rules;
using LadderStep = SeniorIoT.Domain.Alerts.LadderStep;

namespace SeniorIoT.Server.Ladders;

/// <summary>Ladders as the API shows and takes them.</summary>
internal static class LadderView
{
    /// <summary>What the product does where no place has a ladder.</summary>
    public static LadderSet Default(Priority priority) => Show(Ladder.For(priority), priority, null);

    /// <summary>A version of a place's ladder.</summary>
    public static LadderSet Show(LadderRow row, HouseholdDirectory households) => Show(row.Ladder ?? Ladder.For(Priority.P3), row.Priority, null) with
    {
        Scope = RulePlaces.WordOf(row.Place.Scope),
        Area = RulePlaces.AreaOf(row.Place, households),
        Name = row.Name,
        Version = row.Version,
        IsRemoved = row.Ladder is null,
        ChangedAt = row.At,
        ChangedBy = row.By,
        Note = row.Note,
    };

    /// <summary>A ladder as it is; with <paramref name="people"/> each step says who that would be.</summary>
    public static LadderSet Show(Ladder ladder, Priority priority, IReadOnlyList<Responder>? people) => new()
    {
        Scope = RuleScopes.Preset,
        Area = "default",
        Priority = priority.ToString(),
        Name = ladder.Version,
        Steps = [.. ladder.Steps.Select(step => new Api.LadderStep(step.After.TotalSeconds, step.Roles) { People = people is null ? null : Told(step.Roles, priority, people) })],
        RepeatEverySeconds = ladder.RepeatEvery?.TotalSeconds,
        RepeatRoles = ladder.RepeatRoles,
        StopsAfterMinutes = ladder.StopsAfter?.TotalMinutes,
        StopsWhenCleared = ladder.StopsWhenCleared,
    };

    /// <summary>The ladder that somebody entered; every error goes to <paramref name="faults"/>.</summary>
    public static Ladder Read(NewLadder request, Priority priority, Faults faults)
    {
        var steps = request.Steps ?? [];
        if (request.Steps is null) faults.Add("steps", "Is required; for a P3 it may be empty.");
        var ladder = new Ladder(
            [.. steps.Select(step => new LadderStep(Seconds(step.AfterSeconds), [.. step.Roles ?? []]))],
            request.RepeatEverySeconds is { } every ? Seconds(every) : null,
            [.. request.RepeatRoles ?? []])
        {
            StopsAfter = request.StopsAfterMinutes is { } minutes ? Seconds(minutes * 60) : null,
            StopsWhenCleared = request.StopsWhenCleared,
        };
        foreach (var (field, problem) in LadderLimits.Errors(ladder, priority)) faults.Add(field, problem);
        return ladder;
    }

    /// <summary>The priority a route names.</summary>
    public static Priority ReadPriority(string written, Faults faults)
    {
        if (Enum.TryParse<Priority>(written, true, out var parsed) && Enum.IsDefined(parsed)) return parsed;
        faults.Add("priority", "Must be P1, P2 or P3.");
        return Priority.P3;
    }

    /// <summary>A ladder on one line, for the audit.</summary>
    public static string Say(Ladder ladder)
    {
        var steps = ladder.Steps.Select(step => $"{step.After.TotalSeconds:0} s {string.Join('+', step.Roles)}");
        var repeat = ladder.RepeatEvery is { } every ? [$"every {every.TotalSeconds:0} s {string.Join('+', ladder.RepeatRoles)}"] : Array.Empty<string>();
        var stop = ladder.StopsAfter is { } after ? [$"until {after.TotalMinutes:0} min"] : Array.Empty<string>();
        var parts = string.Join(", ", steps.Concat(repeat).Concat(stop).Concat(ladder.StopsWhenCleared ? ["until it is over"] : []));
        return parts.Length == 0 ? "nobody but the console" : parts;
    }

    private static List<LadderPerson> Told(IReadOnlyList<string> roles, Priority priority, IReadOnlyList<Responder> people) =>
        [.. DutyRules.Spare(NoticeRules.PeopleOf(roles, people), priority).Select(person => new LadderPerson(person.Name, person.Role))];

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Clamp(double.IsNaN(seconds) ? -1 : Math.Round(seconds), -1e9, 1e9));
}
