using System.Diagnostics;
using SeniorIoT.Server.Tests.Ingest;
using Xunit;

namespace SeniorIoT.Server.Tests.Fuzz;

/// <summary>Counts memory of the whole process, so it runs alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ListenerFuzz
{
    public const string Name = "fuzz";
}

/// <summary>
/// Hostile connections, many at once, at the real listener: nothing breaks, nothing hangs, nothing leaks, everything is counted, and a good
/// device beside them is served all the while.
/// </summary>
[Collection(ListenerFuzz.Name)]
public sealed class ListenerFuzzTests(ITestOutputHelper output)
{
    private const int AtOnce = 12, Ids = 30, Rounds = 4;
    private const long LeakedBytesMax = 6 * 1024 * 1024;
    private const string Good = "good";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly (string Id, string Secret)[] _devices = new (string, string)[Ids];
    private readonly PacketSeeds[] _seeds = new PacketSeeds[2 * Ids];
    private long _cases;
    private long _sent;
    private long _acknowledged;
    private long _served;

    [Fact]
    public async Task Whatever_hostile_connections_send_a_good_device_is_served_and_nothing_breaks_hangs_leaks_or_goes_uncounted()
    {
        await using var host = await FuzzHost.StartAsync();
        for (var i = 0; i < Ids; i++)
        {
            var id = $"hostile-{i}";
            _devices[i] = (id, host.Enrol(id));
            foreach (var isVersion5 in (bool[])[false, true]) _seeds[(2 * i) + (isVersion5 ? 1 : 0)] = PacketSeeds.Of(isVersion5, id);
        }

        using var good = await WireClient.OpenAsync(host.Port);
        Assert.Equal(0, (await good.ConnectAsync(Good, host.Enrol(Good)))[1]);
        List<long> memory = [];
        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            var attackers = Enumerable.Range(0, AtOnce).Select(_ => Task.Run(() => AttackAsync(host, watch))).ToList();
            do await ServeAsync(good);
            while (!attackers.TrueForAll(one => one.IsCompleted));
            await Task.WhenAll(attackers);
            await Wire.Until(() => host.Counters.Connections == 1, "the end of all hostile connections");
            memory.Add(Memory());
        }

        await Wire.Until(() => host.Delivered == host.Counters.StoredTotal, "delivery of all that was stored");
        output.WriteLine($"FUZZ_SEED={FuzzRun.Seed}: {_cases} connections, at most {_sent} messages, {_acknowledged} acknowledged, {host.Accounted} counted; a good device was served {_served} times; "
            + $"memory in MB after each round: {string.Join(", ", memory.Select(bytes => (bytes / 1e6).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture)))}.");
        Assert.True(host.Wrongs.IsEmpty, $"FUZZ_SEED={FuzzRun.Seed}\n{string.Join('\n', host.Wrongs.Take(5))}");
        Assert.Equal(_served, host.DeliveredOf(Good));
        Assert.InRange(host.Accounted, _acknowledged + _served, _sent + _served);
        Assert.True(memory[^1] - memory[0] < LeakedBytesMax, $"FUZZ_SEED={FuzzRun.Seed}: memory grew: {string.Join(", ", memory)}.");
    }

    private async Task AttackAsync(FuzzHost host, Stopwatch watch)
    {
        while (watch.Elapsed < FuzzRun.Time / Rounds)
        {
            var number = Interlocked.Increment(ref _cases);
            var chance = FuzzRun.CaseOf(number);
            var (device, isVersion5) = (chance.Next(Ids), chance.Next(2) == 1);
            var assault = Assault.Draw(chance, _devices[device].Id, _devices[device].Secret, isVersion5, _seeds[(2 * device) + (isVersion5 ? 1 : 0)]);
            Interlocked.Add(ref _sent, assault.Messages);
            try
            {
                Interlocked.Add(ref _acknowledged, await assault.RunAsync(host.Port, Patience));
            }
            catch (TimeoutException error)
            {
                Assert.Fail($"FUZZ_SEED={FuzzRun.Seed}, case {number}: {error.Message}\n{FuzzRun.Print(assault.Bytes)}");
            }
        }
    }

    /// <summary>The good device reports, and has its PUBACK in time.</summary>
    private async Task ServeAsync(WireClient good)
    {
        await good.PublishAsync(Wire.TelemetryOf(Good), Wire.Water($"g{_served}", 100 + _served), (ushort)((_served % 60_000) + 1));
        var answer = await good.ReadAsync();
        Assert.Equal(WireClient.PubAck, answer?.Type);
        _served++;
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers(); // an exception that nobody looked at is told by its finalizer
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
