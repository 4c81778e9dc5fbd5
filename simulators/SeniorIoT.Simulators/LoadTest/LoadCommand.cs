using System.CommandLine;
using System.Globalization;
using SeniorIoT.Simulators.LoadTest.Shapes;

namespace SeniorIoT.Simulators.LoadTest;

/// <summary><c>load</c>: how long a press takes to reach a screen.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var presses = CommonOptions.Within("--presses", "Presses to measure,", 100, 1, 5000);
        var warmUp = CommonOptions.Within("--warm-up", "Presses before them that are not counted; with --shape seconds,", 3, 0, 600);
        var rate = CommonOptions.Within("--rate", "Presses a second at most; with --shape messages, 0 for as fast as it goes,", 10.0, 0, 1_000_000);
        var devices = CommonOptions.Within("--devices", "Meters that talk in the background, or in a shape,", 50, 1, 2_000_000);
        var background = CommonOptions.Within("--background", "Their messages a second, together; 0 for a quiet server,", 0.0, 0, 50_000);
        var seconds = CommonOptions.Within("--seconds", "The measurement ends after this many seconds,", 60.0, 1, 3600);
        Option<bool> keep = new("--keep") { Description = "Leave the households and devices of the test on the server." };
        Command command = new("load", "Measures a press: from before the publish to the alert at a SignalR client, and to the PUBACK.")
        {
            presses, warmUp, rate, devices, background, seconds, keep,
        };
        CommonOptions common = new(command);
        ShapeCommand shape = new(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (shape.IsAsked(parsed))
            {
                return await shape.RunAsync(parsed, common, devices, rate, seconds, warmUp, cancellation);
            }

            if (parsed.GetValue(rate) == 0)
            {
                throw new UsageException("--rate 0 needs --shape; presses come one after another, so say how many a second at most.");
            }

            var options = new LoadOptions(
                parsed.GetValue(presses),
                parsed.GetValue(warmUp),
                parsed.GetValue(rate),
                parsed.GetValue(devices),
                parsed.GetValue(background),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(keep));
            using var api = common.Api(parsed);
            await api.LoginAsync(TimeSpan.FromSeconds(10), cancellation);
            var run = new LoadRun(api, common.Mqtt(parsed), options, TimeProvider.System);
            return Tell(options, run, await run.RunAsync(cancellation));
        });
        return command;
    }

    /// <summary>The value that a share of all does not exceed (nearest rank). Values need not be sorted; there must be one.</summary>
    public static double Percentile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }

    private static int Tell(LoadOptions options, LoadRun run, IReadOnlyList<PressTimes> times)
    {
        double[] seen = [.. times.Select(time => time.AlertMs).OfType<double>()];
        Console.WriteLine($"{times.Count} of {options.Presses} presses in new households, one after another; {times.Count - seen.Length} without an alert within 10 s.");
        Line("press to PUBACK", [.. times.Select(time => time.PubackMs)]);
        Line("press to SignalR client", seen);
        if (options.BackgroundPerSecond > 0)
        {
            var achieved = run.BackgroundSent / run.BackgroundFor.TotalSeconds;
            Console.WriteLine($"background: {run.BackgroundSent} messages from {options.Meters} meters, {achieved:0} a second of {options.BackgroundPerSecond:0} asked.");
        }

        return times.Count > 0 && seen.Length == times.Count ? 0 : 1;
    }

    private static void Line(string what, double[] ms)
    {
        if (ms.Length > 0)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{what,-24} p50 {Percentile(ms, 0.5):0.0} ms   p90 {Percentile(ms, 0.9):0.0} ms   p99 {Percentile(ms, 0.99):0.0} ms   max {ms.Max():0.0} ms"));
        }
    }
}
