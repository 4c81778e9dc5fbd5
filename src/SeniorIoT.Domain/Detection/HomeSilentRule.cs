using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Detection;

/// <summary>What is to be told of a home's silence: the finding, and the device whose alert it belongs to.</summary>
public readonly record struct HomeFinding(DeviceId Device, Finding Finding);

/// <summary>
/// <c>home-silent</c>: two or more devices, and none of them is heard. That is power, network, or somebody who unplugged them, so it is one
/// finding in place of a <c>silent</c> for each; where it is over, those that are still silent are told by themselves again.
/// </summary>
/// <remarks>
/// It says everything that should hold now, whatever was told before, so that asking early, late, twice or after a crash ends in the same:
/// a cause that is known raises nothing, and what is over is cleared once.
/// </remarks>
public static class HomeSilentRule
{
    private const int DevicesMin = 2;

    /// <summary>What should hold of a home's silence.</summary>
    /// <param name="home">Which home.</param>
    /// <param name="devices">All its installed devices.</param>
    /// <param name="context">Rules, interval and clock of the home; of any of its devices.</param>
    /// <param name="last">The newest alert of <c>home-silent</c>, open or closed; null when there never was one.</param>
    /// <param name="now">The moment of the decision.</param>
    public static ImmutableArray<HomeFinding> Decide(
        HouseholdId home, IReadOnlyList<HomeDevice> devices, DeviceContext context, Alert? last, DateTimeOffset now)
    {
        var findings = ImmutableArray.CreateBuilder<HomeFinding>();
        if (devices.Count >= DevicesMin && devices.All(device => device.IsSilent) && context.Settings.IsOn(Rule.HomeSilent))
            TellAsOne(home, devices, context, last, now, findings);
        else
            TellEach(devices, context, last, now, findings);
        return findings.ToImmutable();
    }

    private static void TellAsOne(
        HouseholdId home, IReadOnlyList<HomeDevice> devices, DeviceContext context, Alert? last, DateTimeOffset now, ImmutableArray<HomeFinding>.Builder findings)
    {
        var latest = devices.MaxBy(device => device.KnownUntil)!;
        var since = latest.KnownUntil;
        var isSameSilence = last is not null && IsSame(SinceOf(last), since);
        if (!isSameSilence || last!.ClearedAt is not null)
        {
            // Over in between though nothing was heard: a device came or went, or the rules changed. That is told anew.
            var toldAgain = isSameSilence ? $"/{last!.ClearedAt!.Value.ToUnixTimeMilliseconds()}" : "";
            var evidence = new Evidence(
                RuleVersion: context.Settings.Version, FromAt: since, LastHeardAt: devices.Max(device => device.HeardAt),
                Note: $"None of {devices.Count} devices is heard: no power, no network, or they were unplugged. {string.Join(' ', devices.Select(device => Heard(device, context)))} "
                    + "Nothing is known of the home since.");
            findings.Add(new(latest.Id, new Finding.Raised(
                Rule.HomeSilent, since + context.ExpectedInterval, $"{home}/{Rule.HomeSilent.Id}/{since.ToUnixTimeMilliseconds()}{toldAgain}", evidence)));
        }

        foreach (var device in devices)
            findings.Add(new(device.Id, new Finding.Cleared(Rule.Silent, now, "Part of home-silent: no device of the home is heard.")));
    }

    private static void TellEach(
        IReadOnlyList<HomeDevice> devices, DeviceContext context, Alert? last, DateTimeOffset now, ImmutableArray<HomeFinding>.Builder findings)
    {
        // A silence that an operator had closed is over for us from then on.
        var overAt = last?.ClearedAt ?? last?.Closing?.At ?? now;
        if (last is { ClearedAt: null, IsClosed: false })
        {
            var heard = devices.FirstOrDefault(device => device.HeardAt > SinceOf(last) && !device.IsSilent);
            findings.Add(new(last.Device, new Finding.Cleared(Rule.HomeSilent, now,
                heard is null ? "The devices of the home are not all silent any more." : $"The {heard.Noun} {heard.Id} was heard again.")));
        }

        foreach (var device in devices)
        {
            if (!device.IsSilent)
                findings.Add(new(device.Id, new Finding.Cleared(Rule.Silent, device.HeardAt ?? now,
                    context.Settings.IsOn(Rule.Silent) ? SilentRule.HeardAgain : DeviceRules.SwitchedOff)));
            else
                findings.Add(new(device.Id, SilentRule.Raise(device.Id, device.KnownUntil, device.HeardAt, context,
                    last is not null && IsCovered(device, last) ? $"/{overAt.ToUnixTimeMilliseconds()}" : "")));
        }
    }

    // The device's silence was told as a part of that one, and its own alert was cleared for it.
    private static bool IsCovered(HomeDevice device, Alert last) =>
        device.KnownUntil.ToUnixTimeMilliseconds() <= SinceOf(last).ToUnixTimeMilliseconds();

    private static DateTimeOffset SinceOf(Alert last) => last.Evidence.FromAt ?? last.OccurredAt;

    private static bool IsSame(DateTimeOffset a, DateTimeOffset b) => a.ToUnixTimeMilliseconds() == b.ToUnixTimeMilliseconds();

    private static string Heard(HomeDevice device, DeviceContext context) => device.HeardAt is { } heardAt
        ? $"The {device.Noun} {device.Id}, last heard at {context.Clock(heardAt)}."
        : $"The {device.Noun} {device.Id}, never heard.";
}
