using System.Diagnostics;
using System.Globalization;

namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>What a process cost so far, as the kernel counts it.</summary>
/// <param name="Cpu">User and system time of all its threads, those that ended included.</param>
/// <param name="ResidentBytes">Memory now.</param>
/// <param name="ResidentBytesMax">Memory at most, since it started.</param>
/// <param name="Stamp">When this was read (<see cref="Stopwatch.GetTimestamp"/>).</param>
internal readonly record struct ProcessCost(TimeSpan Cpu, long ResidentBytes, long ResidentBytesMax, long Stamp)
{
    // USER_HZ, which has been 100 on every Linux for decades.
    private const int TicksPerSecond = 100;

    /// <summary>Reads <c>/proc</c>.</summary>
    /// <exception cref="IOException">There is no such process.</exception>
    public static ProcessCost Of(int pid)
    {
        var status = File.ReadLines($"/proc/{pid}/status").ToList();
        return new(CpuIn(File.ReadAllText($"/proc/{pid}/stat")), Kilobytes(status, "VmRSS:"), Kilobytes(status, "VmHWM:"), Stopwatch.GetTimestamp());
    }

    /// <summary>User and system time in a line of <c>/proc/PID/stat</c>.</summary>
    public static TimeSpan CpuIn(string stat)
    {
        // The second field is a name in brackets that may hold anything.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }

    /// <summary>Processor time of all processes together since the machine started.</summary>
    public static TimeSpan OfMachine() => BusyIn(File.ReadLines("/proc/stat").First());

    /// <summary>Time that is not idle in the first line of <c>/proc/stat</c>; waiting for a disk is idle.</summary>
    public static TimeSpan BusyIn(string stat)
    {
        var ticks = stat.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return TimeSpan.FromSeconds((double)(ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond);
    }

    /// <summary>How many files a process may open.</summary>
    public static long OpenFilesMax(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        return long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture, out var max) ? max : long.MaxValue;
    }

    private static long Kilobytes(List<string> status, string name) => 1_024 * long.Parse(
        status.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
