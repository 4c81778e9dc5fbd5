using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Devices;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>untested</c>: no call of the device came through for too long, so nobody knows whether the next one will. Found as time passes,
/// told again after each further span that it lasts, and over with the first test, press or alarm.
/// </summary>
/// <remarks>A heartbeat says that the radio works. It says nothing of the key or of the smoke chamber, so it is no test.</remarks>
internal static class UntestedRule
{
    /// <summary>What passing time means, and when to look again: never later than the rule could come true.</summary>
    /// <param name="status">The device.</param>
    /// <param name="every">How long it may go without a test.</param>
    /// <param name="context">What is known of it otherwise: it has to be tested from its enrolment on.</param>
    /// <param name="now">The moment.</param>
    /// <param name="findings">Where findings go.</param>
    public static (DeviceStatus Status, DateTimeOffset NextWakeAt) Wake(
        DeviceStatus status, TimeSpan every, DeviceContext context, DateTimeOffset now, ImmutableArray<Finding>.Builder findings)
    {
        if (!context.Settings.IsOn(Rule.Untested)) return (status, DateTimeOffset.MaxValue);
        var testedAt = status.TestedAt > context.EnrolledAt ? status.TestedAt.Value : context.EnrolledAt;
        var dueAt = testedAt + every;
        if (now < dueAt)
        {
            if (status.Has(Rule.Untested)) findings.Add(new Finding.Cleared(Rule.Untested, now, "By the rules of now there is time left."));
            return (status.Off(Rule.Untested), dueAt);
        }

        var times = 1 + (now - dueAt).Ticks / every.Ticks;
        var nextWakeAt = dueAt + every * times;
        if (status.LatchOf(Rule.Untested) is { } latch && latch.At == dueAt && latch.Times >= times) return (status, nextWakeAt);

        var cause = $"{context.DeviceId}/{Rule.Untested.Id}/{testedAt.ToUnixTimeMilliseconds()}";
        var evidence = new Evidence(
            RuleVersion: context.Settings.Version, FromAt: testedAt, LastHeardAt: status.LastReceivedAt,
            Note: $"No test or call for {(int)(now - testedAt).TotalDays} days. Heartbeats do not show whether a call would come through.");
        findings.Add(new Finding.Raised(Rule.Untested, dueAt + every * (times - 1), times == 1 ? cause : $"{cause}/{times}", evidence));
        return (status.On(Rule.Untested, dueAt, times), nextWakeAt);
    }
}
