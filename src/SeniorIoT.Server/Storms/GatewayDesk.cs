using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Storms;

/// <summary>
/// Looks at every gateway twice a minute and tells what <see cref="GatewaySilentRule"/> says. While one is silent nothing behind it can
/// be; see <see cref="Ears"/>. Looking late or twice is harmless.
/// </summary>
internal sealed class GatewayDesk(
    Registry registry, DeviceDirectory devices, DeviceLiveTable live, DevicePresence presence, Ears ears, DeadlineTable deadlines, IGrainFactory grains)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30), NoteEvery = TimeSpan.FromMinutes(5);

    private DateTimeOffset _nextLookAt;

    /// <summary>Begins the id of the household that stands for a gateway in no household; ids of households hold no @.</summary>
    public const char Mark = '@';

    /// <summary>Looks when it is time to.</summary>
    public async Task LookAsync(DateTimeOffset now)
    {
        if (now < _nextLookAt) return;
        foreach (var (gateway, enrolledAt) in registry.File.Read(connection => connection.Rows(
            "SELECT device_id, enrolled_at FROM devices WHERE kind = @gateway AND retired_at IS NULL", row => (row.GetString(0), row.Instant(1)), ("@gateway", DeviceStore.Gateway))))
            await LookAtAsync(gateway, enrolledAt, now);
        _nextLookAt = now + LookEvery;
    }

    /// <summary>Where a gateway is that is in no household: where the homes behind it are, as far as they agree.</summary>
    public static Place PlaceOf(HouseholdId id, DeviceDirectory devices, HouseholdDirectory households)
    {
        var gateway = id.Value[1..];
        List<HouseholdEntry> homes = [];
        foreach (var device in devices.All)
            if (device.GatewayId == gateway && device.HouseholdId is { } household && households.TryGet(household, out var home)) homes.Add(home);
        var area = homes.SelectMany(home => home.Area.Around).Distinct().FirstOrDefault(area => homes.All(home => area.Contains(home.Area)), Area.District);
        return new Place(id, $"{Common(homes, home => Building.Of(home.Address) ?? home.Address)} {gateway}".Trim(), area.Committee, area.SubDistrict, "", null, false);
    }

    private async Task LookAtAsync(string gateway, DateTimeOffset enrolledAt, DateTimeOffset now)
    {
        live.TryGet(gateway, out var last);
        var isConnected = presence.IsConnected(gateway);
        var heardAt = isConnected ? now : last.HeardAt > enrolledAt ? last.HeardAt.Value : enrolledAt;
        var behind = last.IsSilent || now - heardAt > GatewaySilentRule.Interval ? Behind(gateway) : [];
        // What came through it was not heard from nowhere, also when its connection was gone before we looked.
        foreach (var device in behind)
            if (live.TryGet(device, out var child) && child.HeardAt > heardAt) heardAt = child.HeardAt.Value;

        var isSilent = last.IsSilent;
        switch (GatewaySilentRule.Decide(new DeviceId(gateway), behind, heardAt, isSilent, ears.TimesOf(null), now))
        {
            case Finding.Raised raised:
                await ears.LoseAsync(gateway, heardAt);
                await Alert(gateway).Raise(raised, new DeviceId(gateway), HomeOf(gateway));
                // Some may have been told as silent before: they look again.
                await deadlines.MoveAsync([.. behind.Select(device => new Deadline(device, DeviceStore.SilentDeadline, now))]);
                isSilent = true;
                break;
            case Finding.Cleared cleared:
                await ears.FindAsync(gateway, now);
                await Alert(gateway).Handle(new AlertCommand.Clear(cleared.At, cleared.Note));
                isSilent = false;
                break;
        }

        if (isSilent == last.IsSilent && !(isConnected && !(now - last.HeardAt < NoteEvery))) return;
        live.Update(gateway, new LiveDevice(heardAt, last.LastMeasuredAt, null, last.BatteryPercent, last.RssiDbm, isSilent) { HeardAt = heardAt });
    }

    private List<string> Behind(string gateway) => registry.File.Read(connection => connection.Rows(
        "SELECT device_id FROM devices WHERE gateway_id = @gateway AND retired_at IS NULL ORDER BY device_id", row => row.GetString(0), ("@gateway", gateway)));

    private HouseholdId HomeOf(string gateway) => new(devices.TryGet(gateway, out var entry) && entry.HouseholdId is { } home ? home : Mark + gateway);

    private IAlertGrain Alert(string gateway) => grains.GetGrain<IAlertGrain>(AlertKey.Of(Rule.GatewaySilent, HomeOf(gateway), new DeviceId(gateway)));

    private static string Common(List<HouseholdEntry> homes, Func<HouseholdEntry, string> of) => homes.Select(of).Distinct().ToList() is [var one] ? one : "";
}
