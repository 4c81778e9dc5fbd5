using System.Collections.Immutable;
using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Domain.Telemetry;

/// <summary>What the watch remembers between two looks. It is a fold over the causes that were told, so it survives a restart in them.</summary>
/// <param name="ToldAt">What was told since all was well, and when last.</param>
/// <param name="ToldDeadLetter">Id of the newest dead letter that was told of.</param>
/// <param name="Condition">The condition at the last look.</param>
/// <param name="Since">Since when it is that.</param>
/// <param name="WellSince">Since when nothing is wrong; null while something is.</param>
public sealed record StoreWatchState(
    ImmutableDictionary<StoreTrouble, DateTimeOffset> ToldAt, long ToldDeadLetter, StoreCondition Condition, DateTimeOffset? Since, DateTimeOffset? WellSince)
{
    /// <summary>Nothing was ever seen or told.</summary>
    public static StoreWatchState Empty { get; } = new(ImmutableDictionary<StoreTrouble, DateTimeOffset>.Empty, 0, StoreCondition.Ok, null, null);
}

/// <summary>
/// When the administrator is told that telemetry does not get to where it is kept. A short outage is nobody's business: it mends itself and
/// loses nothing. Each trouble is told once until all was well, and again every day that it lasts.
/// </summary>
public static class StoreWatch
{
    /// <summary>How long the database may be out of reach before anybody is told.</summary>
    public static readonly TimeSpan RetryingFor = TimeSpan.FromMinutes(5);

    /// <summary>How long anything may wait.</summary>
    public static readonly TimeSpan WaitingFor = TimeSpan.FromHours(1);

    /// <summary>How much of the room may be filled, 0 to 1.</summary>
    public const double FilledShare = 0.8;

    /// <summary>How long all must be well before the condition is over.</summary>
    public static readonly TimeSpan WellFor = TimeSpan.FromMinutes(1);

    /// <summary>A trouble that lasts is told again so often, also when a person closed the alert.</summary>
    public static readonly TimeSpan AgainEvery = TimeSpan.FromHours(24);

    /// <summary>New dead letters within this time of the last that were told are told together, after it.</summary>
    public static readonly TimeSpan DeadLettersEvery = TimeSpan.FromMinutes(10);

    /// <summary>Decides what is to be told at <paramref name="now"/>: a raise, a clearing, or nothing. Keep the new state only when that was told.</summary>
    public static (StoreWatchState State, Finding? Told) Decide(StoreWatchState state, StoreLook look, DateTimeOffset now)
    {
        var since = look.Since ?? (look.Condition == state.Condition ? state.Since : null) ?? now;
        var troubles = Enum.GetValues<StoreTrouble>().Where(trouble => Is(trouble, state, look, since, now)).ToList();
        var untold = troubles.Where(trouble => IsToTell(trouble, state, look, now)).ToList();
        // Dead letters that are known do not hold up the end of another trouble; an alert about nothing else ends when they are gone.
        var isWell = look.Condition == StoreCondition.Ok
            && troubles.TrueForAll(trouble => trouble == StoreTrouble.DeadLetters && state.ToldAt.Count > 1 && look.NewestDeadLetter == state.ToldDeadLetter);
        var next = state with { Condition = look.Condition, Since = since, WellSince = isWell ? state.WellSince ?? now : null };

        if (untold.Count > 0)
        {
            next = next with
            {
                ToldAt = state.ToldAt.SetItems(untold.Select(trouble => KeyValuePair.Create(trouble, now))), ToldDeadLetter = look.NewestDeadLetter, WellSince = null,
            };
            return (next, new Finding.Raised(Rule.TelemetryStore, now, Cause(untold, look, now), new Evidence(Note: Say(troubles, look))));
        }

        if (state.ToldAt.Count == 0 || next.WellSince is not { } well || now - well < WellFor) return (next, null);
        next = next with { ToldAt = StoreWatchState.Empty.ToldAt };
        return (next, new Finding.Cleared(Rule.TelemetryStore, now, Joined("Telemetry gets through again.", look.DeadLetters > 0 ? Kept(look) : null)));
    }

