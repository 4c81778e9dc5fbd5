using System.Globalization;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Benchmarks.Rules;

/// <summary>
/// What the rules of a water meter cost when the states of all homes are in memory: processor time a reading, bytes a home. Every home lives
/// its own hours; all report each hour, one home after the other, so that no state is in the processor's cache when its turn comes.
/// </summary>
internal static class RulesScenario
{
    public const string Help = """
          rules        the water rules over the states of many homes, in memory, on one core
              --homes N                  homes (default: 100000)
              --rule NAME                a preset (default: changning and adaptive)
        """;

    private const int WarmUpHours = 60; // longer than the longest window of a rule
    private const int MeasuredHours = 24;
    private const int MillilitresAUse = 6_000;

    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.FromHours(8));
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    public static int Run(string[] args)
    {
        var homes = 100_000;
        string[] rules = ["changning", "adaptive"];
        for (var i = 0; i < args.Length; i += 2)
        {
            var word = args.ElementAtOrDefault(i + 1) ?? "";
            if (args[i] == "--homes" && int.TryParse(word, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out homes) && homes > 0) continue;
            if (args[i] == "--rule" && RuleSettings.ByName(word) is not null)
            {
                rules = [word];
                continue;
            }

            Console.Error.WriteLine($"{args[i]} {word}: expected\n{Help}");
            return 2;
        }

        Console.WriteLine($"{homes:N0} homes, a reading an hour; measured over {MeasuredHours} h after {WarmUpHours} h");
        Console.WriteLine($"{"rule",-12} {"µs a reading",12} {"bytes a home",13} {"findings",9}");
        foreach (var rule in rules) Console.WriteLine(Measure(rule, RuleSettings.ByName(rule)!, homes));
        return 0;
    }

    private static string Measure(string rule, RuleSettings settings, int homes)
    {
        // A few homes first, so that the compiler's time is not counted as the rules'.
        Live(new WaterState[1_000], new long[1_000], settings, 0, WarmUpHours);
        var (states, registers) = (new WaterState[homes], new long[homes]);
        var empty = GC.GetTotalMemory(forceFullCollection: true);
        Live(states, registers, settings, 0, WarmUpHours);
        var cpu = Environment.CpuUsage.TotalTime;
        var findings = Live(states, registers, settings, WarmUpHours, WarmUpHours + MeasuredHours);
        var used = Environment.CpuUsage.TotalTime - cpu;
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - empty) / (double)homes;
        GC.KeepAlive(states);
        return FormattableString.Invariant($"{rule,-12} {used.TotalMicroseconds / ((long)homes * MeasuredHours),12:0.00} {bytes,13:0} {findings,9}");
    }

    private static int Live(WaterState[] states, long[] registers, RuleSettings settings, int fromHour, int untilHour)
    {
        var findings = 0;
        var context = new DeviceContext(new DeviceId("meter"), settings, Start, DeviceContext.UsualInterval, Absences.None) { Zone = Zone };
        for (var hour = fromHour; hour < untilHour; hour++)
        {
            var at = Start.AddHours(hour);
            var key = hour.ToString(CultureInfo.InvariantCulture);
            for (var home = 0; home < states.Length; home++)
            {
                if (IsUsed(home, hour)) registers[home] += MillilitresAUse;
                var report = new Report(key, at, at, false, false, null, null, new ReportBody.Water([new Reading(at, registers[home])], 1_000));
                var judgement = WaterRules.Receive(states[home] ?? WaterState.Initial, report, context, at);
                states[home] = judgement.State;
                foreach (var finding in judgement.Findings)
                    if (finding is Finding.Raised { Rule.Priority: Priority.P1 or Priority.P2 }) findings++;
            }
        }

        return findings;
    }

    /// <summary>Some six of the sixteen hours of the day, at hours of the home's own.</summary>
    private static bool IsUsed(int home, int hour)
    {
        var mixed = unchecked((uint)((home * 73_856_093) ^ (hour * 19_349_663)));
        mixed = unchecked((mixed ^ (mixed >> 15)) * 0x2C1B3C6D);
        return (hour + home) % 24 >= 8 && (mixed >> 8) % 10 < 4;
    }
}
