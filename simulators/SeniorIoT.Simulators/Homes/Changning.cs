using System.Collections.Immutable;
using System.Reflection;

namespace SeniorIoT.Simulators.Homes;

/// <summary>The real sub-districts and residents' committees of Changning. Everything else about a simulated home is invented.</summary>
internal static class Changning
{
    /// <summary>A residents' committee and the sub-district it belongs to.</summary>
    internal sealed record Committee(string Name, string SubDistrict);

    /// <summary>All 189, in the order of the official list.</summary>
    public static ImmutableArray<Committee> Committees { get; } = Read();

    /// <summary>Hours ahead of UTC; China has no summer time.</summary>
    public static TimeSpan Offset { get; } = TimeSpan.FromHours(8);

    private static ImmutableArray<Committee> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("changning.txt")!;
        using var reader = new StreamReader(stream);
        return
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith('#'))
                .Select(line => line.Split(": "))
                .SelectMany(parts => parts[1].Split(' ').Select(name => new Committee(name, parts[0]))),
        ];
    }
}
