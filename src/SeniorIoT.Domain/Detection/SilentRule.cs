using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Devices;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>silent</c>: the device was not heard for longer than it should be. Raised only when time passes, cleared when it is heard. Whether
/// it is told by itself or as a part of the whole home's silence is for <see cref="HomeSilentRule"/> to say.
/// </summary>
internal static class SilentRule
{
    /// <summary>Why a silence is over.</summary>
    public const string HeardAgain = "The device was heard again.";

    /// <summary>Why a silence that was told is not the device's own.</summary>
    public const string NotItsOwn = "It could not be heard: the gateway or the platform was down. It is watched anew when they are back.";

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromDays(1);

    /// <summary>What passing time means, and when to look again: never later than the device could have become silent.</summary>
    public static (DeviceStatus Status, ImmutableArray<Finding> Findings, DateTimeOffset NextWakeAt) Wake(DeviceStatus status, DeviceContext context, DateTimeOffset now)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        status = DeviceRules.DropSwitchedOff(status, context, now, findings);
        var heardAt = status.LastReceivedAt > context.EnrolledAt ? status.LastReceivedAt.Value : context.EnrolledAt;
        // It may be heard in the next moment and fall silent again: an interval from now is the earliest.
        var lookAgainAt = now + (context.ExpectedInterval < LookAgainAfter ? context.ExpectedInterval : LookAgainAfter);
        var due = Deafness.DueAt(heardAt, context.ExpectedInterval, context.DeafTimes);
        if (due is not { } dueAt || now <= dueAt)
        {
            if (status.Has(Rule.Silent)) findings.Add(now <= heardAt + context.ExpectedInterval ? Heard(heardAt) : new Finding.Cleared(Rule.Silent, now, NotItsOwn));
            // At the very moment it is not yet silent; asking for that moment again would ring for ever.
            return (status.Off(Rule.Silent), findings.ToImmutable(), due is not { } at ? lookAgainAt : now < at ? at : now + TimeSpan.FromMilliseconds(1));
        }

        if (status.Has(Rule.Silent) || !context.Settings.IsOn(Rule.Silent)) return (status, findings.ToImmutable(), lookAgainAt);
        findings.Add(Raise(context.DeviceId, dueAt - context.ExpectedInterval, status.LastReceivedAt, context));
        return (status.On(Rule.Silent, dueAt), findings.ToImmutable(), lookAgainAt);
    }

    /// <summary>The finding that a device is silent.</summary>
    /// <param name="device">Which device.</param>
    /// <param name="heardAt">When it was last heard, or enrolled, or could be heard again, whichever was latest.</param>
    /// <param name="lastHeardAt">When it was last heard; null when never.</param>
    /// <param name="context">Interval and rules of its household.</param>
    /// <param name="toldAgain">Tells this telling of the same silence from an earlier one; empty for the first.</param>
    public static Finding.Raised Raise(DeviceId device, DateTimeOffset heardAt, DateTimeOffset? lastHeardAt, DeviceContext context, string toldAgain = "")
    {
        var evidence = new Evidence(
            RuleVersion: context.Settings.Version,
            FromAt: heardAt,
            LastHeardAt: lastHeardAt,
            Note: $"Not heard for more than {context.ExpectedInterval.TotalHours:0.##} h. Nothing is known of the home since.");
        return new(Rule.Silent, heardAt + context.ExpectedInterval, $"{device}/{Rule.Silent.Id}/{heardAt.ToUnixTimeMilliseconds()}{toldAgain}", evidence);
    }

    /// <summary>The finding that a silent device speaks again.</summary>
    public static Finding Heard(DateTimeOffset at) => new Finding.Cleared(Rule.Silent, at, HeardAgain);
}
