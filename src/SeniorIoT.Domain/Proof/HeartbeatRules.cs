using System.Globalization;

namespace SeniorIoT.Domain.Proof;

/// <summary>When each part of the server went round last, and what it says of itself.</summary>
/// <param name="SweptAt">Deadlines were looked at; null: not since the start.</param>
/// <param name="OutboxAt">What is owed was looked at.</param>
/// <param name="CheckpointAt">The journal let go of what was worked off.</param>
/// <param name="JournalProblem">Why the journal cannot be written; null when it can.</param>
/// <param name="ReconciledAt">The books were closed.</param>
/// <param name="Breaks">Breaks that were found then and not mended.</param>
/// <param name="ProbeProblem">What was wrong with the last probe; null when nothing was, or none is made.</param>
public sealed record Rounds(
    DateTimeOffset? SweptAt, DateTimeOffset? OutboxAt, DateTimeOffset? CheckpointAt, string? JournalProblem, DateTimeOffset? ReconciledAt, int Breaks, string? ProbeProblem);

/// <summary>
/// Whether somebody outside may be told that all is well. The other way round than an alarm: silence is the alarm, so in doubt nothing
/// is said.
/// </summary>
public static class HeartbeatRules
{
    /// <summary>So old the last look at deadlines may be; it comes every second.</summary>
    public static readonly TimeSpan SweepWithin = TimeSpan.FromSeconds(30);

    /// <summary>So old the last look at the outbox may be: a round ends when the slowest text of fifty was answered for.</summary>
    public static readonly TimeSpan OutboxWithin = TimeSpan.FromMinutes(5);

    /// <summary>So old the last checkpoint may be.</summary>
    public static readonly TimeSpan CheckpointWithin = TimeSpan.FromMinutes(1);

    /// <summary>So old the last reconciliation may be; it comes every hour.</summary>
    public static readonly TimeSpan ReconciledWithin = TimeSpan.FromMinutes(130);

    /// <summary>Why nothing is said, in an English sentence; null: all is well.</summary>
    public static string? WhyNot(Rounds rounds, DateTimeOffset now)
    {
        if (rounds.JournalProblem is not null) return "The journal cannot be written.";
        if (IsOld(rounds.CheckpointAt, CheckpointWithin)) return "Checkpoints do not go round.";
        if (IsOld(rounds.SweptAt, SweepWithin)) return "Deadlines are not looked at.";
        if (IsOld(rounds.OutboxAt, OutboxWithin)) return "The outbox does not go round.";
        if (rounds.ReconciledAt is null) return "The books were not closed yet.";
        if (IsOld(rounds.ReconciledAt, ReconciledWithin)) return "The books were not closed for too long.";
        if (rounds.Breaks > 0) return string.Create(CultureInfo.InvariantCulture, $"Between call and answer {rounds.Breaks} things are missing.");
        return rounds.ProbeProblem;

        bool IsOld(DateTimeOffset? at, TimeSpan limit) => at is null || now - at > limit;
    }
}
