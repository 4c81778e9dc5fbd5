using System.Globalization;

namespace SeniorIoT.Benchmarks.Ingest;

/// <summary>What the scenario <c>ingest</c> is asked for.</summary>
/// <param name="Shapes">Which rows; empty: all.</param>
/// <param name="IsQuick">Small and short: whether it works, not what it costs.</param>
/// <param name="Devices">Size of the fleet.</param>
internal sealed record IngestArguments(IReadOnlyList<string> Shapes, bool IsQuick, int Devices)
{
    public const string Help = """
          ingest       what a message costs the server, from socket to disk and rules, and how long a press takes beside it
              --shape devices|gateways|paced|idle|sos|fleet   only this one; may be given again (default: all)
              --devices N                devices of the fleet (default: 1000000)
              --quick                    small and short: whether it works, not what it costs
            Options of the server are read from SENIORIOT_… variables, as always.
        """;

    /// <summary>All there are, in the order in which they run.</summary>
    public static readonly IReadOnlyList<string> All = ["devices", "gateways", "paced", "idle", "sos", "fleet"];

    private const int DevicesUsual = 1_000_000, DevicesQuick = 20_000;

    public static bool TryParse(string[] args, out IngestArguments asked)
    {
        List<string> shapes = [];
        var (isQuick, devices) = (false, 0);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--quick") isQuick = true;
            else if (args[i] == "--shape" && i + 1 < args.Length && All.Contains(args[i + 1])) shapes.Add(args[++i]);
            else if (args[i] == "--devices" && int.TryParse(args.ElementAtOrDefault(i + 1), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out devices) && devices > 0) i++;
            else
            {
                Console.Error.WriteLine($"{args[i]} {args.ElementAtOrDefault(i + 1)}: expected\n{Help}");
                asked = null!;
                return false;
            }
        }

        asked = new(shapes.Count > 0 ? shapes : All, isQuick, devices > 0 ? devices : isQuick ? DevicesQuick : DevicesUsual);
        return true;
    }
}
