using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;

namespace SeniorIoT.Server.Backups;

/// <summary>Brings a backup back: all of it into an empty folder, or its telemetry into a folder that is in use.</summary>
/// <param name="backup">What `backup` made.</param>
/// <param name="data">The data folder.</param>
/// <param name="told">Hears of every file.</param>
internal sealed class RestoreRun(string backup, string data, TextWriter told)
{
    /// <summary>Where files wait until all of them are there.</summary>
    private const string Waiting = "restoring";

    private const string Telemetry = "telemetry";

    /// <summary>Restores everything. No server may hold the folder, and it must be empty.</summary>
    /// <exception cref="BackupRefusedException">The backup is damaged, or the folder is in use or not empty. Nothing was changed.</exception>
    /// <exception cref="CannotStartException">A server runs on the folder.</exception>
    public void Run(CancellationToken cancel)
    {
        var manifest = Verify(_ => true, cancel);
        var isNew = !Directory.Exists(data);
        if (isNew) Disk.MakePrivateFolder(data);
        // Held all the while, so that no server starts on half of it.
        using var held = DataFolder.Hold(data);
        var kept = Directory.EnumerateFileSystemEntries(data).Select(Path.GetFileName).Except(["lock", Waiting]).ToList();
        if (kept.Count > 0)
            throw new BackupRefusedException($"{data} is not empty: it holds {string.Join(", ", kept.Take(5))}. Move it away (mv {data} {data}.before), and restore into a new one.");
        var waiting = Path.Combine(data, Waiting);
        if (Directory.Exists(waiting)) Directory.Delete(waiting, recursive: true);
        try
        {
            foreach (var file in manifest.Files)
            {
                cancel.ThrowIfCancellationRequested();
                var to = Path.Combine(waiting, file.Path);
                Disk.MakePrivateFolder(Path.GetDirectoryName(to)!);
                File.Copy(Path.Combine(backup, file.Path), to);
                Disk.Settle(to);
                if (BackupManifest.HashOf(to) != file.Sha256) throw new BackupRefusedException($"{file.Path} did not arrive as it is in the backup. Look at the disk of {data}.");
                told.WriteLine($"{file.Bytes / 1e6,10:0.0} MB  {file.Path}");
            }

            foreach (var folder in Directory.EnumerateDirectories(waiting, "*", SearchOption.AllDirectories)) Disk.SettleFolder(folder);
            foreach (var entry in Directory.GetFileSystemEntries(waiting)) Directory.Move(entry, Path.Combine(data, Path.GetFileName(entry)));
            Disk.SettleFolder(data);
        }
        finally
        {
            if (Directory.Exists(waiting)) Directory.Delete(waiting, recursive: true);
        }
    }

    /// <summary>
    /// Adds the backup's telemetry to the folder's, also while a server runs on it: whatever is there stays, whatever is missing comes back.
    /// </summary>
    /// <exception cref="BackupRefusedException">The backup is damaged. Nothing was changed.</exception>
    /// <exception cref="IOException">The store refuses, e.g. because one of its own months is damaged; what was brought until then stays.</exception>
    public async Task<CopyReport> RunTelemetryAsync(Action<CopyProgress> progress, CancellationToken cancel)
    {
        if (!File.Exists(Path.Combine(data, "journal.db")))
            throw new BackupRefusedException($"{data} holds no journal.db: it is not the data folder of a server. Name it with --data, or restore everything.", isUsage: true);
        var manifest = Verify(file => file.Path.StartsWith(Telemetry + "/", StringComparison.Ordinal), cancel);
        if (!manifest.Files.Any(file => file.Path.StartsWith(Telemetry + "/", StringComparison.Ordinal)))
            throw new BackupRefusedException($"{backup} holds no telemetry. Take another backup.");
        await using var source = new EmbeddedStore(Path.Combine(backup, Telemetry), new EmbeddedStoreOptions { IsReadOnly = true });
        await using var target = new EmbeddedStore(Path.Combine(data, Telemetry));
        var copy = new StoreCopy(source, target) { KeepsUseOfTarget = true };
        try
        {
            return await copy.RunAsync(progress: progress, cancel: cancel);
        }
        finally
        {
            // Also when it broke off: the next run finds these days equal and would not know of them.
            await RollupAgain.MarkAsync(data, copy.Written, DateOnly.MinValue, CancellationToken.None);
        }
    }

    private BackupManifest Verify(Func<BackupFile, bool> isMeant, CancellationToken cancel)
    {
        var manifest = BackupManifest.Read(backup);
        var problems = new List<string>();
        foreach (var file in manifest.Files.Where(isMeant))
        {
            cancel.ThrowIfCancellationRequested();
            if (BackupManifest.Examine(backup, file) is { } problem) problems.Add(problem);
        }

        if (problems.Count > 0) throw new BackupRefusedException($"{backup} is damaged, and nothing was restored. {string.Join(' ', problems)} Take another backup.");
        return manifest;
    }
}
