using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Devices;

/// <summary>
/// A household as a whole, keyed by its id. It remembers nothing: it looks at what its devices are now, and at what was told. Looks come
/// one after the other, so whichever is the last has seen every device as it was left.
/// </summary>
internal interface IHomeGrain : IGrainWithStringKey
{
    /// <summary>A device fell silent or was heard again: tells what should hold of the home's silence. Looking early, late or twice is harmless.</summary>
    Task Look();
}

/// <inheritdoc cref="IHomeGrain"/>
[CollectionAgeLimit(Minutes = 1)]
internal sealed class HomeGrain(HomeDesk desk) : Grain, IHomeGrain
{
    public Task Look() => desk.LookAsync(new HouseholdId(this.GetPrimaryKeyString()));
}

/// <summary>Gathers what <see cref="HomeSilentRule"/> must know, and tells what it says.</summary>
internal sealed class HomeDesk(HouseholdDirectory households, DeviceLiveTable live, DeviceDesk desk, AlertStore alerts, IGrainFactory grains, TimeProvider clock)
{
    /// <summary>Looks at a household; does nothing when it is gone or has no devices. On disk when the task completes.</summary>
    public async Task LookAsync(HouseholdId household)
    {
        if (!households.TryGet(household.Value, out var home)) return;
        var devices = HomeDevices.Of(home, live).Select(Expected).ToList();
        if (devices.Count == 0 || desk.ContextOf(devices[0].Id.Value, out _) is not { } context) return;
        var last = alerts.ReadNewest(AlertKey.Of(Rule.HomeSilent, household, devices[0].Id));
        foreach (var (device, finding) in HomeSilentRule.Decide(household, devices, context, last, clock.GetUtcNow()))
        {
            if (finding is Finding.Raised raised) await Alert(raised.Rule, device).Raise(raised, device, household);
            else if (finding is Finding.Cleared cleared) await Alert(cleared.Rule, device).Handle(new AlertCommand.Clear(cleared.At, cleared.Note, cleared.IsDated));
            else throw new System.Diagnostics.UnreachableException();
        }

        // A device that could not be heard for a time is expected from then on, as one that was enrolled then.
        HomeDevice Expected(HomeDevice device) =>
            desk.ContextOf(device.Id.Value, out _) is { DeafTimes.IsEmpty: false } its && Deafness.DueAt(device.KnownUntil, its.ExpectedInterval, its.DeafTimes) is { } dueAt
                && dueAt - its.ExpectedInterval > device.EnrolledAt
                ? device with { EnrolledAt = dueAt - its.ExpectedInterval }
                : device;

        IAlertGrain Alert(Rule rule, DeviceId device) => grains.GetGrain<IAlertGrain>(AlertKey.Of(rule, household, device));
    }
}

/// <summary>The devices of a household as its rules see them.</summary>
internal static class HomeDevices
{
    /// <summary>All that are installed and speak for themselves, in the household's order.</summary>
    public static IReadOnlyList<HomeDevice> Of(HouseholdEntry home, DeviceLiveTable live) =>
    [
        .. home.Devices.Select(device => (Device: device, Noun: NounOf(device.Kind))).Where(pair => pair.Noun is not null).Select(pair =>
        {
            live.TryGet(pair.Device.DeviceId, out var last);
            return new HomeDevice(new DeviceId(pair.Device.DeviceId), pair.Noun!, pair.Device.EnrolledAt, last.HeardAt, last.TestedAt, last.IsSilent);
        }),
    ];

    private static string? NounOf(string kind) => kind.ToLowerInvariant() switch
    {
        "water" => "meter",
        "smoke" => "detector",
        "sos" => "button",
        _ => null, // a gateway measures nothing itself
    };
}
