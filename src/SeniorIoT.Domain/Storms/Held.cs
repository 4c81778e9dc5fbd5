using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Storms;

/// <summary>When a finding that comes and goes is one finding <c>flapping</c>.</summary>
/// <param name="Times">The raise after this many …</param>
/// <param name="Within">… in this time is gathered, and each one after it …</param>
/// <param name="QuietFor">… until none came for this long.</param>
public sealed record FlapLimit(int Times, TimeSpan Within, TimeSpan QuietFor);

/// <summary>Which findings are gathered instead of told one by one. Never a call for help.</summary>
public static class FlapRules
{
    /// <summary>
    /// The limit of a rule; null for what is never gathered: whatever may be about a person is told each time. P3: five a day are more than anybody can act upon (a chattering alarm by
    /// ISA-18.2 comes three times a minute, but ours come by the hour), and six quiet hours are a night.
    /// </summary>
    public static FlapLimit? LimitOf(Rule rule) =>
        StormTable.FamilyOf(rule) is null || rule.Priority != Priority.P3 ? null
        : new(5, TimeSpan.FromHours(24), TimeSpan.FromHours(6));
}

/// <summary>Why a finding is held back.</summary>
public enum HeldBy
{
    /// <summary>A person shelved it.</summary>
    Shelf,

    /// <summary>It comes and goes.</summary>
    Flapping,
}

/// <summary>A time in which findings of a rule, of a household or one of its devices, raise no alert. ISA-18.2 calls it shelved.</summary>
/// <param name="Id">Its number; 0 before it is kept.</param>
/// <param name="Household">Where.</param>
/// <param name="Device">Of which device only; null: of all.</param>
/// <param name="RuleId">Which finding.</param>
/// <param name="By">Who decided it.</param>
/// <param name="Reason">Why.</param>
/// <param name="FromAt">Since when.</param>
/// <param name="UntilAt">When it ends by itself.</param>
public sealed record Shelf(long Id, HouseholdId Household, DeviceId? Device, string RuleId, string By, string Reason, DateTimeOffset FromAt, DateTimeOffset UntilAt)
{
    /// <summary>When somebody ended it before its time; null: nobody.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who.</summary>
    public string? EndedBy { get; init; }

    /// <summary>How many findings it held back.</summary>
    public int Held { get; init; }

    /// <summary>Whether it holds back a finding of that device at <paramref name="now"/>.</summary>
    public bool Covers(Rule rule, DeviceId device, DateTimeOffset now) =>
        RuleId == rule.Id && (Device is null || Device == device) && EndedAt is null && FromAt <= now && now < UntilAt;
}

/// <summary>What may be shelved, and for how long.</summary>
public static class ShelfRules
{
    /// <summary>The longest reason.</summary>
    public const int ReasonLengthMax = 200;

    /// <summary>The longest time: a day where a person may be behind it, so that each shift decides anew; a month, until the repairer came, for what is technical; none for a call for help.</summary>
    public static TimeSpan LongestFor(Priority priority) => priority switch
    {
        Priority.P1 => TimeSpan.Zero,
        Priority.P2 => TimeSpan.FromHours(24),
        _ => TimeSpan.FromDays(30),
    };

    /// <summary>Why a rule cannot be shelved at all; null when it can.</summary>
    public static string? WhyNot(Rule rule) =>
        rule.Priority == Priority.P1 ? $"'{rule.Id}' calls for help: it cannot be shelved."
        : rule.Scope == RuleScope.System ? $"'{rule.Id}' is about the platform and not about a home: it cannot be shelved."
        : rule == Rule.Flapping ? "'flapping' sums up other findings: shelve those."
        : null;
}
