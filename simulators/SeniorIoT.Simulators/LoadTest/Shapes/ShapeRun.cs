using System.Diagnostics;
using System.Net;
using SeniorIoT.Simulators.Wire;

namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>Runs one shape: enrols, connects, warms up, measures, waits for what is in flight.</summary>
internal sealed class ShapeRun(ApiClient api, MqttAddress mqtt, ShapeOptions options, int? serverPid, TimeProvider clock)
{
    private const int OtherFiles = 150;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50), ConnectWithin = TimeSpan.FromMinutes(3), SettleWithin = TimeSpan.FromSeconds(10);

    /// <summary>Credentials of devices that are enrolled already; null to enrol over HTTP.</summary>
    public IReadOnlyDictionary<string, string>? Passwords { get; init; }

    /// <summary>Begins the ids.</summary>
    public required string Prefix { get; init; }

    /// <summary>Called about once a second.</summary>
    public Action<FloodCounts>? Progress { get; init; }

    /// <summary>Who takes part in a run.</summary>
    public static Roster RosterOf(string prefix, ShapeOptions options)
    {
        // A button is pressed once; a few more than needed.
        var buttons = options.PressesPerSecond * ((options.WarmUp + options.Measure).TotalSeconds + 5);
        return new(prefix, options.Devices, options.Children, options.PressesPerSecond > 0 ? Math.Max(Roster.ButtonGateways, (int)buttons) : 0);
    }

    /// <summary>Runs it.</summary>
    /// <exception cref="IOException">Not all could connect.</exception>
    public async Task<ShapeReport> RunAsync(CancellationToken cancellation)
    {
        CheckOpenFiles();
        var roster = RosterOf(Prefix, options);
        var passwords = Passwords ?? await EnrolAsync(roster, cancellation);
        var address = new IPEndPoint((await Dns.GetHostAddressesAsync(mqtt.Host, System.Net.Sockets.AddressFamily.InterNetwork, cancellation))[0], mqtt.Port);
        var run = clock.GetUtcNow().ToUnixTimeSeconds() & 0xFFFFFF;
        var before = serverPid is { } pid ? ProcessCost.Of(pid) : default;

        await using var presses = roster.Buttons > 0 ? new Presses(api, address, roster, PasswordOf, options.PressesPerSecond, run, clock) : null;
        var plan = new FloodPlan(address, options.PerSecond, options.Shape == Shape.Idle ? (ushort)60 : (ushort)600, Pings: options.Shape == Shape.Idle);
        var loop = new FloodLoop([.. Speakers(roster, PasswordOf, run)], plan, clock);
        var thread = new Thread(loop.Run) { Name = "flood", IsBackground = true };
        thread.Start();
        try
        {
            if (presses is not null) await presses.StartAsync(cancellation);
            await ConnectAllAsync(loop, presses, cancellation);
            var report = await MeasureAsync(loop, presses, before, cancellation);
            return report;
        }
        finally
        {
            loop.End();
            thread.Join();
        }

        string PasswordOf(string id) => passwords.TryGetValue(id, out var password) ? password : throw new UsageException($"--credentials has no password of {id}. Import the files that --write-import makes with the same --prefix, --devices and --children.");
    }

    private IEnumerable<Speaker> Speakers(Roster roster, Func<string, string> passwordOf, long run)
    {
        var isFleet = options.Shape == Shape.Fleet;
        // The fleet's last report is of a quarter of an hour ago.
        var startMs = clock.GetUtcNow().ToUnixTimeMilliseconds() - (isFleet ? options.Rounds * (long)ShapeOptions.ReportEvery.TotalMilliseconds : 0);
        var dating = new Dating(startMs, isFleet ? (long)ShapeOptions.ReportEvery.TotalMilliseconds : 0);
        var each = Math.Max(1, options.Children);
        foreach (var (number, id) in roster.Clients.Index())
        {
            var message = options.Shape == Shape.Idle ? null : Message.Reading(options.Children == 0 ? null : id, roster.Meter);
            var children = Math.Min(each, roster.Devices - (number * each));
            yield return new((id, passwordOf(id)), message, number * each, children, message is null ? 0 : options.Window, dating, run)
            {
                Limit = options.Rounds > 0 ? (long)options.Rounds * children : long.MaxValue,
            };
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> EnrolAsync(Roster roster, CancellationToken cancellation)
    {
        Dictionary<string, string> passwords = [];
        foreach (var file in roster.Files())
        {
            foreach (var one in await api.ImportAsync(file, cancellation)) passwords[one.DeviceId] = one.Mqtt.Password;
        }

        return passwords;
    }

    private void CheckOpenFiles()
    {
        var needed = options.Connections + OtherFiles;
        foreach (var (who, pid) in new[] { ("this program", Environment.ProcessId), ("the server", serverPid ?? Environment.ProcessId) })
        {
            var max = ProcessCost.OpenFilesMax(pid);
            if (max < needed) throw new UsageException($"--devices: {options.Connections} connections need {needed} open files, and {who} may open {max}. Raise the limit (ulimit -n) or ask for fewer.");
        }
    }

    private async Task ConnectAllAsync(FloodLoop loop, Presses? presses, CancellationToken cancellation)
    {
        var (started, wanted) = (clock.GetTimestamp(), options.Connections + (presses is null ? 0 : Roster.ButtonGateways));
        for (; ; await Task.Delay(LookEvery, clock, cancellation))
        {
            var turnedAway = loop.Counts.TurnedAwayTotal + (presses?.Loop.Counts.TurnedAwayTotal ?? 0);
            var connected = loop.Counts.Connected + (presses?.Loop.Counts.Connected ?? 0);
            if (connected == wanted) return;
            if (turnedAway > 0) throw new IOException($"The server refuses CONNECT with reason {Reasons(loop, presses).First().Key}.");
            if (clock.GetElapsedTime(started) > ConnectWithin) throw new IOException($"Only {connected} of {wanted} connections in {ConnectWithin.TotalSeconds} s.");
        }
    }

    private async Task<ShapeReport> MeasureAsync(FloodLoop loop, Presses? presses, ProcessCost before, CancellationToken cancellation)
    {
        loop.Flood();
        presses?.Loop.Flood();
        await PassAsync(options.WarmUp, loop, cancellation);
        loop.Measure();
        presses?.Measure();
        var first = Look(loop);
        await PassAsync(options.Measure, loop, cancellation);
        var last = Look(loop);
        loop.Hush();
        presses?.Loop.Hush();
        var isQuiet = () => InFlight(loop) == 0 && (presses is null || presses.IsSettled());
        for (var from = clock.GetTimestamp(); !isQuiet() && clock.GetElapsedTime(from) < SettleWithin;) await Task.Delay(LookEvery, clock, cancellation);

        var messages = last.Acknowledged - first.Acknowledged;
        var seconds = Stopwatch.GetElapsedTime(first.Own.Stamp, last.Own.Stamp).TotalSeconds;
        var counts = loop.Counts;
        return new(
            options.Shape.ToString().ToLowerInvariant(), options.Connections, options.Devices, options.Window, options.PerSecond, seconds, messages / seconds,
            counts.PublishedTotal, counts.AcknowledgedTotal, counts.RefusedTotal, InFlight(loop), counts.SentAgainTotal, counts.PingsTotal, counts.LostTotal, counts.TurnedAwayTotal,
            Times.Of(loop.Latency),
            serverPid is null ? null : Cost(first.Server, last.Server, before.ResidentBytes, messages, seconds),
            Cost(first.Own, last.Own, first.Own.ResidentBytes, messages, seconds),
            OthersCores(first, last, seconds), presses?.Report(), Reasons(loop, presses));
    }

    /// <summary>Processors that neither the server nor this program used: a neighbour makes every figure worse.</summary>
    private static double OthersCores(Sight first, Sight last, double seconds) =>
        Math.Max(0, (last.Machine - first.Machine - (last.Own.Cpu - first.Own.Cpu) - (last.Server.Cpu - first.Server.Cpu)).TotalSeconds / seconds);

    /// <summary>Lets time pass, or less when the fleet has said everything.</summary>
    private async Task PassAsync(TimeSpan time, FloodLoop loop, CancellationToken cancellation)
    {
        var (started, told) = (clock.GetTimestamp(), 0);
        var all = options.Rounds > 0 ? (long)options.Rounds * options.Devices : long.MaxValue;
        while (clock.GetElapsedTime(started) is var passed && passed < time && loop.Counts.AcknowledgedTotal + loop.Counts.RefusedTotal < all)
        {
            await Task.Delay(time - passed < LookEvery ? time - passed : LookEvery, clock, cancellation);
            if (passed.TotalSeconds < ++told) told--;
            else Progress?.Invoke(loop.Counts);
        }
    }

    private Sight Look(FloodLoop loop) =>
        new(loop.Counts.AcknowledgedTotal, ProcessCost.Of(Environment.ProcessId), serverPid is { } pid ? ProcessCost.Of(pid) : default, ProcessCost.OfMachine());

    private static long InFlight(FloodLoop loop) => loop.Counts.PublishedTotal - loop.Counts.AcknowledgedTotal - loop.Counts.RefusedTotal;

    private static CostReport Cost(ProcessCost first, ProcessCost last, long residentBefore, long messages, double seconds)
    {
        const double Mb = 1_048_576;
        var cpu = last.Cpu - first.Cpu;
        return new(messages > 0 ? cpu.TotalMicroseconds / messages : null, cpu.TotalSeconds / seconds, last.ResidentBytes / Mb, last.ResidentBytesMax / Mb, (last.ResidentBytes - residentBefore) / Mb);
    }

    private static Dictionary<string, long> Reasons(FloodLoop loop, Presses? presses) => loop.Counts.Reasons.Concat(presses?.Loop.Counts.Reasons ?? [])
        .GroupBy(one => one.Reason).ToDictionary(same => $"0x{same.Key:X2}", same => same.Sum(one => one.Count));

    private readonly record struct Sight(long Acknowledged, ProcessCost Own, ProcessCost Server, TimeSpan Machine);
}
