using SeniorIoT.Api;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Devices;

/// <summary>What ingest knows of connections, for the registry: whether a device is connected now, and how to throw it out.</summary>
/// <param name="IsConnected">Whether an MQTT connection of the device is open.</param>
/// <param name="Disconnect">Closes the device's connection, if any: it was deleted or retired, or its password was replaced.</param>
internal sealed record DevicePresence(Func<string, bool> IsConnected, Func<string, Task> Disconnect)
{
    /// <summary>Nothing is connected, for processes without ingest.</summary>
    public static DevicePresence None { get; } = new(_ => false, _ => Task.CompletedTask);
}

/// <summary>Devices as the API and the hub show them.</summary>
internal sealed class DeviceView(DeviceLiveTable live, DevicePresence presence, HouseholdDirectory households)
{
    /// <summary>States a device can be in.</summary>
    public static IReadOnlyList<string> States { get; } = ["new", "ok", "silent", "retired"];

    /// <summary>The device with what it said last.</summary>
    public Device Show(DeviceRow row)
    {
        live.TryGet(row.DeviceId, out var last);
        var home = row.HouseholdId is { } id && households.TryGet(id, out var known) ? known : null;
        return new Device(
            row.DeviceId, row.Kind, row.HouseholdId, row.GatewayId, StateOf(row, last), presence.IsConnected(row.DeviceId),
            last.LastSeenAt, last.LastMeasuredAt, last.TotalMillilitres / 1000.0, last.BatteryPercent, last.RssiDbm, row.EnrolledAt,
            last.TestedAt)
        {
            Address = home?.Address,
            Residents = home is null ? null : string.Join(", ", home.Residents.Select(resident => resident.Name)),
        };
    }

    /// <summary>The state alone.</summary>
    public string StateOf(DeviceRow row)
    {
        live.TryGet(row.DeviceId, out var last);
        return StateOf(row, last);
    }

    // Silent before new: a device that was enrolled long ago and never spoke needs somebody to look.
    private static string StateOf(DeviceRow row, LiveDevice last) =>
        row.RetiredAt is not null ? "retired" : last.IsSilent ? "silent" : last.LastSeenAt is null ? "new" : "ok";
}
