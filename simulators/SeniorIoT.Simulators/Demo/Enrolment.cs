using System.Collections.Concurrent;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Simulators.Homes;
using SeniorIoT.Simulators.Wire;

namespace SeniorIoT.Simulators.Demo;

/// <summary>
/// Enrols homes through the public API, sixteen at a time. What is enrolled already is left as it is; a device whose secret is not in
/// the notebook gets a new one. A household that the server does not know (its data was removed) is enrolled from the beginning.
/// </summary>
internal sealed class Enrolment(ApiClient api, long seed)
{
    private const int InFlight = 16;
    private int _created;
    private int _secrets;

    /// <summary>Households the server did not know.</summary>
    public int Created => _created;

    /// <summary>Devices that got a secret.</summary>
    public int Secrets => _secrets;

    /// <summary>Enrols all; secrets are added to <paramref name="known"/> as they come, so that a failure half-way loses few.</summary>
    public async Task EnrolAsync(IReadOnlyList<HomePlan> homes, ConcurrentDictionary<string, string> known, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = cancellation };
        await Parallel.ForEachAsync(homes, options, async (plan, stop) => await EnrolAsync(plan, known, stop));
        if (Created == 0)
        {
            return;
        }

        await Parallel.ForEachAsync(Enumerable.Range(0, Math.Min(homes.Count, Changning.Committees.Length)), options, async (committee, stop) =>
            await api.PutRespondersAsync(new(Changning.Committees[committee].Name, HomePlan.Responders(seed, committee)), stop));
        await api.PutRespondersAsync(new("district", HomePlan.Centre), cancellation);
    }

    private async Task EnrolAsync(HomePlan plan, ConcurrentDictionary<string, string> known, CancellationToken cancellation)
    {
        var resident = new ResidentBody(plan.Resident, plan.BirthYear, LivesAlone: true);
        var isNew = await api.TryEnrolHouseholdAsync(
            new(plan.HouseholdId, plan.Address, plan.Committee, plan.SubDistrict, [resident], plan.Contacts),
            cancellation);
        _ = isNew ? Interlocked.Increment(ref _created) : 0;
        foreach (var (deviceId, kind) in Devices(plan))
        {
            if (isNew || !known.ContainsKey(deviceId))
            {
                known[deviceId] = (await api.EnrolDeviceAsync(deviceId, kind, plan.HouseholdId, cancellation)).Password;
                Interlocked.Increment(ref _secrets);
            }
        }
    }

    private static IEnumerable<(string DeviceId, DeviceKind Kind)> Devices(HomePlan plan)
    {
        yield return (plan.Meter.DeviceId, DeviceKind.Water);
        if (plan.SmokeId is { } smoke)
        {
            yield return (smoke, DeviceKind.Smoke);
        }

        if (plan.ButtonId is { } button)
        {
            yield return (button, DeviceKind.Sos);
        }
    }
}
