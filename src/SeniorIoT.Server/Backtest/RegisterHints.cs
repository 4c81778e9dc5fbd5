using System.Globalization;

namespace SeniorIoT.Server.Backtest;

/// <summary>What a file says of the register of one home.</summary>
/// <param name="HouseholdId">Which home.</param>
/// <param name="Months">Covered time.</param>
/// <param name="StepLitres">What one step is worth.</param>
/// <param name="LitresADay">What is used on a covered day.</param>
internal readonly record struct HomeRegister(string HouseholdId, double Months, long StepLitres, double LitresADay);

/// <summary>What whoever reads the results should know of the registers: they are not what the rules are made for.</summary>
internal static class RegisterHints
{
    // Nobody lives on less; in cubic metres a home uses about 0.1 a day.
    private const double LitresADayMin = 2;

    /// <summary>From here on a register proves no use below 10 L.</summary>
    private const long CoarseLitres = 10;

    // About a week: less shows neither.
    private const double MonthsMin = 0.25;

    /// <summary>The hints, each with the remedy or what follows; none for usual registers.</summary>
    public static IEnumerable<string> Of(IEnumerable<HomeRegister> all)
    {
        var homes = all.Where(home => home.Months >= MonthsMin).ToList();
        var used = homes.Where(home => home.LitresADay > 0).ToList();
        var little = used.Where(home => home.LitresADay < LitresADayMin).ToList();
        if (little.Count * 2 > used.Count)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"total_l: {Which(little, homes)} use less than {LitresADayMin} L a day. If the column holds cubic metres, multiply it by 1000.");
        }

        foreach (var coarse in homes.Where(home => home.StepLitres >= CoarseLitres).GroupBy(home => home.StepLitres).OrderBy(group => group.Key))
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"total_l: {Which([.. coarse], homes)} have a register in steps of {coarse.Key} L. It proves no use below that: no-water means that it did not move.");
        }
    }

    private static string Which(List<HomeRegister> some, IReadOnlyList<HomeRegister> all) => $"{some.Count} of {all.Count} households ('{some[0].HouseholdId}' first)";
}
