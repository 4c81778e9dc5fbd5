using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using SeniorIoT.EndToEnd.Parts;
using SeniorIoT.Parts;
using SeniorIoT.Simulators.LoadTest.Shapes;

namespace SeniorIoT.Benchmarks.Ingest;

/// <summary>The published server as a process of its own, on free ports and a data folder of its own, and the load generator as another.</summary>
internal sealed class ServerUnderLoad : IDisposable
{
    private const string Password = "benchmark-4711";
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(3), LookEvery = TimeSpan.FromMilliseconds(20);

    private readonly string _server;
    private readonly string _simulators;
    private readonly string _folder = Directory.CreateTempSubdirectory("senioriot-load-").FullName;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly int _mqttPort = Ports.Take();
    private readonly HttpClient _http;
    private Process? _process;

    private ServerUnderLoad(string server, string simulators)
    {
        (_server, _simulators) = (server, simulators);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Ports.Take()}/"), Timeout = TimeSpan.FromSeconds(30) };
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
    }

    /// <summary>Where files for this run may be put; deleted at the end.</summary>
    public string Folder => _folder;

    /// <summary>Published, but not started.</summary>
    public static async Task<ServerUnderLoad> PrepareAsync() => new(await Repository.ServerAsync(), await Repository.SimulatorsAsync());

    /// <summary>Starts it; how long until it was ready.</summary>
    public async Task<TimeSpan> StartAsync()
    {
        var started = Stopwatch.GetTimestamp();
        _process = Start([_server, "serve", "--data", Data, "--urls", _http.BaseAddress!.ToString(), "--mqtt-port", $"{_mqttPort}"]);
        _process.OutputDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        while (!await IsReadyAsync())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > ReadyWithin)
                throw new InvalidOperationException($"The server is not ready:\n{string.Join('\n', _log)}");
            await Task.Delay(LookEvery, TimeProvider.System);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>SIGKILL; nothing is flushed.</summary>
    public void Kill()
    {
        if (_process is not { HasExited: false } process) return;
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Processor time and memory of the server so far.</summary>
    public ProcessCost Cost() => ProcessCost.Of(_process!.Id);

    /// <summary>Enrols from files while no server runs; writes the credentials beside each.</summary>
    public async Task ImportAsync(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            var (code, output) = await Command.RunAsync("dotnet", [_server, "import", file, "--data", Data, "--credentials", file + ".credentials"], TimeSpan.FromMinutes(5));
            if (code != 0) throw new InvalidOperationException($"The import of {file} failed:\n{output}");
        }
    }

    /// <summary>Runs <c>load</c> to its end. <paramref name="onProgress"/> is told how many messages are acknowledged.</summary>
    public async Task<string> LoadAsync(IEnumerable<string> args, Func<long, Task>? onProgress = null, int? mqttPort = null)
    {
        string[] where = ["--api", _http.BaseAddress!.ToString(), "--mqtt", $"127.0.0.1:{mqttPort ?? _mqttPort}"];
        using var load = Start([_simulators, "load", .. where, .. args]);
        var output = load.StandardOutput.ReadToEndAsync();
        List<string> said = [];
        while (await load.StandardError.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("acknowledged ", StringComparison.Ordinal)) await (onProgress?.Invoke(long.Parse(line[13..], CultureInfo.InvariantCulture)) ?? Task.CompletedTask);
            else said.Add(line);
        }

        await load.WaitForExitAsync();
        var text = await output;
        // 1 says that something was refused or a connection broke, and the result says what.
        return load.ExitCode <= 1 && said.Count == 0 ? text : throw new InvalidOperationException($"load ended with {load.ExitCode}:\n{string.Join('\n', said)}{text}");
    }

    /// <summary>Runs a shape and measures this server.</summary>
    public async Task<LoadResult> MeasureAsync(IEnumerable<string> args) =>
        LoadResult.Parse(await LoadAsync([.. args, "--server-pid", $"{_process!.Id}", "--json"]));

    /// <summary>Runs the same shape against <see cref="Reference"/>; null where that is not installed.</summary>
    public async Task<LoadResult?> MeasureReferenceAsync(IEnumerable<string> args)
    {
        using var reference = await Reference.StartAsync(_folder, Ports.Take());
        return reference is null ? null : LoadResult.Parse(await LoadAsync([.. args, "--server-pid", $"{reference.ProcessId}", "--json"], mqttPort: reference.Port));
    }

    /// <summary>The sum of a metric over all its labels, of those lines that hold <paramref name="label"/>; 0 when there is none.</summary>
    public async Task<double> MetricAsync(string name, string label = "")
    {
        var text = await _http.GetStringAsync(new Uri("metrics", UriKind.Relative));
        return text.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.AsSpan(name.Length).StartsWith(['{']) && line.Contains(label, StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
    }

    /// <summary>How many readings of a device are kept since yesterday.</summary>
    public async Task<int> ReadingsAsync(string deviceId)
    {
        if (_http.DefaultRequestHeaders.Authorization is null) _http.DefaultRequestHeaders.Authorization = await SignInAsync();
        var from = Uri.EscapeDataString(TimeProvider.System.GetUtcNow().AddDays(-2).ToString("O"));
        using var series = JsonDocument.Parse(await _http.GetStringAsync(new Uri($"api/v1/devices/{deviceId}/series?metric=total_l&every=raw&from={from}", UriKind.Relative)));
        return series.RootElement.GetProperty("items").GetArrayLength();
    }

    /// <summary>A client of the API who has logged in as the administrator.</summary>
    public async Task<HttpClient> LoginAsync()
    {
        var http = new HttpClient { BaseAddress = _http.BaseAddress, Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = await SignInAsync();
        return http;
    }

    private async Task<AuthenticationHeaderValue> SignInAsync()
    {
        using var answer = await _http.PostAsJsonAsync("api/v1/login", new { user = "admin", password = Password });
        using var login = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
        return new AuthenticationHeaderValue("Bearer", login.RootElement.GetProperty("accessToken").GetString());
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        Kill();
        _process?.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private static Process Start(string[] args)
    {
        var start = new ProcessStartInfo("dotnet", args) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SENIORIOT_ADMIN_PASSWORD"] = Password;
        start.Environment["SENIORIOT_PROBE_MINUTES"] = "0"; // what is measured is the load's alone
        return Process.Start(start)!;
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Nobody listens yet.
            return false;
        }
    }

    private void KillAtExit(object? sender, EventArgs exit) => Kill();
}
