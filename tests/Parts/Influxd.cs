using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace SeniorIoT.Parts;

/// <summary>
/// A real InfluxDB, Debian's 1.6.7, as a process of its own on free loopback ports with a configuration and a folder of its own. It can be
/// stopped, killed, and started again on the same data and ports. It ends with the tests.
/// </summary>
internal sealed class Influxd : IAsyncDisposable
{
    /// <summary>The first administrator, where <see cref="HasLogin"/> asks for one.</summary>
    public const string User = "admin";

    /// <summary>Password of <see cref="User"/>.</summary>
    public const string Password = "influx-4711";

    private const int SigTerm = 15;
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private static readonly Lazy<Task<Influxd>> Shared = new(async () =>
    {
        var server = new Influxd();
        await server.StartAsync();
        return server;
    });

    private readonly ConcurrentQueue<string> _log = new();
    private readonly int _port;
    private readonly int _rpcPort;
    private Process? _process;

    public Influxd()
    {
        (_port, _rpcPort) = (Ports.Take(), Ports.Take());
        Folder = Directory.CreateTempSubdirectory("influxd-").FullName;
        AppDomain.CurrentDomain.ProcessExit += EndAtExit;
    }

    /// <summary>Whether it asks who writes and reads. Set before the start.</summary>
    public bool HasLogin { get; init; }

    /// <summary>Writes at the same time before it answers 503; 0 for any number. Set before the start.</summary>
    public int WritesMax { get; init; }

    /// <summary>Seconds without a write after which it moves its log into compact files; 0 for its own 10 minutes and 4 hours. Set before the start.</summary>
    public int ColdSeconds { get; init; }

    /// <summary>Where its files are; a small tmpfs may be mounted there before the start.</summary>
    public string Folder { get; }

    public string Url => $"http://127.0.0.1:{_port}";

    /// <summary>Its process. Only while it runs.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>Everything it printed so far.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>One server for all tests that only need a database of their own on it. It needs no login.</summary>
    public static Task<Influxd> SharedAsync() => Shared.Value;

    /// <summary>Starts it and waits until it answers.</summary>
    public async Task StartAsync()
    {
        var config = Path.Combine(Folder, "influxdb.conf");
        await File.WriteAllTextAsync(config, Config());
        var start = new ProcessStartInfo(Binary()) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-config");
        start.ArgumentList.Add(config);
        // It writes no pid file and no history outside its folder.
        start.Environment["HOME"] = Folder;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilReadyAsync();
        if (HasLogin) await QueryAsync("", $"CREATE USER {User} WITH PASSWORD '{Password}' WITH ALL PRIVILEGES");
    }

    /// <summary>Makes a database. Making one that is there changes nothing.</summary>
    /// <param name="name">Letters, digits and _.</param>
    /// <param name="retention">As InfluxQL says it, such as <c>30d</c>; null for ever.</param>
    public Task CreateDatabaseAsync(string name, string? retention = null) =>
        QueryAsync("", $"CREATE DATABASE \"{name}\"{(retention is null ? "" : $" WITH DURATION {retention} REPLICATION 1 SHARD DURATION 1d")}");

    /// <summary>The three databases of a store.</summary>
    public async Task CreateDatabasesAsync(string name)
    {
        foreach (var tier in (string[])["", "_1h", "_1d"]) await CreateDatabaseAsync(name + tier);
    }

    /// <summary>Runs InfluxQL past our own client; times come in milliseconds. Throws with the server's words when a statement fails.</summary>
    /// <returns>Every row of every series, each value as the server wrote it.</returns>
    public async Task<IReadOnlyList<string[]>> QueryAsync(string database, string statement)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Url}/query?epoch=ms&db={Uri.EscapeDataString(database)}");
        request.Content = new FormUrlEncodedContent([new("q", statement)]);
        if (HasLogin) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{User}:{Password}")));
        using var response = await Http.SendAsync(request);
        using var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
        var rows = new List<string[]>();
        if (answer.RootElement.TryGetProperty("error", out var error)) throw new InvalidOperationException($"{statement}: {error}");
        foreach (var result in answer.RootElement.GetProperty("results").EnumerateArray())
        {
            if (result.TryGetProperty("error", out error)) throw new InvalidOperationException($"{statement}: {error}");
            if (!result.TryGetProperty("series", out var all)) continue;
            foreach (var series in all.EnumerateArray())
                rows.AddRange(series.GetProperty("values").EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.ToString()).ToArray()));
        }

        return rows;
    }

    /// <summary>SIGTERM, as systemd stops it; waits for its end.</summary>
    public async Task StopAsync()
    {
        if (_process is not { HasExited: false } process) return;
        if (Signal(process.Id, SigTerm) != 0) throw new InvalidOperationException("influxd could not be told to stop.");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await process.WaitForExitAsync(limit.Token);
    }

    /// <summary>SIGKILL: no goodbye, nothing is flushed. Returns when the process is gone.</summary>
    public void KillNow()
    {
        if (_process is not { HasExited: false } process) return;
        process.Kill();
        process.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndAtExit;
        End();
        return ValueTask.CompletedTask;
    }

    private string Config() => $"""
        reporting-disabled = true
        bind-address = "127.0.0.1:{_rpcPort}"
        [meta]
          dir = "{Folder}/meta"
        [data]
          dir = "{Folder}/data"
          wal-dir = "{Folder}/wal"
          index-version = "tsi1"
          wal-fsync-delay = "0s"
          query-log-enabled = false
        {(ColdSeconds > 0 ? $"  cache-snapshot-write-cold-duration = \"{ColdSeconds}s\"\n  compact-full-write-cold-duration = \"{ColdSeconds}s\"" : "")}
        [http]
          bind-address = "127.0.0.1:{_port}"
          auth-enabled = {(HasLogin ? "true" : "false")}
          log-enabled = false
          max-concurrent-write-limit = {WritesMax.ToString(CultureInfo.InvariantCulture)}
        [monitor]
          store-enabled = false
        [subscriber]
          enabled = false
        [continuous_queries]
          enabled = false
        """;

    private async Task WaitUntilReadyAsync()
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(60))
        {
            if (_process!.HasExited) throw new InvalidOperationException($"influxd ended with code {_process.ExitCode}:\n{Log}");
            try
            {
                using var answer = await Http.GetAsync(new Uri($"{Url}/ping"));
                if (answer.StatusCode == HttpStatusCode.NoContent) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet: look again.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        throw new TimeoutException($"influxd was not ready within a minute:\n{Log}");
    }

    private static string Binary()
    {
        string?[] places =
        [
            Environment.GetEnvironmentVariable("INFLUXD"),
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "influxd")),
            Path.Combine(Root(), "artifacts", "influxdb", "usr", "bin", "influxd"),
        ];
        return places.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no influxd for these tests. ./test.sh fetches it into artifacts/influxdb; or install Debian's package influxdb, or set INFLUXD to the program.");
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "SeniorIoT.sln"))) return folder.FullName;
        return "";
    }

    private void End()
    {
        KillNow();
        _process?.Dispose();
        _process = null;
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    // A test run that is broken off leaves no server and no files behind.
    private void EndAtExit(object? sender, EventArgs exit) => End();

    private void Note(string? line)
    {
        if (line is not null) _log.Enqueue(line);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int pid, int signal);
}
