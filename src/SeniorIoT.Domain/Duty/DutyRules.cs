using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Domain.Duty;

/// <summary>Who of a step is spared.</summary>
public static class DutyRules
{
    /// <summary>
    /// Who of a step is told: not those who are absent, and of anything but a call for help not those in their quiet hours either, as long as somebody
    /// else of the step can be told. Somebody without a number, or known to be out of reach, is nobody. So never fewer than one of those who could be told, and
    /// when only absent people are left, all of them: somebody is better than nobody.
    /// </summary>
    /// <param name="people">Everybody whom the step names, marked as <see cref="DutyBook.ToTell"/> does.</param>
    /// <param name="priority">How urgent it is.</param>
    public static IReadOnlyList<Responder> Spare(IReadOnlyList<Responder> people, Priority priority)
    {
        var present = people.Where(person => !person.IsAbsent).ToList();
        var awake = present.Where(person => priority == Priority.P1 || !person.IsQuiet).ToList();
        return awake.Any(CanBeTold) ? awake : present.Any(CanBeTold) ? present : people;
    }

    private static bool CanBeTold(Responder person) => !person.IsUnreachable && PhoneNumber.ToE164(person.Phone) is not null;
}
