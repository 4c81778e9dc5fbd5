using System.Collections.Immutable;
using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Devices;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>fault</c> of a meter whose register stepped back three times within a week and that was not exchanged: readings of two registers come
/// under one name. Each step back makes the rules begin anew, so such a home is hardly watched. Over after a week without. One step
/// back is an exchange that nobody said, or a register that begins again at 0; the rules of it are those of an exchange.
/// </summary>
internal static class MixedRegisters
{
    /// <summary>Two are an exchange of the meter and one of its sender; three in a week have no such reason.</summary>
    public const int StepsMin = 3;

    private static readonly TimeSpan Within = TimeSpan.FromDays(7);

    /// <summary>The last steps back after more of them, in any order, repeated or not.</summary>
    public static ImmutableArray<StepBack> Learn(ImmutableArray<StepBack>? known, IEnumerable<StepBack> more) =>
        [.. (known ?? []).Concat(more).GroupBy(step => step.At).Select(same => same.MaxBy(step => step.Millilitres)).OrderBy(step => step.At).TakeLast(StepsMin)];

    /// <summary>
    /// Writes into the home's history, once for each time, that the register was lower than before: nobody may have said that the meter was exchanged. While two
    /// are mixed the finding says it.
    /// </summary>
    public static void Record(ImmutableArray<StepBack>? known, IEnumerable<StepBack> more, DeviceStatus status, ImmutableArray<Finding>.Builder findings)
    {
        if (status.Has(Rule.Fault)) return;
        foreach (var step in more.Where(step => !(known ?? []).Any(one => one.At == step.At)).DistinctBy(step => step.At))
            findings.Add(new Finding.Recorded(
                "register-fell", step.At, $"The register fell by {Litres(step)} L: another meter, or one that began again at 0. What was known of before does not count any more."));
    }

    /// <summary>Whether they are too many, as of the newest reading.</summary>
    public static DeviceStatus Follow(
        ImmutableArray<StepBack>? steps, DeviceStatus status, ReadingWindow window, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        if (steps is not { Length: > 0 } back || window.Count == 0) return status;
        if (status.Has(Rule.Fault))
        {
            if (window.Last.At - back[^1].At < Within) return status;
            findings.Add(new Finding.Cleared(Rule.Fault, window.Last.At, "The register has not stepped back for a week."));
            return status.Off(Rule.Fault);
        }

        if (back.Length < StepsMin || back[^1].At - back[0].At > Within || window.Last.At - back[^1].At >= Within) return status;
        findings.Add(new Finding.Raised(Rule.Fault, back[^1].At, $"{context.DeviceId}/{Rule.Fault.Id}/{back[0].At.ToUnixTimeMilliseconds()}", new Evidence(
            RuleVersion: context.Settings.Version,
            FromAt: back[0].At,
            UntilAt: back[^1].At,
            LastHeardAt: status.LastReceivedAt,
            Note: $"Two registers seem to be mixed: the register stepped back {StepsMin} times within a week, last by {Litres(back[^1])} L, and no exchange was reported.")));
        return status.On(Rule.Fault, back[^1].At);
    }

    private static string Litres(StepBack step) => (step.Millilitres / 1000.0).ToString("0.#", CultureInfo.InvariantCulture);
}
