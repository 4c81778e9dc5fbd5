using System.Globalization;

namespace SeniorIoT.Benchmarks.Storm;

/// <summary>What the scenario <c>storm</c> is asked for.</summary>
/// <param name="Alerts">How many homes call at once.</param>
/// <param name="TextsPerSecond">What the provider takes in a second.</param>
/// <param name="HasBrowser">Whether a console is open meanwhile.</param>
internal sealed record StormArguments(int Alerts, int TextsPerSecond, bool HasBrowser)
{
    public const string Help = """
          storm        thousands of alerts at once, a tenth of them calls for help: how soon those are texted, in what order, and whether a console can be used
              --alerts N                 homes that call at once (default: 10000)
              --texts-per-second N       what the provider takes (default: 100)
              --no-browser               only the API is asked meanwhile
        """;

    private const int AlertsUsual = 10_000, TextsUsual = 100;

    public static bool TryParse(string[] args, out StormArguments asked)
    {
        asked = new(AlertsUsual, TextsUsual, HasBrowser: true);
        for (var i = 0; i < args.Length; i++)
        {
            var hasNumber = int.TryParse(args.ElementAtOrDefault(i + 1), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) && number > 0;
            switch (args[i])
            {
                case "--no-browser": asked = asked with { HasBrowser = false }; break;
                case "--alerts" when hasNumber: (asked, i) = (asked with { Alerts = number }, i + 1); break;
                case "--texts-per-second" when hasNumber: (asked, i) = (asked with { TextsPerSecond = number }, i + 1); break;
                default:
                    Console.Error.WriteLine($"{args[i]} {args.ElementAtOrDefault(i + 1)}: expected\n{Help}");
                    return false;
            }
        }

        return true;
    }
}
