using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Storms;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Queue;

/// <summary>A tab of the queue. Technical alerts have their own, so that they never stand between people.</summary>
public enum Lane
{
    Unanswered,
    Answered,
    Open,
    Technical,
    Closed,
}

/// <summary>What belongs in a lane.</summary>
public static class LaneRules
{
    /// <summary>The lane an alert is in; <see cref="Lane.Open"/> is the two first ones together. What was handed to the person who looks is unanswered to him or her.</summary>
    public static Lane Of(Alert alert, bool waitsForMe = false) => !alert.IsOpen ? Lane.Closed
        : waitsForMe ? Lane.Unanswered
        : alert.IsTechnical ? Lane.Technical
        : alert.IsUnanswered ? Lane.Unanswered
        : Lane.Answered;

    /// <summary>Whether a person searching for <paramref name="text"/> means this alert.</summary>
    public static bool Matches(Alert alert, string text, Wording words) => Matches(
        text, alert.AlertId, alert.Resident, alert.Address, alert.Committee, alert.SubDistrict, alert.DeviceId, words.Name("rule", alert.Rule), alert.IsSystem ? words["system.title"] : "");

    /// <summary>Whether a person searching for <paramref name="text"/> means this incident itself.</summary>
    public static bool Matches(Incident incident, string text, Wording words) =>
        Matches(text, incident.IncidentId, incident.What(words), incident.Where(words), incident.Committee, incident.SubDistrict);

    private static bool Matches(string text, params IReadOnlyList<string> fields) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word =>
        fields.Any(field => field.Contains(word, StringComparison.OrdinalIgnoreCase)));
}

/// <summary>The form open in the detail.</summary>
public enum Panel
{
    None,
    Dispatch,
    Close,
    HandOver,
    Regrade,
    Shelve,
}
