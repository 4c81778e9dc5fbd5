using System.Diagnostics;
using System.Globalization;

namespace SeniorIoT.Server.Tests.Fuzz;

/// <summary>
/// How long and with which luck. <c>FUZZ_SECONDS</c> (10 by default) is the time of each test; <c>FUZZ_SEED</c> repeats what was drawn. A mutation
/// loop without guidance by coverage: AFL, which SharpFuzz needs, cannot be had where this is built.
/// </summary>
internal static class FuzzRun
{
    /// <summary>How long a test runs.</summary>
    public static TimeSpan Time { get; } = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("FUZZ_SECONDS") ?? "10", CultureInfo.InvariantCulture));

    /// <summary>Where the lots begin.</summary>
    public static int Seed { get; } = int.Parse(Environment.GetEnvironmentVariable("FUZZ_SEED") ?? $"{Environment.ProcessId}", CultureInfo.InvariantCulture);

    /// <summary>Tries one case after the other until the time is over; each has a seed of its own, so a failure is repeated alone.</summary>
    /// <returns>How many cases there were.</returns>
    public static int ForTheTime(Action<Random> attempt, double share = 1)
    {
        var watch = Stopwatch.StartNew();
        var count = 0;
        for (; watch.Elapsed < share * Time; count++) attempt(CaseOf(count));
        return count;
    }

    /// <summary>The lots of a case.</summary>
    public static Random CaseOf(long number) => new(unchecked((int)((Seed * 1_000_003L) + number)));

    /// <summary>Bytes to print; all of them unless there are very many.</summary>
    public static string Print(ReadOnlySpan<byte> bytes) => $"{bytes.Length} bytes: {Convert.ToHexString(bytes[..Math.Min(bytes.Length, 8_192)])}{(bytes.Length > 8_192 ? "…" : "")}";
}
