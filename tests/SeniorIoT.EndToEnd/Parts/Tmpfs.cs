namespace SeniorIoT.EndToEnd.Parts;

/// <summary>A small file system in memory, to be filled to the last byte. Only root can mount one.</summary>
internal sealed class Tmpfs : IAsyncDisposable
{
    private Tmpfs(string path) => Path = path;

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Mounts one; null where that is not allowed.</summary>
    public static async Task<Tmpfs?> TryMountAsync(int megabytes)
    {
        var path = Directory.CreateTempSubdirectory("senioriot-tmpfs-").FullName;
        var (code, _) = await Command.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m,mode=0700", "none", path], TimeSpan.FromSeconds(10));
        if (code == 0) return new Tmpfs(path);
        Directory.Delete(path);
        return null;
    }

    /// <summary>Writes until the disk is full; again, when there is room once more.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[1 << 20, 4096, 1])
        {
            var block = new byte[size];
            try
            {
                while (true) file.Write(block);
            }
            catch (IOException)
            {
                // Full at this grain; the next is finer.
            }
        }
    }

    /// <summary>Makes room again.</summary>
    public void Clear() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync("umount", ["-l", Path], TimeSpan.FromSeconds(10));
        Directory.Delete(Path, recursive: true);
    }
}
