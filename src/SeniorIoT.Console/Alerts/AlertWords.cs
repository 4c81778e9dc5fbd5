using SeniorIoT.Api;

namespace SeniorIoT.Console.Alerts;

/// <summary>What an alert's fields mean, in the words of the queue.</summary>
public static class AlertWords
{
    public const string P1 = "P1";
    public const string P2 = "P2";
    public const string P3 = "P3";

    /// <summary>All priorities, the most urgent first.</summary>
    public static IReadOnlyList<string> Priorities { get; } = [P1, P2, P3];

    extension(Alert alert)
    {
        /// <summary>Not closed.</summary>
        public bool IsOpen => alert.State == "open";

        /// <summary>Open, and no person has taken it.</summary>
        public bool IsUnanswered => alert.State == "open" && alert.AnsweredAt is null;

        /// <summary>Closed so lately that it can be opened again, as the server has it.</summary>
        public bool CanReopenAt(DateTimeOffset now) => alert.ClosedAt is { } closed && now - closed <= TimeSpan.FromHours(24);

        /// <summary>About a device or the plumbing, not about a person: has its own lane.</summary>
        public bool IsTechnical => alert.Priority == P3;

        /// <summary>About the platform itself: no household, no device, no area.</summary>
        public bool IsSystem => alert.HouseholdId.Length == 0;

        /// <summary>Age of the resident in the year of <paramref name="now"/>; null when unknown.</summary>
        public int? AgeAt(DateTimeOffset now) => now.Year - alert.BirthYear;
    }

    /// <summary>Order of the queue: priority, then who has waited longest.</summary>
    public static IComparer<Alert> QueueOrder { get; } = Comparer<Alert>.Create((a, b) =>
        string.CompareOrdinal(a.Priority, b.Priority) is not 0 and var priority ? priority
        : a.RaisedAt.CompareTo(b.RaisedAt) is not 0 and var age ? age
        : string.CompareOrdinal(a.AlertId, b.AlertId));
}
