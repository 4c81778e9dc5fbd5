using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using SeniorIoT.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd.Parts;

/// <summary>
/// The real server, published, as a process of its own on free ports, with a data folder of its own. It can be killed as the kernel
/// would, and started again on the same data and ports.
/// </summary>
public class ServerProcess : IAsyncLifetime
{
    /// <summary>Password of <c>admin</c>.</summary>
    public const string Password = "end-to-end-4711";

    private const int SigTerm = 15;
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly ConcurrentQueue<string> _log = new();
    private Process? _process;

    public ServerProcess()
        : this(Directory.CreateTempSubdirectory("senioriot-e2e-").FullName)
    {
    }

    /// <param name="dataFolder">Where it keeps everything; deleted at the end.</param>
    protected ServerProcess(string dataFolder)
    {
        int[] ports = [Ports.Take(), Ports.Take()];
        (HttpPort, MqttPort, DataFolder) = (ports[0], ports[1], dataFolder);
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
    }

    public int HttpPort { get; }

    public int MqttPort { get; }

    public string DataFolder { get; }

    public Uri Address => new($"http://127.0.0.1:{HttpPort}/");

    /// <summary>Everything it printed so far, all its lives together.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>An administrator's client; logged in at start.</summary>
    internal ApiClient Api { get; private set; } = null!;

    /// <summary>Options beside folder, address and ports.</summary>
    protected virtual IEnumerable<string> Options => [];

    public virtual async ValueTask InitializeAsync()
    {
        await StartAsync();
        Api = await ApiClient.LoginAsync(Address, "admin", Password);
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        await LaunchAsync();
        await Wait.UntilAsync("the server is ready", async () =>
        {
            if (_process!.HasExited) throw new InvalidOperationException($"The server ended with code {_process.ExitCode}:\n{Log}");
            return await IsReadyAsync();
        }, 60);
    }

    /// <summary>Starts it and does not wait.</summary>
    public async Task LaunchAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] args = [await Repository.ServerAsync(), "serve", "--data", DataFolder, "--urls", $"http://127.0.0.1:{HttpPort}", "--mqtt-port", $"{MqttPort}", .. Options];
        foreach (var arg in args) start.ArgumentList.Add(arg);
        start.Environment["SENIORIOT_ADMIN_PASSWORD"] = Password;
        start.Environment["SENIORIOT_PROBE_MINUTES"] = "0"; // tests count what devices said
        _process?.Dispose();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task<bool> IsReadyAsync()
    {
        using var answer = await Http.GetAsync(new Uri(Address, "health/ready"));
        return answer.IsSuccessStatusCode;
    }

    /// <summary>The process it is now.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>SIGKILL, without waiting for its end.</summary>
    public void Shoot() => _process?.Kill();

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code: 137 when it was killed.</returns>
    public async Task<int> EndAsync()
    {
        await _process!.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: no goodbye, nothing is flushed. Returns when the process is gone.</summary>
    public void KillNow()
    {
        if (_process is not { HasExited: false } process) return;
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>SIGTERM, as systemd stops it; waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        if (_process is not { HasExited: false } process) return 0;
        Assert.Equal(0, Signal(process.Id, SigTerm));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    public virtual async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        KillNow();
        _process?.Dispose();
        Api?.Dispose();
        if (Directory.Exists(DataFolder)) Directory.Delete(DataFolder, recursive: true);
        GC.SuppressFinalize(this);
        await ValueTask.CompletedTask;
    }

    // A test run that is broken off leaves no server behind.
    private void KillAtExit(object? sender, EventArgs exit) => KillNow();

    private void Note(string? line)
    {
        if (line is not null) _log.Enqueue(line);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int pid, int signal);
}
