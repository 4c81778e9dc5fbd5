using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Devices;

namespace SeniorIoT.Server.Households;

/// <summary>What is asked of an import.</summary>
/// <param name="DryRun">Check and count, write nothing.</param>
/// <param name="SkipBad">Leave bad rows out instead of importing nothing.</param>
/// <param name="User">For the audit.</param>
/// <param name="IsOutside">Whether another process may be serving the registry: it is told to load it again.</param>
internal sealed record ImportOrder(bool DryRun, bool SkipBad, string User, bool IsOutside = false);

/// <summary>Households and devices from a spreadsheet, all in one transaction or not at all.</summary>
internal sealed class Importer(Registry registry, HouseholdDirectory households, DeviceDirectory devices, TimeProvider clock)
{
    /// <summary>Imports a file. The registry must be loaded.</summary>
    /// <param name="file">Its bytes: CSV, XLSX or XLS.</param>
    /// <param name="order">What is asked.</param>
    /// <param name="keep">Called with the credentials before they are written to the registry; when it throws nothing is imported.</param>
    /// <param name="cancel">Until the write begins.</param>
    public async Task<ImportReport> ImportAsync(
        byte[] file, ImportOrder order, Func<IReadOnlyList<EnrolledDevice>, Task>? keep = null, CancellationToken cancel = default)
    {
        var now = clock.GetUtcNow();
        var plan = ImportPlan.Make(file, order.SkipBad, now, households, devices);
        var report = new ImportReport(plan.Rows, plan.Households.Count, plan.Devices.Count, order.DryRun, Written: false, plan.Errors, []);
        var isNothing = plan.Households.Count + plan.Devices.Count == 0;
        if (order.DryRun || isNothing || (plan.Errors.Count > 0 && !order.SkipBad)) return report;

        var enrolled = plan.Devices.Select(device => (Device: device, Secret: DeviceSecret.Create())).ToList();
        var credentials = enrolled.ConvertAll(one => new EnrolledDevice(
            one.Device.DeviceId, one.Device.Kind, one.Device.HouseholdId, new MqttCredentials(one.Device.DeviceId, one.Secret)));
        if (keep is not null) await keep(credentials);
        var isWritten = await registry.ChangeAsync((connection, touched) =>
        {
            // Somebody may have enrolled one of them since the plan was made; look before the first write.
            if (HouseholdStore.AnyExists(connection, plan.Households.Select(household => household.HouseholdId))
                || DeviceStore.AnyExists(connection, plan.Devices.Select(device => device.DeviceId)))
                return false;
            foreach (var household in plan.Households)
            {
                HouseholdStore.TryInsert(connection, household, now);
                touched.Households.Add(household.HouseholdId);
            }

            foreach (var (device, secret) in enrolled)
            {
                var row = new DeviceRow(device.DeviceId, device.Kind, device.HouseholdId, device.GatewayId, now, null);
                DeviceStore.TryInsert(connection, row, DeviceSecret.Hash(secret));
                touched.Devices.Add(device.DeviceId);
                if (device.HouseholdId is { } household) touched.Households.Add(household);
            }

            if (order.IsOutside) Registry.BumpRevision(connection);
            AuditLog.Write(connection, now, order.User, "import", "registry", $"households: {plan.Households.Count}, devices: {plan.Devices.Count}");
            return true;
        }, cancel);
        return isWritten
            ? report with { Written = true, Credentials = credentials }
            : report with { Errors = [new ImportError(1, "", "Somebody enrolled a part of this file in this moment. Nothing was imported; try again to see what.")] };
    }
}
