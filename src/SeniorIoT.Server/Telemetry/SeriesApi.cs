using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Telemetry;

/// <summary>Series of one device, raw or in steps, with gaps shown as gaps.</summary>
internal static class SeriesApi
{
    private const int RawPointsMax = 50_000;
    private const int StepsMax = 20_000;

    /// <summary>How far outside the time asked for a reading may lie that tells the register at its edge.</summary>
    private static readonly TimeSpan LookAround = TimeSpan.FromDays(2);

    /// <summary>Maps the route.</summary>
    public static IEndpointRouteBuilder MapSeries(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/devices/{id}/series", GetAsync).RequireAuthorization().WithTags("Devices")
            .Produces<Series>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(503);
        return routes;
    }

    private static async Task<IResult> GetAsync(
        string id, string? metric, string? from, string? to, string? every, AreaScope scope, DeviceDirectory devices, HouseholdDirectory households,
        ITimeSeriesStore store, UseSeries use, TimeZoneInfo zone, TimeProvider clock, CancellationToken cancel)
    {
        if (!devices.TryGet(id, out var device) || !CanSee(scope, device, households)) return Refusals.NotFound("device", id);

        var faults = new Faults();
        var until = Instants.Read("to", to, faults) ?? clock.GetUtcNow();
        var since = Instants.Read("from", from, faults) ?? until.AddDays(-1);
        if (since >= until) faults.Add("from", "Must be before to.");
        var (kind, unit, scale) = metric switch
        {
            null or "total_l" or "use_l" => (Metric.TotalMillilitres, "L", 1000.0),
            "battery_pct" => (Metric.BatteryPercent, "%", 1.0),
            "rssi_dbm" => (Metric.RssiDbm, "dBm", 1.0),
            _ => default,
        };
        if (unit is null) faults.Add("metric", "Must be total_l, use_l, battery_pct or rssi_dbm.");
        if (every is not (null or "raw" or "1h" or "1d")) faults.Add("every", "Must be raw, 1h or 1d.");
        if (!faults.Any && every is "1h" or "1d" && (until - since).TotalHours / (every == "1h" ? 1 : 24) > StepsMax)
            faults.Add("from", $"Asks for more than {StepsMax} steps; ask for a shorter time.");
        if (faults.Any) return faults.ToResult();

        var isUse = metric == "use_l";
        var (fromMs, toMs) = (since.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds());
        try
        {
            var points = await ReadAsync();
            return faults.Any ? faults.ToResult() : TypedResults.Ok(new Series(id, metric ?? "total_l", unit!, every ?? "raw", points));
        }
        catch (IOException error)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status503ServiceUnavailable,
                detail: $"The telemetry store cannot be read: {error.Message} Nothing is lost, and alerts do not depend on it. Look at the disk or the database, then ask again.");
        }

        async Task<IReadOnlyList<SeriesPoint>> ReadAsync()
        {
            if (every is null or "raw")
            {
                var samples = isUse ? await AroundAsync(store, id, kind, fromMs, toMs, cancel) : await store.ReadAsync(id, kind, fromMs, toMs, cancel);
                if (samples.Count > RawPointsMax) faults.Add("from", $"Asks for {samples.Count} raw points; ask for at most {RawPointsMax}, or for every=1h.");
                if (faults.Any) return [];
                return isUse ? UseBetweenReadings(samples, fromMs, toMs) : [.. samples.Select(sample => Point(sample.AtMs, sample.Value / scale))];
            }

            var isDaily = every == "1d";
            var edges = isDaily ? Edges.Daily(fromMs, toMs, zone) : Edges.Hourly(fromMs, toMs);
            return isUse
                ? [.. (await use.ReadAsync(id, edges, isDaily, cancel)).Select((used, i) => Point(edges[i], used / 1000.0))]
                : ValuePerStep(await AroundAsync(store, id, kind, edges[0], edges[^1], cancel), edges, scale);
        }
    }

    private static bool CanSee(AreaScope scope, DirectoryEntry device, HouseholdDirectory households) =>
        device.HouseholdId is { } id && households.TryGet(id, out var household) ? scope.CanSee(household) : scope.Area is null;

    private static async Task<IReadOnlyList<Sample>> AroundAsync(ITimeSeriesStore store, string id, Metric metric, long fromMs, long toMs, CancellationToken cancel)
    {
        var look = (long)LookAround.TotalMilliseconds;
        return await store.ReadAsync(id, metric, Math.Max(fromMs - look, DateTimeOffset.UnixEpoch.AddYears(30).ToUnixTimeMilliseconds()), toMs + look, cancel);
    }

    private static List<SeriesPoint> ValuePerStep(IReadOnlyList<Sample> samples, long[] edges, double scale)
    {
        var values = Rollup.LastAtEdges(samples, edges, TimeSpan.FromMilliseconds(edges[1] - edges[0]));
        return [.. edges[..^1].Select((start, i) => Point(start, samples.Count > 0 && samples[^1].AtMs >= start ? values[i + 1] / scale : null))];
    }

    private static List<SeriesPoint> UseBetweenReadings(IReadOnlyList<Sample> samples, long fromMs, long toMs)
    {
        if (samples.Count < 2) return [];
        var times = samples.Select(sample => sample.AtMs).ToList();
        var use = Rollup.UsePerBucket(samples, times, TimeSpan.MaxValue);
        return [.. use.Select((value, i) => Point(times[i + 1], value / 1000.0)).Where(point => point.At.ToUnixTimeMilliseconds() is var at && at >= fromMs && at < toMs)];
    }

    private static SeriesPoint Point(long atMs, double? value) => new(DateTimeOffset.FromUnixTimeMilliseconds(atMs), value);
}
