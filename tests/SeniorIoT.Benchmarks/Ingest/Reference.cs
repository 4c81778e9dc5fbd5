using System.Diagnostics;

namespace SeniorIoT.Benchmarks.Ingest;

/// <summary>
/// Debian's Mosquitto under the same load: it takes the messages and drops them, nothing is on disk and no rule looks. What a message costs
/// it says how fast this machine is, so figures of two machines can be compared by their ratio to it.
/// </summary>
internal sealed class Reference : IDisposable
{
    private const string Path = "/usr/sbin/mosquitto";

    private readonly Process _process;

    private Reference(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts it on a free port; null where it is not installed.</summary>
    public static async Task<Reference?> StartAsync(string folder, int port)
    {
        if (!File.Exists(Path)) return null;
        var settings = System.IO.Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(settings, $"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\nset_tcp_nodelay true\nlog_dest none\n");
        return new Reference(Process.Start(new ProcessStartInfo(Path, ["-c", settings]) { RedirectStandardOutput = true, RedirectStandardError = true })!, port);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
