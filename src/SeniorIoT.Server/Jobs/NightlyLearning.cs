using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Jobs;

/// <summary>
/// Lets homes learn their habit anew from stored readings: a part of them each night, so that each has its turn every four weeks, and those
/// whose habit is young. One home after the other: nobody waits for it. A night that is missed costs a day's patience, never an alert.
/// </summary>
internal sealed partial class NightlyLearning(
    DeviceDirectory devices, HouseholdDirectory households, RuleDirectory rulebook, GrainStateStore states, ShadowDesk shadows, ITimeSeriesStore telemetry, IGrainFactory grains,
    TimeProvider clock, ILogger<NightlyLearning> log)
{
    /// <summary>Runs it. Returns how many homes learnt anew.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var (from, until) = ((now - Relearning.LookBack).ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
        var day = DateOnly.FromDateTime(now.UtcDateTime).DayNumber;
        var learnt = 0;
        foreach (var device in devices.All)
        {
            if (device.IsRetired || device.Kind != DeviceProtocol.DeviceKind.Water || device.HouseholdId is null || !households.TryGet(device.HouseholdId, out var household)) continue;
            if (!IsDue(device.DeviceId, rulebook.Book.InForce(household.HouseholdId, household.Area), day)) continue;
            var samples = await telemetry.ReadAsync(device.DeviceId, Metric.TotalMillilitres, from, until, cancel);
            await grains.GetGrain<IWaterMeterGrain>(device.DeviceId).Relearn([.. samples.Select(sample => new Reading(DateTimeOffset.FromUnixTimeMilliseconds(sample.AtMs), sample.Value))]);
            learnt++;
        }

        LogLearnt(learnt);
        return learnt;
    }

    private bool IsDue(string deviceId, PlacedRules rules, int day)
    {
        var state = states.Read<WaterState>(DeviceKindRules.Water.Name, deviceId);
        return Relearning.IsDue(state, TurnOf(deviceId), rules.Settings, day)
            || (rules.Shadow is { } shadow && Relearning.IsDue(shadows.ReadWater(shadow, deviceId) ?? state, TurnOf(deviceId), shadow.Settings, day));
    }

    // The same every night and in every process, which GetHashCode is not.
    private static int TurnOf(string deviceId) => deviceId.Aggregate(17, (sum, letter) => unchecked((sum * 31) + letter));

    [LoggerMessage(Level = LogLevel.Information, Message = "Nightly learning: {Homes} homes learnt their habit anew")]
    private partial void LogLearnt(int homes);
}
