using SeniorIoT.DeviceProtocol;
using SeniorIoT.Simulators.Devices;

namespace SeniorIoT.Simulators.Replay;

/// <summary>Readings of the past made into messages of today: moved in time as a whole, cut into batches, the old ones marked as history.</summary>
internal static class ReplayPlan
{
    /// <summary>Moves all readings by the same whole seconds, so that the last one is at <paramref name="end"/> or less than a second before.</summary>
    public static IReadOnlyList<Reading> Shift(IReadOnlyList<Reading> readings, DateTimeOffset end)
    {
        var by = TimeSpan.FromSeconds(Math.Floor((end - readings[^1].At).TotalSeconds));
        return [.. readings.Select(reading => reading with { At = reading.At + by })];
    }

    /// <summary>Batches, oldest first. Readings older than 49 h before <paramref name="now"/> are history.</summary>
    public static IReadOnlyList<DeviceMessage.Water> Batches(IReadOnlyList<Reading> readings, DateTimeOffset now, int batch)
    {
        var resolution = Resolution(readings);
        var liveFrom = now - WaterMeter.Live;
        return
        [
            .. readings.Where(reading => reading.At < liveFrom).Chunk(batch).Select(chunk => Batch(chunk, resolution, isHistory: true)),
            .. readings.Where(reading => reading.At >= liveFrom).Chunk(batch).Select(chunk => Batch(chunk, resolution, isHistory: false)),
        ];
    }

    /// <summary>The largest step, from 1 mL to 10 L, that all readings are multiples of.</summary>
    public static long Resolution(IReadOnlyList<Reading> readings)
    {
        long resolution = 10_000;
        while (resolution > 1 && readings.Any(reading => Millilitres(reading) % resolution != 0))
        {
            resolution /= 10;
        }

        return resolution;
    }

    // The name of a batch follows from what is in it: the same batch sent twice is one.
    private static DeviceMessage.Water Batch(Reading[] readings, long resolution, bool isHistory)
    {
        var mid = $"r{readings[0].At.ToUnixTimeMilliseconds():x}-{readings.Length:x}";
        var common = new Envelope(mid, null, null, null, null, DeviceClock.Synced, isHistory, null, null, "replay-1", 0);
        return new(common, [.. readings.Select(reading => new WaterSample(reading.At, Millilitres(reading)))], resolution);
    }

    private static long Millilitres(Reading reading) => (long)(reading.TotalLitres * 1000);
}
