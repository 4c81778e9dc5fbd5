using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Storms;

/// <summary>JSON of findings that are held back.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Finding.Raised))]
internal sealed partial class HeldJson : JsonSerializerContext;

/// <summary>A finding that raises no alert for the time being.</summary>
/// <param name="Key">The key of the alert it would be.</param>
/// <param name="By">Why it is held back.</param>
/// <param name="Household">Where.</param>
/// <param name="Device">Of which device.</param>
/// <param name="Finding">The newest.</param>
/// <param name="LastAt">When that came.</param>
/// <param name="ClearedAt">When its trouble ended; null while it is there.</param>
internal sealed record HeldFinding(string Key, HeldBy By, HouseholdId Household, DeviceId Device, Finding.Raised Finding, DateTimeOffset LastAt, DateTimeOffset? ClearedAt);

/// <summary>
/// Findings held back and the shelves that hold them, in <c>alerts.db</c>; keys and shelves also in memory, as every finding asks. At most one
/// finding is held of a key: the newest. Thread-safe.
/// </summary>
internal sealed class HeldStore
{
    private const string ShelfColumns = "n, household_id, device_id, rule, by, reason, from_at, until_at, ended_at, ended_by, held";

    private readonly SqliteFile _file;
    private readonly ConcurrentDictionary<string, HeldBy> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<HouseholdId, ImmutableArray<Shelf>> _shelves = new();

    /// <summary>Reads what is held from the file.</summary>
    public HeldStore(AlertStore alerts, TimeProvider clock)
    {
        _file = alerts.File;
        _file.Read(connection => connection.Rows("SELECT key, held_by FROM held", row => _keys[row.GetString(0)] = (HeldBy)row.GetInt32(1)));
        foreach (var shelf in List(true, null, long.MaxValue, int.MaxValue, clock.GetUtcNow())) Remember(shelf);
    }

    /// <summary>Why a key's finding is held back; null when it is not.</summary>
    public HeldBy? IsHeld(string key) => _keys.TryGetValue(key, out var by) ? by : null;

    /// <summary>The shelf that holds back a finding at a moment; null: none.</summary>
    public Shelf? Covering(HouseholdId household, Rule rule, DeviceId device, DateTimeOffset now) =>
        _shelves.IsEmpty || !_shelves.TryGetValue(household, out var shelves) ? null : shelves.FirstOrDefault(shelf => shelf.Covers(rule, device, now));

    /// <summary>
    /// How often a key's alerts were raised, and how often they were over again, since a moment.
    /// </summary>
    public (int Raises, int Ends) CountSince(string key, DateTimeOffset since) => _file.Read(connection => connection.Rows(
        """
        SELECT coalesce(sum(t.kind IN ('raised', 'repeated', 'called_again')), 0), coalesce(sum(t.kind IN ('cleared', 'closed')), 0)
        FROM alerts a JOIN timeline t USING (alert_id) WHERE a.key = @key AND t.at > @since
        """,
        row => (row.GetInt32(0), row.GetInt32(1)), ("@key", key), ("@since", since))[0]);

    /// <summary>Holds back a finding until <paramref name="dueAt"/>, and remembers its cause, so that it is held and counted once.</summary>
    public async Task HoldAsync(string key, HeldBy by, Shelf? shelf, Finding.Raised found, DeviceId device, HouseholdId household, DateTimeOffset now, DateTimeOffset dueAt)
    {
        await _file.WriteAsync(connection =>
        {
            var isNew = connection.Run("INSERT OR IGNORE INTO causes VALUES (@cause, '', @now)", ("@cause", found.Cause), ("@now", now)) == 1;
            connection.Run(
                """
                INSERT INTO held (key, held_by, shelf_id, household_id, device_id, rule, finding, times, first_at, last_at, due_at)
                VALUES (@key, @by, @shelf, @household, @device, @rule, @finding, 1, @now, @now, @due)
                ON CONFLICT (key) DO UPDATE SET held_by = @by, shelf_id = @shelf, device_id = @device, finding = @finding, times = times + @new, last_at = @now, cleared_at = NULL, due_at = @due
                """,
                ("@key", key), ("@by", (int)by), ("@shelf", shelf?.Id), ("@household", household.Value), ("@device", device.Value), ("@rule", found.Rule.Id),
                ("@finding", JsonSerializer.Serialize(found, HeldJson.Default.Raised)), ("@now", now), ("@due", dueAt), ("@new", isNew ? 1 : 0));
            if (isNew && shelf is not null) connection.Run("UPDATE shelves SET held = held + 1 WHERE n = @n", ("@n", shelf.Id));
        });
        _keys[key] = by;
    }

