using System.Buffers.Binary;
using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;

namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>
/// Sockets and epoll of Linux without anything between: a load generator on the cores of the server that it measures must cost next to
/// nothing. Descriptors are plain numbers; -1 is none.
/// </summary>
internal static class Kernel
{
    /// <summary>There is something to read, or the other side closed.</summary>
    public const uint Readable = 0x1;

    /// <summary>There is room to write again.</summary>
    public const uint Writable = 0x4;

    private const int InternetFamily = 2, Stream = 1, CloseOnExec = 0x80000, DoNotWait = 0x40, NoSignal = 0x4000, Tcp = 6, NoDelay = 1;
    private const int TryAgain = 11, Interrupted = 4;
    private const string Libc = "libc";

    // The kernel packs the struct on x64 only.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventBytes - 8;

    /// <summary>Connects over IPv4; -1 when nobody listens.</summary>
    /// <exception cref="IOException">This process may not open more files.</exception>
    public static int Connect(IPEndPoint address)
    {
        var fd = socket(InternetFamily, Stream | CloseOnExec, 0);
        if (fd < 0) throw Failure("socket");
        var on = 1;
        _ = setsockopt(fd, Tcp, NoDelay, ref on, sizeof(int));
        Span<byte> name = stackalloc byte[16];
        name.Clear();
        BitConverter.TryWriteBytes(name, (short)InternetFamily);
        BinaryPrimitives.WriteUInt16BigEndian(name[2..], (ushort)address.Port);
        address.Address.TryWriteBytes(name[4..], out _);
        if (connect(fd, ref MemoryMarshal.GetReference(name), name.Length) == 0) return fd;
        Close(fd);
        return -1;
    }

    /// <summary>Bytes sent, 0 when there is no room, -1 when the connection is gone.</summary>
    public static int Send(int fd, ReadOnlySpan<byte> bytes)
    {
        var sent = (int)send(fd, ref MemoryMarshal.GetReference(bytes), bytes.Length, DoNotWait | NoSignal);
        return sent >= 0 ? sent : Marshal.GetLastPInvokeError() is TryAgain or Interrupted ? 0 : -1;
    }

    /// <summary>Bytes read, 0 when there are none yet, -1 when the connection is gone.</summary>
    public static int Receive(int fd, Span<byte> to)
    {
        var read = (int)recv(fd, ref MemoryMarshal.GetReference(to), to.Length, DoNotWait);
        return read > 0 ? read : read < 0 && Marshal.GetLastPInvokeError() is TryAgain or Interrupted ? 0 : -1;
    }

    public static void Close(int fd)
    {
        if (fd >= 0) _ = close(fd);
    }

    /// <summary>A new set of watched descriptors.</summary>
    public static int CreateWatch()
    {
        var fd = epoll_create1(CloseOnExec);
        return fd >= 0 ? fd : throw Failure("epoll_create1");
    }

    /// <summary>Watches a descriptor under a number of the caller's, or watches it for something else from now on.</summary>
    public static void Watch(int watch, int fd, int number, uint events, bool isNew)
    {
        Span<byte> wanted = stackalloc byte[16];
        wanted.Clear();
        BitConverter.TryWriteBytes(wanted, events);
        BitConverter.TryWriteBytes(wanted[DataOffset..], number);
        if (epoll_ctl(watch, isNew ? 1 : 3, fd, ref MemoryMarshal.GetReference(wanted)) < 0) throw Failure("epoll_ctl");
    }

    /// <summary>A buffer for <see cref="Wait"/>.</summary>
    public static byte[] EventBuffer(int count) => new byte[count * EventBytes];

    /// <summary>Waits until something happens; returns how much.</summary>
    public static int Wait(int watch, byte[] events, int milliseconds) =>
        Math.Max(0, epoll_wait(watch, ref events[0], events.Length / EventBytes, milliseconds));

    /// <summary>What happened, and under which number.</summary>
    public static (uint Events, int Number) At(byte[] events, int index) =>
        (BitConverter.ToUInt32(events, index * EventBytes), BitConverter.ToInt32(events, (index * EventBytes) + DataOffset));

    private static IOException Failure(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        var remedy = error == 24 ? " Raise the limit of open files (ulimit -n) or ask for fewer devices." : "";
        return new IOException($"{call}: {new Win32Exception(error).Message}.{remedy}");
    }

#pragma warning disable SA1300, IDE1006, CA5392 // The names are the kernel's.
    [DllImport(Libc, SetLastError = true)]
    private static extern int socket(int family, int type, int protocol);

    [DllImport(Libc, SetLastError = true)]
    private static extern int setsockopt(int fd, int level, int name, ref int value, int length);

    [DllImport(Libc, SetLastError = true)]
    private static extern int connect(int fd, ref byte address, int length);

    [DllImport(Libc, SetLastError = true)]
    private static extern nint send(int fd, ref byte from, nint length, int flags);

    [DllImport(Libc, SetLastError = true)]
    private static extern nint recv(int fd, ref byte to, nint length, int flags);

    [DllImport(Libc)]
    private static extern int close(int fd);

    [DllImport(Libc, SetLastError = true)]
    private static extern int epoll_create1(int flags);

    [DllImport(Libc, SetLastError = true)]
    private static extern int epoll_ctl(int watch, int operation, int fd, ref byte wanted);

    [DllImport(Libc, SetLastError = true)]
    private static extern int epoll_wait(int watch, ref byte events, int countMax, int milliseconds);
#pragma warning restore SA1300, IDE1006, CA5392
}
