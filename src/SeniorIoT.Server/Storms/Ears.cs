using System.Collections.Concurrent;
using System.Collections.Immutable;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Storms;

/// <summary>
/// When we could not hear devices, whatever they said: because we were down or could keep nothing, or because the gateway they speak
/// through was silent. Kept in <c>alerts.db</c> and in memory. Thread-safe to ask; told by the sweeper alone.
/// </summary>
internal sealed class Ears
{
    /// <summary>The subject that is ourselves: no gateway has an empty id.</summary>
    private const string Ourselves = "";
    private const int TimesMax = 50;
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(30);

    private readonly SqliteFile _file;
    private readonly ConcurrentDictionary<string, ImmutableArray<DeafTime>> _times = new(StringComparer.Ordinal);
    private DateTimeOffset? _heardAt;
    private bool _isFirst = true;

    public Ears(AlertStore alerts)
    {
        _file = alerts.File;
        _heardAt = _file.Read(connection => connection.Rows("SELECT at FROM hearing WHERE subject = @us", row => row.Instant(0), ("@us", Ourselves)).Select(at => (DateTimeOffset?)at).FirstOrDefault());
        foreach (var (subject, time) in _file.Read(connection => connection.Rows(
            "SELECT subject, from_at, until_at FROM deaf ORDER BY from_at", row => (row.GetString(0), new DeafTime(row.Instant(1), row.InstantOrNull(2)))))) Take(subject, time);
    }

    /// <summary>When a device that speaks through <paramref name="gateway"/> (null: for itself) could not be heard, in order of their beginning.</summary>
    public ImmutableArray<DeafTime> TimesOf(string? gateway)
    {
        if (_times.IsEmpty) return [];
        var ours = _times.TryGetValue(Ourselves, out var times) ? times : [];
        return gateway is null || !_times.TryGetValue(gateway, out var its) ? ours : ours.IsEmpty ? its : [.. ours.Concat(its).OrderBy(time => time.From)];
    }

    /// <summary>
    /// We live, and can keep what we hear, or cannot (<paramref name="isHearing"/>). A pause, from a crash or a full disk, that was longer than
    /// <see cref="Deafness.Shortest"/> is written down; while it lasts it has no end.
    /// </summary>
    public async Task ListenAsync(bool isHearing, DateTimeOffset now)
    {
        var since = _heardAt ??= now;
        var wasDeaf = _times.TryGetValue(Ourselves, out var times) && times[^1].Until is null;
        if (!isHearing)
        {
            if (!wasDeaf && now - since > Deafness.Shortest) await SetAsync(Ourselves, new DeafTime(since, null));
            return;
        }

        if (wasDeaf) await SetAsync(Ourselves, times[^1] with { Until = now });
        else if (_isFirst && now - since > Deafness.Shortest) await SetAsync(Ourselves, new DeafTime(since, now));
        if (!_isFirst && now - since < WriteEvery) return;
        await _file.WriteAsync(connection => connection.Run("INSERT INTO hearing VALUES (@us, @now) ON CONFLICT (subject) DO UPDATE SET at = @now", ("@us", Ourselves), ("@now", now)));
        (_heardAt, _isFirst) = (now, false);
    }

    /// <summary>A gateway is silent since a moment. Repeating it is harmless.</summary>
    public Task LoseAsync(string gateway, DateTimeOffset from) =>
        _times.TryGetValue(gateway, out var times) && times[^1] is { Until: null } ? Task.CompletedTask : SetAsync(gateway, new DeafTime(from, null));

    /// <summary>A gateway is heard again. Repeating it is harmless.</summary>
    public Task FindAsync(string gateway, DateTimeOffset at) =>
        _times.TryGetValue(gateway, out var times) && times[^1] is { Until: null } last ? SetAsync(gateway, last with { Until = at }) : Task.CompletedTask;

    private async Task SetAsync(string subject, DeafTime time)
    {
        await _file.WriteAsync(connection => connection.Run(
            "INSERT INTO deaf VALUES (@subject, @from, @until) ON CONFLICT (subject, from_at) DO UPDATE SET until_at = @until", ("@subject", subject), ("@from", time.From), ("@until", time.Until)));
        Take(subject, time);
    }

    // Older ones cannot matter any more: each is an interval or more behind the next.
    private void Take(string subject, DeafTime time) => _times.AddOrUpdate(
        subject, [time], (_, times) => [.. times.Where(other => other.From != time.From).TakeLast(TimesMax - 1), time]);
}