    /// <summary>The state after a restart, from what was told before.</summary>
    /// <param name="causes">Causes of this rule's alerts, each with the moment it was told.</param>
    /// <param name="troubledSince">Start of the trouble that was not seen to end; null when none is known.</param>
    public static StoreWatchState Resume(IEnumerable<(string Cause, DateTimeOffset At)> causes, DateTimeOffset? troubledSince)
    {
        var state = StoreWatchState.Empty;
        foreach (var (cause, at) in causes.OrderBy(told => told.At))
        {
            // A cause of another version that we cannot read is worth a repeat, not a failure.
            if (cause.Split('/') is not [_, _, var troubles, var newest, _] || !long.TryParse(newest, CultureInfo.InvariantCulture, out var deadLetter)) continue;
            state = state with { ToldDeadLetter = Math.Max(state.ToldDeadLetter, deadLetter) };
            if (troubledSince is null || at < troubledSince) continue;
            foreach (var word in troubles.Split('+'))
                if (Enum.TryParse<StoreTrouble>(word, out var trouble)) state = state with { ToldAt = state.ToldAt.SetItem(trouble, at) };
        }

        return state;
    }

    private static bool Is(StoreTrouble trouble, StoreWatchState state, StoreLook look, DateTimeOffset since, DateTimeOffset now) => trouble switch
    {
        StoreTrouble.Full => look.Condition == StoreCondition.Full,
        StoreTrouble.Paused => look.Condition == StoreCondition.Paused,
        StoreTrouble.Unreached => look.Condition == StoreCondition.Retrying && now - since > RetryingFor,
        StoreTrouble.Filling => look.WaitingBytes > look.WaitingBytesMax * FilledShare,
        StoreTrouble.Late => now - look.OldestWaitingAt > WaitingFor,
        StoreTrouble.DeadLetters => look.DeadLetters > 0 && (look.NewestDeadLetter > state.ToldDeadLetter || state.ToldAt.ContainsKey(StoreTrouble.DeadLetters)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static bool IsToTell(StoreTrouble trouble, StoreWatchState state, StoreLook look, DateTimeOffset now)
    {
        if (!state.ToldAt.TryGetValue(trouble, out var toldAt)) return true;
        return trouble == StoreTrouble.DeadLetters ? look.NewestDeadLetter > state.ToldDeadLetter && now - toldAt >= DeadLettersEvery : now - toldAt >= AgainEvery;
    }

    // Read again by Resume.
    private static string Cause(IEnumerable<StoreTrouble> told, StoreLook look, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture, $"{Rule.SystemSubject}/{Rule.TelemetryStore}/{string.Join('+', told)}/{look.NewestDeadLetter}/{now.ToUnixTimeMilliseconds()}");

    private static string Say(IReadOnlyList<StoreTrouble> troubles, StoreLook look)
    {
        var sentences = troubles.Select(trouble => trouble switch
        {
            StoreTrouble.Full => "There is no room left for telemetry that waits: devices will not be acknowledged and must send again.",
            StoreTrouble.Paused => "The database refuses telemetry, which waits on disk until a person mends that.",
            StoreTrouble.Unreached => "The database has been out of reach for more than 5 minutes; telemetry waits on disk.",
            StoreTrouble.Filling => string.Create(CultureInfo.InvariantCulture, $"Telemetry that waits fills {100 * look.WaitingBytes / Math.Max(1, look.WaitingBytesMax)} % of its room."),
            StoreTrouble.Late => "Some telemetry has been waiting for more than an hour.",
            StoreTrouble.DeadLetters => Kept(look),
            _ => throw new System.Diagnostics.UnreachableException(),
        }).ToList();
        // What the store itself says belongs to the gravest.
        return Joined([sentences[0], look.Problem, .. sentences.Skip(1)]);
    }

    private static string Kept(StoreLook look) => string.Create(
        CultureInfo.InvariantCulture, $"Lines that the database refused for ever: {look.DeadLetters}. Retry or forget them on the page System.");

    private static string Joined(params IEnumerable<string?> sentences) => string.Join(' ', sentences.Where(sentence => !string.IsNullOrEmpty(sentence)));
}
