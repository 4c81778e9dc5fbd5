using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Duty;

namespace SeniorIoT.Domain.Notices;

/// <summary>Who is told of what.</summary>
public static class NoticeRules
{
    /// <summary>
    /// The notices an event owes. Raising owes one to the console and those of step 0; escalating those of its step; being asked anew
    /// those of the ladder's first; an alert in an incident owes nothing but to the console. If a step
    /// names nobody who can be reached, all contacts of the household are told instead: somebody is better than nobody. Absences and
    /// quiet hours of people count as <see cref="DutyRules.Spare"/> says.
    /// </summary>
    /// <param name="alert">The alert after the event.</param>
    /// <param name="happened">What happened.</param>
    /// <param name="responders">Everybody known for the household and its areas, nearest first.</param>
    /// <param name="zone">Whose clocks the texts tell the time by.</param>
    public static IReadOnlyList<Notice> Owed(Alert alert, AlertEvent happened, IReadOnlyList<Responder> responders, TimeZoneInfo zone)
    {
        var (step, at) = happened switch
        {
            AlertEvent.Raised raised => (0, raised.At),
            AlertEvent.Escalated escalated => (escalated.Step, escalated.At),
            AlertEvent.CalledAgain again => (again.Step, again.At),
            AlertEvent.HelpAsked asked => (asked.Again.Step, asked.At),
            AlertEvent.Declined { Again: { } again } declined => (again.Step, declined.At),
            AlertEvent.NotTaken { Again: { } again } lost => (again.Step, lost.At),
            AlertEvent.Regraded regraded when regraded.To < regraded.From => (regraded.Step, regraded.At),
            AlertEvent.Left { Step: > 0 } left => (left.Step, left.At),
            AlertEvent.Unshelved { Step: > 0 } back => (back.Step, back.At),
            _ => (-1, default),
        };
        if (step < 0) return [];

        var notices = new List<Notice>();
        if (step == 0)
            Add(new Responder("monitoring centre", "", "operator") { Channel = NoticeChannel.Console });
        // What begins in an incident is told by that.
        var roles = alert.Incident is null ? alert.Ladder.RolesAt(step - alert.Round.Step) : [];
        foreach (var person in DutyRules.Spare(PeopleOf(roles, responders), alert.Priority)) Add(person);
        // A group hears of every step that asks people, and is never why nobody else is asked.
        if (roles.Count > 0)
            foreach (var channel in responders.Where(person => person.Channel != NoticeChannel.Sms)) Add(channel);
        return notices;

        void Add(Responder to)
        {
            var words = NoticeText.Of(alert, step, at, zone, to.Language);
            notices.Add(new Notice($"{alert.Id}-{step}-{notices.Count + (step == 0 ? 0 : 1)}", alert.Id, step, to.Channel, to, words.Text, at)
            {
                Words = words,
                Rank = SendOrder.RankOf(alert.Priority, step == alert.Round.Step || happened is AlertEvent.HelpAsked),
            });
        }
    }

    /// <summary>Whether a receipt may move a notice from <paramref name="now"/> to <paramref name="next"/>. Delivered is final.</summary>
    public static bool Follows(NoticeState now, NoticeState next) => next > now && now is not (NoticeState.NotSent or NoticeState.Shown or NoticeState.HeldBack) && next is not NoticeState.HeldBack;

    /// <summary>
    /// Until when a receipt must have come for a text that was taken at <paramref name="sentAt"/>; null when nobody waits for one. Without it
    /// somebody else is told at once.
    /// </summary>
    public static DateTimeOffset? ReceiptDueAt(Priority priority, DateTimeOffset sentAt, TimeSpan urgentWait, TimeSpan otherWait) => priority switch
    {
        Priority.P1 => sentAt + urgentWait,
        Priority.P2 => sentAt + otherWait,
        _ => null,
    };

    /// <summary>Those of <paramref name="responders"/> whom a step with these roles tells by text; everybody, when none of them can be reached.</summary>
    public static IReadOnlyList<Responder> PeopleOf(IReadOnlyList<string> roles, IReadOnlyList<Responder> responders)
    {
        if (roles.Count == 0) return [];
        var people = responders.Where(person => person.Channel == NoticeChannel.Sms).ToList();
        List<Responder> named = [.. people.Where(person => roles.Contains(Role.Of(person.Role))).DistinctBy(NumberOf)];
        return named.Any(person => PhoneNumber.ToE164(person.Phone) is not null) ? named : [.. people.DistinctBy(NumberOf)];
    }

    // However it is written: nobody gets the same text twice because two lists hold the number.
    private static string NumberOf(Responder person) => PhoneNumber.ToE164(person.Phone) ?? person.Phone;
}
