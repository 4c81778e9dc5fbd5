using System.Reflection;
using Microsoft.Data.Sqlite;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Backups;

/// <summary>
/// Copies a data folder while the server runs. Each file is copied by SQLite in one read transaction, so it is consistent in itself and
/// a busy writer does not make the copy start again. The files are copied one after another, and their order is what makes
/// them fit together:
/// <list type="number">
/// <item>the journal first: a message leaves it only after its effects are on disk, so whatever was acknowledged before is in it, or
/// its effects are in the copies that follow;</item>
/// <item>then what devices remember, and samples, those included that wait for another database;</item>
/// <item>then the marks of days to roll up: a sample without its mark would be missing in its day for ever;</item>
/// <item>then roll-ups: a mark is taken away when the day is written, so days may not be older than the marks;</item>
/// <item>then the registry with the deadlines: none of these may be newer than the alerts they led to;</item>
/// <item>alerts last.</item>
/// </list>
/// </summary>
/// <param name="data">The folder to copy.</param>
/// <param name="told">Hears of every file.</param>
/// <param name="clock">Says when.</param>
internal sealed class BackupRun(string data, TextWriter told, TimeProvider clock)
{
    /// <summary>How long before a backup a file must have rested for its time to be believed by the next one.</summary>
    private static readonly TimeSpan Rested = TimeSpan.FromMinutes(1);

    private static readonly string[] First = ["journal.db", "grains.db"], Last = ["registry.db", "alerts.db"];

    /// <summary>Makes the backup.</summary>
    /// <param name="to">A folder that does not exist yet. It appears when everything is in it and on disk.</param>
    /// <param name="previous">An earlier backup: month files that are the same there are not stored twice. Null for none.</param>
    /// <param name="cancel">Leaves nothing behind.</param>
    /// <exception cref="BackupRefusedException">It cannot be made.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public BackupManifest Run(string to, string? previous, CancellationToken cancel)
    {
        if (!File.Exists(Path.Combine(data, First[0])))
            throw new BackupRefusedException($"{data} holds no {First[0]}: it is not the data folder of a server. Name it with --data.", isUsage: true);
        to = Path.TrimEndingDirectorySeparator(Path.GetFullPath(to));
        if (Path.Exists(to)) throw new BackupRefusedException($"{to} exists. Name a new folder.", isUsage: true);
        if ((to + '/').StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data)) + '/', StringComparison.Ordinal))
            throw new BackupRefusedException($"{to} lies inside the data folder. Name a folder elsewhere, best on another disk.", isUsage: true);
        var before = previous is null ? null : BackupManifest.Read(previous);
        var part = to + ".part";
        if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        try
        {
            Disk.MakePrivateFolder(part);
            var manifest = Copy(part, previous, before, cancel);
            manifest.Write(part);
            Disk.Settle(Path.Combine(part, BackupManifest.Name));
            foreach (var folder in Directory.EnumerateDirectories(part, "*", SearchOption.AllDirectories).Append(part)) Disk.SettleFolder(folder);
            Directory.Move(part, to);
            Disk.SettleFolder(Path.GetDirectoryName(to)!);
            return manifest;
        }
        catch
        {
            if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
            throw;
        }
    }

    private BackupManifest Copy(string part, string? previous, BackupManifest? before, CancellationToken cancel)
    {
        var at = clock.GetUtcNow();
        var files = new List<BackupFile>();
        foreach (var name in Databases())
        {
            cancel.ThrowIfCancellationRequested();
            if (IsMonth(name) && !File.Exists(Path.Combine(data, name))) continue; // retention was quicker
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(part, name))!);
            var known = IsMonth(name) ? before?.Files.FirstOrDefault(file => file.Path == name) : null;
            files.Add(CopyDatabase(name, part, previous, known, at));
        }

        foreach (var path in Directory.Exists(Path.Combine(data, "keys")) ? Directory.GetFiles(Path.Combine(data, "keys")) : [])
        {
            var name = "keys/" + Path.GetFileName(path);
            Disk.MakePrivateFolder(Path.Combine(part, "keys"));
            File.Copy(path, Path.Combine(part, name));
            files.Add(Finish(part, name, null));
        }

        return new BackupManifest(typeof(BackupRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "", at, files);
    }

    private BackupFile CopyDatabase(string name, string part, string? previous, BackupFile? known, DateTimeOffset at)
    {
        var (from, to) = (Path.Combine(data, name), Path.Combine(part, name));
        var source = BackupSource.Of(from);
        // A change within the same tick as an earlier look could go unseen: times that were young then say nothing.
        if (source?.ModifiedAt > at.UtcDateTime - Rested) source = null;
        if (known?.Source is { } then && then == source && BackupManifest.Examine(previous!, known) is null)
        {
            Disk.LinkOrCopy(Path.Combine(previous!, name), to);
            Tell(known.Bytes, name, "not touched since the previous backup");
            return known;
        }

        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = from, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString()))
        {
            connection.Open();
            SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle, 10_000);
            connection.Run("VACUUM INTO @to", ("@to", to));
        }

        if (BackupManifest.QuickCheck(to) is { } damage)
            throw new BackupRefusedException($"The copy of {name} is damaged: {damage} Look at the disk, and at {from} itself.");
        var copied = Finish(part, name, source);
        if (known is not null && known.Sha256 == copied.Sha256 && BackupManifest.Examine(previous!, known) is null)
        {
            File.Delete(to);
            Disk.LinkOrCopy(Path.Combine(previous!, name), to);
            Tell(copied.Bytes, name, "the same as in the previous backup");
        }
        else
        {
            Tell(copied.Bytes, name, "copied");
        }

        return copied;
    }

    private static BackupFile Finish(string part, string name, BackupSource? source)
    {
        var path = Path.Combine(part, name);
        Disk.Settle(path);
        return new BackupFile(name, new FileInfo(path).Length, BackupManifest.HashOf(path), source);
    }

    /// <summary>Every database of the folder in the order that makes them fit; files that a later program adds included.</summary>
    private IEnumerable<string> Databases()
    {
        var all = Directory.EnumerateFiles(data, "*.db", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(data, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal).ToList();
        var samples = all.Where(name => name.StartsWith("telemetry/telemetry-", StringComparison.Ordinal)).Append("spool.db").Where(all.Contains).ToList();
        var rolled = all.Where(IsMonth).Except(samples).ToList();
        var others = all.Except(First).Except(samples).Except(rolled).Except(Last); // rollup.db, and what a later program adds
        return [.. First.Where(all.Contains), .. samples, .. others, .. rolled, .. Last.Where(all.Contains)];
    }

    /// <summary>Months are the bulk, and old ones rest.</summary>
    private static bool IsMonth(string name) => name.StartsWith("telemetry/", StringComparison.Ordinal);

    private void Tell(long bytes, string name, string how) => told.WriteLine($"{bytes / 1e6,10:0.0} MB  {name} ({how})");
}
