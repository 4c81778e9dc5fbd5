using System.Diagnostics;
using SeniorIoT.EndToEnd.Parts;

namespace SeniorIoT.EndToEnd.Crash;

/// <summary>
/// Starts the server and kills it, again and again. When, is drawn by lot; half of the moments are uniform over the time since
/// the start, the others aim where it could hurt most.
/// </summary>
internal sealed class Executioner(ServerProcess server, Ledger ledger, Random chance)
{
    private const int KilledExitCode = 137;
    private const int PubAcksMax = 40;
    private const double LivesAtMost = 2.2;
    private static readonly TimeSpan NeverServes = TimeSpan.FromSeconds(120);
    private static readonly string[] WrittenByCheckpoints = ["telemetry", "rollup.db", "grains.db", "journal.db"];

    private readonly List<double> _startSeconds = [];
    private readonly Dictionary<string, int> _moments = [];

    /// <summary>How many kills there were of each sort.</summary>
    public string Summary => $"{string.Join(", ", _moments.OrderBy(one => one.Key).Select(one => $"{one.Value} {one.Key}"))}; from launch to the first PUBACK {TypicalStart:0.0} s";

    /// <summary>From launch to the first PUBACK, as it was of late.</summary>
    private double TypicalStart => _startSeconds.TakeLast(9).Order().ElementAt(Math.Min(9, _startSeconds.Count) / 2);

    /// <summary>Lets the server live once, and ends it.</summary>
    public async Task KillOnceAsync()
    {
        // The first life teaches how long a start takes, so it lasts until something was acknowledged.
        var aim = _startSeconds.Count == 0 ? 0.99 : chance.NextDouble();
        var watch = new Stopwatch();
        var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var target = aim >= 0.85 ? chance.Next(1, PubAcksMax + 1) : 0;
        ledger.Listen(heard =>
        {
            // On the thread that read it: no time passes between PUBACK and kill.
            if (heard == target) server.Shoot();
            if (heard != 1) return;
            _startSeconds.Add(watch.Elapsed.TotalSeconds);
            served.SetResult();
        });
        watch.Start();
        await server.LaunchAsync();
        await (aim switch
        {
            < 0.5 => DieAfterAsync(watch, TypicalStart * LivesAtMost * chance.NextDouble()),
            < 0.7 => DieAfterAsync(watch, TypicalStart * chance.NextDouble()),
            < 0.85 => DieInACheckpointAsync(served.Task),
            _ => EndAsync(served.Task),
        });
        var moment = served.Task.IsCompleted ? aim switch { < 0.7 => "while it served", < 0.85 => "in a checkpoint", _ => "upon a PUBACK" } : "before it served";
        _moments[moment] = _moments.GetValueOrDefault(moment) + 1;
        if (await server.EndAsync() is not KilledExitCode and var code) throw new InvalidOperationException($"It was not killed, it ended with code {code}:\n{server.Log}");
    }

    private async Task DieAfterAsync(Stopwatch watch, double seconds)
    {
        if (TimeSpan.FromSeconds(seconds) - watch.Elapsed is { Ticks: > 0 } rest) await Wait.PauseAsync(rest);
        server.Shoot();
    }

    /// <summary>At the first write, after it served, to one of the files that a checkpoint writes one after the other.</summary>
    private async Task DieInACheckpointAsync(Task served)
    {
        await ServesAsync(served);
        var file = Path.Combine(server.DataFolder, WrittenByCheckpoints[chance.Next(WrittenByCheckpoints.Length)]);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(server.DataFolder) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.FileName };
        watcher.Changed += Look;
        watcher.Created += Look;
        watcher.EnableRaisingEvents = true;
        // Nobody may have sent anything since the last one.
        await Task.WhenAny(written.Task, Wait.PauseAsync(TimeSpan.FromSeconds(3)));
        server.Shoot();

        void Look(object sender, FileSystemEventArgs change)
        {
            if (change.FullPath.StartsWith(file, StringComparison.Ordinal)) written.TrySetResult();
        }
    }

    private async Task EndAsync(Task served)
    {
        await ServesAsync(served);
        await server.EndAsync().WaitAsync(NeverServes);
    }

    private async Task ServesAsync(Task served)
    {
        await Task.WhenAny(served, server.EndAsync(), Wait.PauseAsync(NeverServes));
        if (!served.IsCompleted) throw new InvalidOperationException($"It did not serve within {NeverServes.TotalSeconds} s:\n{server.Log}");
    }
}
