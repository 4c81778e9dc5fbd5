using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Domain.Telemetry;

/// <summary>What is seen of the disk that everything is kept on.</summary>
/// <param name="JournalProblem">Why the last commit of the journal failed; null when it succeeded.</param>
/// <param name="FreeBytes">Room that is left.</param>
/// <param name="TotalBytes">Size of the disk.</param>
public readonly record struct DiskLook(string? JournalProblem, long FreeBytes, long TotalBytes);

/// <summary>
/// When the administrator is told that the disk is full, or nearly so. A journal that cannot be written is told at once, because nobody is
/// helped then; little room is told while there is still time.
/// </summary>
public static class DiskWatch
{
    /// <summary>Below this much there is too little room, on a large disk: half a day of 15,000 messages a second.</summary>
    public const long LowBytesMax = 2L << 30;

    /// <summary>On a small disk it is this share of it.</summary>
    public const double LowShare = 0.05;

    /// <summary>The rules that are looked at.</summary>
    public static IReadOnlyList<Rule> Rules { get; } = [Rule.Journal, Rule.DiskSpace];

    /// <summary>Below how many bytes a disk of this size has too little room.</summary>
    public static long LowBytes(long totalBytes) => Math.Min(LowBytesMax, (long)(totalBytes * LowShare));

    /// <summary>Decides what is to be told of one of <see cref="Rules"/>: a raise, a clearing, or nothing.</summary>
    /// <param name="rule">Which.</param>
    /// <param name="isOn">Whether its trouble was told and not cleared.</param>
    /// <param name="look">What is seen.</param>
    /// <param name="now">The moment.</param>
    public static Finding? Decide(Rule rule, bool isOn, DiskLook look, DateTimeOffset now)
    {
        var isTrouble = rule == Rule.Journal ? look.JournalProblem is not null : look.FreeBytes < LowBytes(look.TotalBytes);
        if (isTrouble && !isOn) return new Finding.Raised(rule, now, $"{Rule.SystemSubject}/{rule}/{now.ToUnixTimeMilliseconds()}", new Evidence(Note: Say(rule, look)));

        // Room that comes and goes around the limit is one trouble, not many.
        var isOver = rule == Rule.Journal ? look.JournalProblem is null : look.FreeBytes >= 2 * LowBytes(look.TotalBytes);
        return isOn && isOver ? new Finding.Cleared(rule, now, rule == Rule.Journal ? "Messages are written and acknowledged again." : $"{Room(look)}.") : null;
    }

    private static string Say(Rule rule, DiskLook look) => rule == Rule.Journal
        ? $"No message of any device is acknowledged until the journal can be written again: {look.JournalProblem} {Room(look)}. Devices keep their messages and send them again. Make room; it goes on by itself."
        : $"{Room(look)}. Make room, or move the data folder to a larger disk: when it is full no message can be taken.";

    private static string Room(DiskLook look) => string.Create(
        CultureInfo.InvariantCulture, $"{look.FreeBytes / (double)(1 << 30):0.0} of {look.TotalBytes / (double)(1 << 30):0.0} GB are free");
}
