using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Storms;

namespace SeniorIoT.Server.Storms;

/// <summary>The texts an incident owes: one for all its members.</summary>
internal static class IncidentNotices
{
    /// <summary>Whether a notice of the alert that opened an incident is the incident's.</summary>
    public static bool IsOf(string incidentId, string noticeId) => noticeId.StartsWith(incidentId + "-", StringComparison.Ordinal);

    /// <summary>The notices of an event. They belong to the alert that opened the incident and tell rather than ask, so they are sent also after that was answered.</summary>
    public static IReadOnlyList<Notice> Owed(Incident incident, IncidentEvent happened, IReadOnlyList<Responder> responders, TimeZoneInfo zone)
    {
        if (happened is not IncidentEvent.Told told) return [];
        var text = IncidentText.Sms(incident, told.At, zone);
        return
        [
            .. NoticeRules.PeopleOf(IncidentRules.Ladder.RolesAt(told.Step), responders).Select((person, i) =>
                new Notice($"{incident.Id}-{incident.Version}-{i + 1}", incident.FirstAlert, 0, NoticeChannel.Sms, person, text, told.At) { IsInformation = true }),
        ];
    }
}