    /// <summary>The trouble of a held finding is over. Costs a look-up where nothing is held.</summary>
    public Task ClearAsync(string key, DateTimeOffset at) => !_keys.ContainsKey(key) ? Task.CompletedTask
        : _file.WriteAsync(connection => connection.Run("UPDATE held SET cleared_at = @at WHERE key = @key", ("@key", key), ("@at", at)));

    /// <summary>What is to be let go.</summary>
    public List<HeldFinding> ReadDue(DateTimeOffset now, int limit) => _file.Read(connection => connection.Rows(
        "SELECT key, held_by, household_id, device_id, finding, last_at, cleared_at FROM held WHERE due_at <= @now ORDER BY due_at LIMIT @limit",
        row => new HeldFinding(
            row.GetString(0), (HeldBy)row.GetInt32(1), new(row.GetString(2)), new(row.GetString(3)), JsonSerializer.Deserialize(row.GetString(4), HeldJson.Default.Raised)!,
            row.Instant(5), row.InstantOrNull(6)),
        ("@now", now), ("@limit", limit)));

    /// <summary>Whether findings of a device are gathered as flapping, others than <paramref name="key"/>'s.</summary>
    public bool HasOtherFlapping(DeviceId device, string key) => _file.Read(connection => connection.Has(
        "SELECT 1 FROM held WHERE held_by = @by AND device_id = @device AND key <> @key", ("@by", (int)HeldBy.Flapping), ("@device", device.Value), ("@key", key)));

    /// <summary>Forgets a finding that was let go, unless a newer one came meanwhile.</summary>
    public async Task ForgetAsync(HeldFinding held)
    {
        if (await _file.WriteAsync(connection => connection.Run("DELETE FROM held WHERE key = @key AND last_at = @last", ("@key", held.Key), ("@last", held.LastAt))) == 1)
            _keys.TryRemove(held.Key, out _);
    }

    /// <summary>Holds a finding longer.</summary>
    public Task MoveAsync(HeldFinding held, DateTimeOffset dueAt) => _file.WriteAsync(connection =>
        connection.Run("UPDATE held SET due_at = @due WHERE key = @key AND last_at = @last", ("@key", held.Key), ("@due", dueAt), ("@last", held.LastAt)));

    /// <summary>The shelf that holds back findings of a device the longest from a moment on; null: none does.</summary>
    public Shelf? LongestCovering(HouseholdId household, Rule rule, DeviceId device, DateTimeOffset now) =>
        !_shelves.TryGetValue(household, out var shelves) ? null : shelves.Where(shelf => shelf.Covers(rule, device, now)).MaxBy(shelf => shelf.UntilAt);

    /// <summary>Shelves that are new or were ended, and were not brought to open alerts yet.</summary>
    public List<Shelf> ReadToApply(DateTimeOffset now, int limit) => _file.Read(connection => connection.Rows(
        $"SELECT {ShelfColumns} FROM shelves WHERE apply_at <= @now ORDER BY apply_at LIMIT @limit", ReadShelf, ("@now", now), ("@limit", limit)));

    /// <summary>Open alerts of the findings that a shelf is about, with the keys of their grains.</summary>
    public List<(string Key, Alert Alert)> OpenUnder(Shelf shelf) => _file.Read(connection => connection.Rows(
        "SELECT doc, key FROM alerts WHERE household_id = @household AND rule = @rule AND closed_at IS NULL AND (@device IS NULL OR device_id = @device)",
        row => (row.GetString(1), AlertStore.ReadAlert(row)), ("@household", shelf.Household.Value), ("@rule", shelf.RuleId), ("@device", shelf.Device?.Value)));

    /// <summary>A shelf was brought to open alerts.</summary>
    public Task AppliedAsync(Shelf shelf, DateTimeOffset now) => _file.WriteAsync(connection =>
        connection.Run("UPDATE shelves SET apply_at = NULL WHERE n = @n AND apply_at <= @now AND ended_at IS @ended", ("@n", shelf.Id), ("@now", now), ("@ended", shelf.EndedAt)));

