using System.Diagnostics;

namespace SeniorIoT.Server.Tests.Backups;

/// <summary>The program as a process of its own.</summary>
internal static class OtherProcess
{
    /// <summary>Runs a command to its end. What it printed, on both streams, and its code.</summary>
    public static async Task<(int Code, string Told)> RunAsync(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "SeniorIoT.Server.dll"));
        foreach (var arg in args) start.ArgumentList.Add(arg);
        using var process = Process.Start(start)!;
        var told = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(told));
    }
}
