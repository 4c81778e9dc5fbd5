using System.CommandLine;
using SeniorIoT.Api;
using SeniorIoT.Server.Telemetry;

namespace SeniorIoT.Server.Hosting;

/// <summary>The command <c>export</c>.</summary>
internal static class ExportCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var file = new Option<string>("--out") { Description = "the new file", Required = true };
        var household = new Option<string?>("--household") { Description = "one household" };
        var committee = new Option<string?>("--committee") { Description = "all households of a committee, by name" };
        var subDistrict = new Option<string?>("--sub-district") { Description = "all households of a sub-district, by name; without any of the three: everything" };
        var from = new Option<string?>("--from") { Description = "ISO 8601 instant, e.g. 2026-01-01T00:00:00+08:00" };
        var to = new Option<string?>("--to") { Description = "ISO 8601 instant after it" };
        var metric = new Option<string>("--metric") { Description = "total_l: the register as it was read; use_l: water used in each step", DefaultValueFactory = _ => "total_l" };
        var every = new Option<string>("--every") { Description = "raw with total_l; 1h or 1d with use_l", DefaultValueFactory = _ => "raw" };
        var format = new Option<string?>("--format") { Description = "csv, csv.gz or parquet (default: as the file's name ends)" };
        var command = new Command(
            "export",
            "Writes water telemetry to a CSV or Parquet file, also while the server runs. Times are UTC; an empty use is unknown, which is not zero. "
            + "Data folder, time zone and store are those that serve would use: options, variables, appsettings.json.")
        {
            file, household, committee, subDistrict, from, to, metric, every, format,
        };
        var serve = new ServeSettings(command, "data", "time-zone", "telemetry-store");
        command.SetAction(async (parsed, cancel) => serve.TryRead(parsed, out var options)
            ? await new ExportCli(options, parsed.GetRequiredValue(file), TimeProvider.System).RunAsync(
                new NewExport(
                    parsed.GetValue(household), parsed.GetValue(committee), parsed.GetValue(subDistrict), parsed.GetValue(from), parsed.GetValue(to),
                    parsed.GetValue(metric), parsed.GetValue(every), parsed.GetValue(format)),
                System.Console.Error, cancel)
            : 2);
        return command;
    }
}

/// <summary>The option <c>--data</c> of commands that work on a server's folder.</summary>
internal static class DataOption
{
    /// <summary>The option; without it the variable that the server reads too, then its default.</summary>
    public static Option<string> Create(string meaning) => new("--data")
    {
        Description = meaning + " (default: SENIORIOT_DATA, else data)",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("SENIORIOT_DATA") ?? "data",
    };
}
