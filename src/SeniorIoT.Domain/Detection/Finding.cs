using System.Text.Json.Serialization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// What an alert rests on, so that an operator can believe it. Absent members do not apply to the rule.
/// </summary>
/// <param name="RuleVersion">Name of the settings that fired, e.g. <c>changning-1</c>.</param>
/// <param name="FromAt">Start of the time the readings prove something about.</param>
/// <param name="UntilAt">End of that time: the last reading. Never later than it.</param>
/// <param name="CoveredHours">Hours between the two.</param>
/// <param name="UsedLitres">Water used in that time (at most this much for <c>no-water</c>, at least this much for the others).</param>
/// <param name="LimitLitres">The limit it was compared with.</param>
/// <param name="ResolutionLitres">What one step of the register is worth.</param>
/// <param name="LastUseAt">The last reading before which water ran, as far as the window knows.</param>
/// <param name="LastHeardAt">When the device was last heard.</param>
/// <param name="Readings">The readings the finding rests on, at most 50, oldest first.</param>
/// <param name="Note">Anything else, in a few English words.</param>
public sealed record Evidence(
    string? RuleVersion = null,
    DateTimeOffset? FromAt = null,
    DateTimeOffset? UntilAt = null,
    double? CoveredHours = null,
    double? UsedLitres = null,
    double? LimitLitres = null,
    double? ResolutionLitres = null,
    DateTimeOffset? LastUseAt = null,
    DateTimeOffset? LastHeardAt = null,
    IReadOnlyList<Reading>? Readings = null,
    string? Note = null);

/// <summary>What a device's rules say after a report: the closed family. The rules decide; the grain only passes it on.</summary>
[JsonDerivedType(typeof(Raised), "raised")]
[JsonDerivedType(typeof(Cleared), "cleared")]
[JsonDerivedType(typeof(Noted), "noted")]
[JsonDerivedType(typeof(OverBeforeKnown), "overBeforeKnown")]
[JsonDerivedType(typeof(ServiceRequested), "serviceRequested")]
[JsonDerivedType(typeof(Recorded), "recorded")]
public abstract record Finding
{
    private Finding()
    {
    }

    /// <summary>A condition began, or a call was made.</summary>
    /// <param name="Rule">Which rule.</param>
    /// <param name="At">When the condition became true.</param>
    /// <param name="Cause">
    /// Identity of the occurrence, the same however often the data comes: <c>{device}/{message key}</c> for events,
    /// <c>{device}/{rule}/{start, Unix ms}</c> for conditions, with <c>/2</c>, <c>/3</c>, … when one is told again because it lasts. One cause raises at most one alert, for ever.
    /// </param>
    /// <param name="Evidence">What it rests on.</param>
    public sealed record Raised(Rule Rule, DateTimeOffset At, string Cause, Evidence Evidence) : Finding
    {
        /// <summary>Whether it was told before and is told again because it lasts.</summary>
        [JsonIgnore]
        public bool IsToldAgain => Cause.Count(c => c == '/') == 3 && Cause.Contains($"/{Rule.Id}/", StringComparison.Ordinal);
    }

    /// <summary>The condition is over. The duty to answer is not.</summary>
    /// <param name="Rule">Which rule.</param>
    /// <param name="At">When it was over.</param>
    /// <param name="Note">Why, in a sentence.</param>
    /// <param name="IsDated">
    /// True when it speaks of <paramref name="At"/> only and says nothing of a call made after it. After a crash a message is judged once more,
    /// and then a call that came after it may be on the alert already.
    /// </param>
    public sealed record Cleared(Rule Rule, DateTimeOffset At, string Note, bool IsDated = false) : Finding;

    /// <summary>Something to write on the rule's open alert, if there is one (a cancel, a hush, a position). Never changes it.</summary>
    public sealed record Noted(Rule Rule, DateTimeOffset At, string Cause, string Note) : Finding;

    /// <summary>A condition that began and ended before it became known: written into the home's history, raises nothing.</summary>
    public sealed record OverBeforeKnown(Rule Rule, DateTimeOffset FromAt, DateTimeOffset UntilAt) : Finding;

    /// <summary>A service button: goes to its own list, is not an alert.</summary>
    public sealed record ServiceRequested(ButtonUse Use, DateTimeOffset At, string Cause) : Finding;

    /// <summary>Worth a line in the home's history and nothing more (a smoke detector's test).</summary>
    public sealed record Recorded(string Kind, DateTimeOffset At, string Note) : Finding;
}
