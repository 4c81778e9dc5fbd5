using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SeniorIoT.EndToEnd.Parts;

/// <summary>Where this repository is, and the programs published from it.</summary>
internal static class Repository
{
    private static readonly SemaphoreSlim Publishing = new(1);

    public static string Root { get; } = FindRoot();

    /// <summary>The server, published; the console inside is only fast that way.</summary>
    public static Task<string> ServerAsync() => PublishedAsync("src/SeniorIoT.Server", "artifacts/server", "SeniorIoT.Server.dll");

    /// <summary>The simulators, published.</summary>
    public static Task<string> SimulatorsAsync() => PublishedAsync("simulators/SeniorIoT.Simulators", "artifacts/simulators", "SeniorIoT.Simulators.dll");

    /// <summary>A file beside the repository or further up, in a folder called <c>shared</c>; null when there is none.</summary>
    public static string? Shared(string relative)
    {
        for (var folder = new DirectoryInfo(Root); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", relative);
            if (Path.Exists(path)) return path;
        }

        return null;
    }

    private static async Task<string> PublishedAsync(string project, string folder, string file)
    {
        var path = Path.Combine(Root, folder, file);
        await Publishing.WaitAsync();
        try
        {
            if (File.Exists(path)) return path;
            var (code, output) = await Command.RunAsync("dotnet", ["publish", Path.Combine(Root, project), "-c", "Release", "-o", Path.Combine(Root, folder), "-v", "quiet"], TimeSpan.FromMinutes(5));
            return code == 0 ? path : throw new InvalidOperationException($"{project} could not be published:\n{output}");
        }
        finally
        {
            Publishing.Release();
        }
    }

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var starts = new[] { AppContext.BaseDirectory, Path.GetDirectoryName(here)! };
        foreach (var start in starts)
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "SeniorIoT.sln"))) return folder.FullName;
        throw new InvalidOperationException($"SeniorIoT.sln is in no folder above {string.Join(" or ", starts)}.");
    }
}

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    /// <summary>Exit code and everything it printed, both streams together. Throws when it takes longer than <paramref name="limit"/>.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string program, IEnumerable<string> args, TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var arg in args) start.ArgumentList.Add(arg);
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(60));
        try
        {
            var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, string.Concat(output));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} took longer than {limit ?? TimeSpan.FromSeconds(60)}.");
        }
    }
}
