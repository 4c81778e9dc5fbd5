using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Devices;

namespace SeniorIoT.Domain.Detection;

/// <summary><c>silent</c>: the device was not heard for longer than it should be. Raised only when time passes, cleared when it is heard.</summary>
internal static class SilentRule
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromDays(1);

    /// <summary>What passing time means, and when to look again: never later than the device could have become silent.</summary>
    public static (DeviceStatus Status, ImmutableArray<Finding> Findings, DateTimeOffset NextWakeAt) Wake(DeviceStatus status, DeviceContext context, DateTimeOffset now)
    {
        var heardAt = status.LastReceivedAt > context.EnrolledAt ? status.LastReceivedAt.Value : context.EnrolledAt;
        var dueAt = heardAt + context.ExpectedInterval;
        if (now <= dueAt)
        {
            // At the very moment it is not yet silent; asking for that moment again would ring for ever.
            var nextWakeAt = now < dueAt ? dueAt : now + TimeSpan.FromMilliseconds(1);
            return status.Has(Rule.Silent) ? (status.Off(Rule.Silent), [Heard(heardAt)], nextWakeAt) : (status, [], nextWakeAt);
        }

        // It may be heard in the next moment and fall silent again: an interval from now is the earliest.
        var lookAgainAt = now + (context.ExpectedInterval < LookAgainAfter ? context.ExpectedInterval : LookAgainAfter);
        if (status.Has(Rule.Silent)) return (status, [], lookAgainAt);

        var cause = $"{context.DeviceId}/{Rule.Silent.Id}/{heardAt.ToUnixTimeMilliseconds()}";
        var evidence = new Evidence(
            RuleVersion: context.Settings.Version,
            FromAt: heardAt,
            LastHeardAt: status.LastReceivedAt,
            Note: $"Not heard for more than {context.ExpectedInterval.TotalHours:0.##} h. Nothing is known of the home since.");
        return (status.On(Rule.Silent, dueAt), [new Finding.Raised(Rule.Silent, dueAt, cause, evidence)], lookAgainAt);
    }

    /// <summary>The finding that a silent device speaks again.</summary>
    public static Finding Heard(DateTimeOffset at) => new Finding.Cleared(Rule.Silent, at, "The device was heard again.");
}
