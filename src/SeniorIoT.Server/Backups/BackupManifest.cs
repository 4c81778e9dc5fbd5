using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace SeniorIoT.Server.Backups;

/// <summary>What a backup holds, so that a restore can tell whether it still does.</summary>
/// <param name="Program">Version of the program that made it.</param>
/// <param name="At">When it was begun: whatever was acknowledged before is in it.</param>
/// <param name="Files">Every file, by path inside the backup.</param>
internal sealed record BackupManifest(string Program, DateTimeOffset At, IReadOnlyList<BackupFile> Files)
{
    /// <summary>Its name inside the backup.</summary>
    public const string Name = "manifest.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads the manifest of a backup.</summary>
    /// <exception cref="BackupRefusedException">There is none, or it cannot be read.</exception>
    public static BackupManifest Read(string backup)
    {
        var path = Path.Combine(backup, Name);
        try
        {
            var manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllText(path), Json);
            if (manifest is { Program: not null, Files: not null } && manifest.Files.All(file => file is { Path: not null, Sha256: not null } && IsInside(file.Path))) return manifest;
            throw new BackupRefusedException($"{path} is not the list of a backup. Take another backup.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BackupRefusedException($"{backup} holds no {Name} that can be read, so it is not a whole backup: {error.Message} Name the folder that `backup` made.");
        }
        catch (JsonException error)
        {
            throw new BackupRefusedException($"{path} is damaged: {error.Message} Take another backup.");
        }
    }

    /// <summary>Writes the manifest into a backup.</summary>
    public void Write(string backup) => File.WriteAllText(Path.Combine(backup, Name), JsonSerializer.Serialize(this, Json));

    /// <summary>What is wrong with a file of the backup; null when it is as it was made. Reads all of it.</summary>
    public static string? Examine(string backup, BackupFile file)
    {
        var path = Path.Combine(backup, file.Path);
        if (!File.Exists(path)) return $"{file.Path} is missing.";
        if (new FileInfo(path).Length != file.Bytes) return $"{file.Path} has {new FileInfo(path).Length} bytes instead of {file.Bytes}.";
        if (HashOf(path) != file.Sha256) return $"{file.Path} is not what was copied: its SHA-256 differs.";
        return file.IsDatabase && QuickCheck(path) is { } damage ? $"{file.Path} is damaged: {damage}" : null;
    }

    /// <summary>SHA-256 of a file, in lower-case hexadecimal.</summary>
    public static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>What SQLite finds wrong with a copy; null when nothing. The copy must not be in use.</summary>
    public static string? QuickCheck(string path)
    {
        try
        {
            // Immutable: no lock, and no files beside a copy that is only looked at.
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = new Uri(Path.GetFullPath(path)).AbsoluteUri + "?immutable=1", Mode = SqliteOpenMode.ReadOnly, Pooling = false,
            }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA quick_check(1)";
            return command.ExecuteScalar() is "ok" ? null : (string?)command.ExecuteScalar() ?? "quick_check gives no answer";
        }
        catch (SqliteException error)
        {
            return error.Message;
        }
    }

    private static bool IsInside(string path) => !Path.IsPathRooted(path) && !path.Split('/', '\\').Contains("..");
}

/// <summary>A file of a backup.</summary>
/// <param name="Path">Inside the backup and inside the data folder, with forward slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256, lower-case hexadecimal.</param>
/// <param name="Source">How the file that was copied looked; null when that says nothing about its contents.</param>
internal sealed record BackupFile(string Path, long Bytes, string Sha256, BackupSource? Source)
{
    /// <summary>Whether it is SQLite's.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsDatabase => Path.EndsWith(".db", StringComparison.Ordinal);
}

/// <summary>What tells that a database file was not touched: it has no write-ahead log, and length and time are the same.</summary>
/// <param name="Bytes">Length.</param>
/// <param name="ModifiedAt">Last change.</param>
internal sealed record BackupSource(long Bytes, DateTime ModifiedAt)
{
    /// <summary>Looks at a file; null while it has a write-ahead log, which may hold more than the file.</summary>
    public static BackupSource? Of(string path)
    {
        var log = new FileInfo(path + "-wal");
        if (log.Exists && log.Length > 0) return null;
        var file = new FileInfo(path);
        return new BackupSource(file.Length, file.LastWriteTimeUtc);
    }
}

/// <summary>A backup or a restore cannot be done. The message says why and what to do.</summary>
internal sealed class BackupRefusedException(string message, bool isUsage = false) : Exception(message)
{
    /// <summary>Whether the command was called wrongly; otherwise something is wrong with the files.</summary>
    public bool IsUsage { get; } = isUsage;
}
