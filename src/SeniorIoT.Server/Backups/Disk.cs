using System.Runtime.InteropServices;

namespace SeniorIoT.Server.Backups;

/// <summary>What .NET does not offer about files: that they are really on disk, and one file under two names.</summary>
internal static partial class Disk
{
    /// <summary>Makes a folder that only this user can open.</summary>
    public static void MakePrivateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Lets only this user read a file, and waits until it is on disk.</summary>
    public static void Settle(string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Waits until the names in a folder are on disk. Windows keeps them in its own journal.</summary>
    public static void SettleFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var handle = Open(path, 0);
        if (handle < 0) throw new IOException($"{path} cannot be opened to bring it to the disk: {Marshal.GetLastPInvokeErrorMessage()}");
        var isDone = Sync(handle) == 0;
        var problem = isDone ? "" : Marshal.GetLastPInvokeErrorMessage();
        _ = Close(handle);
        if (!isDone) throw new IOException($"{path} cannot be brought to the disk: {problem}");
    }

    /// <summary>Gives a file a second name, or copies it where the file system cannot do that. Both names are to be left unchanged from then on.</summary>
    public static void LinkOrCopy(string from, string to)
    {
        if (!OperatingSystem.IsWindows() && Link(from, to) == 0) return;
        File.Copy(from, to);
        Settle(to);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);

    [DllImport("libc", EntryPoint = "link", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
