using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
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
    public static bool Holds(this Lane lane, Alert alert, DateTimeOffset now) => lane switch
    {
        Lane.Unanswered => alert.IsUnanswered && !alert.IsTechnical,
        Lane.Answered => alert.IsOpen && !alert.IsUnanswered && !alert.IsTechnical,
        Lane.Open => alert.IsOpen && !alert.IsTechnical,
        Lane.Technical => alert.IsOpen && alert.IsTechnical,
        _ => !alert.IsOpen && alert.ClosedAt >= Times.DayOf(now),
    };

    /// <summary>Whether a person searching for <paramref name="text"/> means this alert.</summary>
    public static bool Matches(Alert alert, string text, Wording words) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word =>
            new[] { alert.AlertId, alert.Resident, alert.Address, alert.Committee, alert.SubDistrict, alert.DeviceId, words.Name("rule", alert.Rule) }
                .Any(field => field.Contains(word, StringComparison.OrdinalIgnoreCase)));
}

/// <summary>The form open in the detail.</summary>
public enum Panel
{
    None,
    Dispatch,
    Close,
}
