using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>gateway-silent</c>: neither the gateway nor anything through it was heard for too long. It is told in place of a <c>silent</c> for each
/// device behind it; theirs begin anew when it is back (see <see cref="Deafness"/>).
/// </summary>
public static class GatewaySilentRule
{
    /// <summary>How long a gateway may be silent: it has mains power and an open connection, and a lost link must be shown within two hours (as for radio fire alarms).</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(2);

    /// <summary>Most devices that a finding names; the others are counted.</summary>
    private const int NamedMax = 20;

    /// <summary>What should hold now, whatever was told before: a cause that is known raises nothing, and what is over is cleared once.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="behind">What speaks through it.</param>
    /// <param name="heardAt">When it, or something through it, was last heard; its enrolment when never.</param>
    /// <param name="isSilent">Whether it was told that it is silent, and not yet that it is heard.</param>
    /// <param name="deaf">When we could not hear anybody.</param>
    /// <param name="now">The moment of the decision.</param>
    public static Finding? Decide(DeviceId gateway, IReadOnlyList<string> behind, DateTimeOffset heardAt, bool isSilent, ImmutableArray<DeafTime> deaf, DateTimeOffset now)
    {
        if (behind.Count == 0) return isSilent ? new Finding.Cleared(Rule.GatewaySilent, now, "Nothing speaks through it any more.") : null;
        if (isSilent && now - heardAt <= Interval) return new Finding.Cleared(Rule.GatewaySilent, heardAt, "The gateway was heard again.");
        if (Deafness.DueAt(heardAt, Interval, deaf) is not { } dueAt || now <= dueAt || isSilent) return null;
        var names = string.Join(' ', behind.Take(NamedMax)) + (behind.Count > NamedMax ? $" … and {behind.Count - NamedMax} more" : "");
        return new Finding.Raised(
            Rule.GatewaySilent, dueAt, $"{gateway}/{Rule.GatewaySilent.Id}/{heardAt.ToUnixTimeMilliseconds()}",
            new Evidence(FromAt: heardAt, LastHeardAt: heardAt, Note: $"Nothing is heard through it of {behind.Count} devices: {names}."));
    }
}
