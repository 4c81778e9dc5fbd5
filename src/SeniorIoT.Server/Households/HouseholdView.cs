using SeniorIoT.Api;
using SeniorIoT.Server.Devices;

namespace SeniorIoT.Server.Households;

/// <summary>Households as the API shows them.</summary>
internal sealed class HouseholdView(Registry registry, HouseholdDirectory households, DeviceView devices, TimeZoneInfo zone, TimeProvider clock)
{
    /// <summary>Households by id, in the order asked for, with all their devices; unknown ids are left out.</summary>
    public IReadOnlyList<Household> Show(IReadOnlyList<string> householdIds)
    {
        var devicesOf = registry.File.Read(connection => DeviceStore.OfHouseholds(connection, householdIds)).ToLookup(device => device.HouseholdId);
        var now = clock.GetUtcNow();
        var shown = new List<Household>(householdIds.Count);
        foreach (var id in householdIds)
            if (households.TryGet(id, out var entry))
                shown.Add(new Household(
                    id, entry.Address, entry.Committee, entry.SubDistrict, entry.Residents, entry.Contacts,
                    AbsenceRequests.AwayOf(entry.Absences, now, zone),
                    [.. devicesOf[id].Select(devices.Show)])
                {
                    ContactFirst = entry.ContactFirst,
                    Areas = [.. entry.Area.Around.Select(households.Names.Of)],
                });
        return shown;
    }
}