    /// <summary>Keeps a shelf; on disk when the task completes. Returns it with its number.</summary>
    public async Task<Shelf> AddAsync(Shelf shelf, string committee, string subDistrict)
    {
        var id = await _file.WriteAsync(connection =>
        {
            connection.Run(
                """
                INSERT INTO shelves (household_id, device_id, rule, by, reason, committee, sub_district, from_at, until_at, apply_at)
                VALUES (@household, @device, @rule, @by, @reason, @committee, @sub, @from, @until, @from)
                """,
                ("@household", shelf.Household.Value), ("@device", shelf.Device?.Value), ("@rule", shelf.RuleId), ("@by", shelf.By), ("@reason", shelf.Reason),
                ("@committee", committee), ("@sub", subDistrict), ("@from", shelf.FromAt), ("@until", shelf.UntilAt));
            return connection.Scalar("SELECT last_insert_rowid()", 0L);
        });
        return Remember(shelf with { Id = id });
    }

    /// <summary>Ends a shelf before its time; what it holds is let go at the next sweep.</summary>
    public async Task<Shelf> EndAsync(Shelf shelf, string by, DateTimeOffset now)
    {
        await _file.WriteAsync(connection =>
        {
            connection.Run("UPDATE shelves SET ended_at = @now, ended_by = @by, apply_at = @now WHERE n = @n AND ended_at IS NULL", ("@n", shelf.Id), ("@now", now), ("@by", by));
            connection.Run("UPDATE held SET due_at = @now WHERE shelf_id = @n", ("@n", shelf.Id), ("@now", now));
        });
        Forget(shelf);
        return shelf with { EndedAt = now, EndedBy = by };
    }

    /// <summary>A shelf that <paramref name="area"/> may see; null: none.</summary>
    public Shelf? Find(long id, Area? area) => _file.Read(connection => connection.Rows(
        $"SELECT {ShelfColumns} FROM shelves WHERE n = @n AND {AreaScope.Filter}", ReadShelf, ("@n", id), ("@area", area)).FirstOrDefault());

    /// <summary>Newest first. <paramref name="isOn"/>: those that hold at <paramref name="now"/>, or those that do not; null: all. <paramref name="household"/> null or empty: of every home.</summary>
    public List<Shelf> List(bool? isOn, Area? area, long before, int limit, DateTimeOffset now, string? household = null)
    {
        var shelves = _file.Read(connection => connection.Rows(
            $"""
            SELECT {ShelfColumns} FROM shelves
            WHERE n < @before AND {AreaScope.Filter} AND (@on IS NULL OR (ended_at IS NULL AND until_at > @now) = @on)
              AND (@household IS NULL OR household_id = @household) ORDER BY n DESC LIMIT @limit
            """,
            ReadShelf, ("@before", before), ("@area", area), ("@on", isOn is null ? null : isOn.Value ? 1 : 0), ("@now", now), ("@limit", limit),
            ("@household", string.IsNullOrEmpty(household) ? null : household)));
        return shelves;
    }

    /// <summary>Forgets shelves that ended by themselves; harmless when late, as each knows its end.</summary>
    public void Forget(Shelf shelf)
    {
        if (!_shelves.TryGetValue(shelf.Household, out var shelves)) return;
        _shelves[shelf.Household] = [.. shelves.Where(other => other.Id != shelf.Id)];
    }

    private Shelf Remember(Shelf shelf)
    {
        _shelves.AddOrUpdate(shelf.Household, [shelf], (_, shelves) => [.. shelves.Where(other => other.UntilAt > shelf.FromAt), shelf]);
        return shelf;
    }

    private static Shelf ReadShelf(SqliteDataReader row) => new(
        row.GetInt64(0), new(row.GetString(1)), row.TextOrNull(2) is { } device ? new DeviceId(device) : null, row.GetString(3), row.GetString(4), row.GetString(5), row.Instant(6), row.Instant(7))
    {
        EndedAt = row.InstantOrNull(8), EndedBy = row.TextOrNull(9), Held = row.GetInt32(10),
    };
}
