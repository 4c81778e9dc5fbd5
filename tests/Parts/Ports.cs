using System.Net;
using System.Net.Sockets;

namespace SeniorIoT.Parts;

/// <summary>
/// Ports for parts that a test starts. Not those that the system gives to outgoing connections (32768 and up): one of these could take a port between the look and the
/// use. Nor those of silos (20000 to 29999).
/// </summary>
internal static class Ports
{
    private const int First = 10_000;
    private const int Count = 10_000;

    // Test runs side by side begin in different places.
    private static int _last = Environment.ProcessId * 37;

    /// <summary>A port that nobody has, and that is not given out again for a long time.</summary>
    public static int Take()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Somebody has it: the next.
            }
        }
    }
}
