using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SeniorIoT.TimeSeries.Embedded;

/// <summary>
/// Tells a file from another that took its name: the inode, which no other file can get while somebody has this one open. .NET does
/// not show it, and its time of creation is, on Linux, no more than the last change.
/// </summary>
internal static class FileIdentity
{
    private const int CurrentFolder = -100;
    private const uint WantInode = 0x100;
    private const int InodeAt = 32;

    /// <summary>The inode of a file; 0 where it cannot be known, and then a file that was replaced looks like the old one.</summary>
    public static ulong Of(string path)
    {
        if (!OperatingSystem.IsLinux()) return 0;
        var answer = new byte[256];
        try
        {
            return ReadStatus(CurrentFolder, path, 0, WantInode, answer) == 0 ? BinaryPrimitives.ReadUInt64LittleEndian(answer.AsSpan(InodeAt)) : 0;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library older than the call: as on other systems, only files that are missing are noticed.
            return 0;
        }
    }

    // Its answer has the same layout on every processor, unlike that of stat.
    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ReadStatus(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] answer);
}
