using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Domain.Duty;

/// <summary>What is wrong with whom a ladder would tell of a household, the worst first.</summary>
public enum Shortage
{
    /// <summary>Nobody at all.</summary>
    Nobody,

    /// <summary>Only people whom no text gets to.</summary>
    OnlyUnreachable,

    /// <summary>One person: if that one sleeps, nobody comes.</summary>
    OnlyOne,
}

/// <summary>Whom a ladder would tell, from its first step to its last repeat.</summary>
public static class Coverage
{
    /// <summary>What is wrong; null when two or more people can be reached.</summary>
    /// <param name="ladder">Who is told when.</param>
    /// <param name="responders">Everybody of the household and its areas, whenever they are on duty; marked as <see cref="DutyBook.ToTell"/> does.</param>
    public static Shortage? Of(Ladder ladder, IReadOnlyList<Responder> responders)
    {
        if (IsEnough(ladder, responders)) return null; // nearly every household
        var numbers = new Dictionary<string, bool>();
        for (var step = 0; step <= ladder.Steps.Count; step++)
            foreach (var person in NoticeRules.PeopleOf(ladder.RolesAt(step), responders))
                if (PhoneNumber.ToE164(person.Phone) is { } number)
                    numbers[number] = CannotHear(person, number);
        return numbers.Count == 0 ? Shortage.Nobody : numbers.Values.Count(isUnreachable => !isUnreachable) switch
        {
            0 => Shortage.OnlyUnreachable,
            1 => Shortage.OnlyOne,
            _ => null,
        };
    }

    /// <summary>
    /// Whether two of these people can be reached and have a role that the ladder names: then nothing is wrong, whoever else there is.
    /// </summary>
    public static bool IsEnough(Ladder ladder, IReadOnlyList<Responder> responders)
    {
        var roles = ladder.Steps.SelectMany(step => step.Roles).ToHashSet();
        return HasTwo(responders.Where(person => roles.Contains(Role.Of(person.Role))));
    }

    private static bool CannotHear(Responder person, string number) => person.IsUnreachable || PhoneNumber.IsLandline(number);

    private static bool HasTwo(IEnumerable<Responder> people)
    {
        string? first = null;
        foreach (var person in people)
        {
            if (PhoneNumber.ToE164(person.Phone) is not { } number || CannotHear(person, number)) continue;
            if (first is not null && first != number) return true;
            first = number;
        }

        return false;
    }
}
