using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Storms;

namespace SeniorIoT.Server.Storms;

/// <summary>The texts an incident owes: one for all its members. They carry its id where others carry an alert's.</summary>
internal static class IncidentNotices
{
    /// <summary>Where an incident is, for whoever says who can be told there. It is no household's.</summary>
    public static Place PlaceOf(Incident incident) =>
        Place.System with { Household = new HouseholdId(GatewayDesk.Mark + incident.Id), Committee = incident.Committee, SubDistrict = incident.SubDistrict };

    /// <summary>Whether nobody of the first step can be told of it.</summary>
    public static bool IsUnheard(IReadOnlyList<Responder> responders) =>
        !NoticeRules.PeopleOf(IncidentRules.Ladder.RolesAt(0), responders).Any(person => !person.IsUnreachable && PhoneNumber.ToE164(person.Phone) is not null);

    /// <summary>
    /// The notices of an event. Absences and quiet hours count as for an alert of P2, as no call for help is ever in an incident; but whoever is there and asks
    /// for help wakes everybody. What is told after somebody has answered is news and asks nothing.
    /// </summary>
    /// <param name="incident">The incident after the event.</param>
    /// <param name="happened">What happened.</param>
    /// <param name="responders">Everybody who can be told of its place now.</param>
    /// <param name="zone">Whose clocks the texts tell the time by.</param>
    public static IReadOnlyList<Notice> Owed(Incident incident, IncidentEvent happened, IReadOnlyList<Responder> responders, TimeZoneInfo zone)
    {
        if (happened is not (IncidentEvent.Told or IncidentEvent.HelpAsked)) return [];
        var at = happened is IncidentEvent.Told told ? told.At : incident.HelpAt!.Value;
        var people = NoticeRules.PeopleOf(IncidentRules.Ladder.RolesAt(incident.Step), responders);
        var others = people.Where(person => person.Name != incident.HelpBy).ToList();
        return
        [
            .. DutyRules.Spare(others.Count > 0 ? others : people, incident.HelpBy is null ? Priority.P2 : Priority.P1)
                .Concat(responders.Where(person => person.Channel != NoticeChannel.Sms))
                .Select((person, i) => (Person: person, Words: WordsFor(person), N: i + 1))
                .Select(told => new Notice($"{incident.Id}-{incident.Version}-{told.N}", new AlertId(incident.Id), incident.Step, told.Person.Channel, told.Person, told.Words.Text, at)
                {
                    Words = told.Words,
                    IsInformation = incident.AnsweredBy is not null,
                    Rank = SendOrder.RankOf(incident.HelpBy is null ? Priority.P2 : Priority.P1, isFirst: true),
                }),
        ];

        NoticeWords WordsFor(Responder person) => incident.HelpBy is { } by
            ? IncidentText.Help(incident, by, at, zone, person.Language)
            : IncidentText.Of(incident, at, zone, person.Language);
    }
}
