using System.Text.RegularExpressions;

namespace SeniorIoT.Server.Tests.Ingest.PacketTests;

/// <summary>Packet tests of Mosquitto's that end differently here, and why. Each of the three texts is a regular expression for the whole name.</summary>
internal sealed record Deviation(string File, string Group, string Name, string Reason)
{
    public static readonly Deviation[] All =
    [
    ];

    /// <summary>The line that lists a test; null when none does.</summary>
    public static Deviation? Of(PacketTest test) => All.FirstOrDefault(line => Matches(line.File, test.File) && Matches(line.Group, test.Group) && Matches(line.Name, test.Name));

    private static bool Matches(string pattern, string text) => Regex.IsMatch(text, $"^(?:{pattern})$");
}
