using Microsoft.Data.Sqlite;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Households;

/// <summary>What a change touched, so that memory can be read again from what was committed.</summary>
internal sealed class Touched
{
    /// <summary>Ids of households written or deleted.</summary>
    public HashSet<string> Households { get; } = [];

    /// <summary>Ids of devices written or deleted.</summary>
    public HashSet<string> Devices { get; } = [];

    /// <summary>Areas whose responders were replaced.</summary>
    public HashSet<Area> Areas { get; } = [];

    /// <summary>Places whose rules were set or taken away.</summary>
    public HashSet<RulePlace> Places { get; } = [];

    /// <summary>Names of users written or deleted.</summary>
    public HashSet<string> Users { get; } = [];
}

/// <summary>
/// Gives one string for all ids that are equal: a device's id stands in two directories and in whatever is kept of the device, and a
/// million copies of each are a good part of what a fleet needs in memory.
/// </summary>
internal sealed class SharedIds(Touched touched, DeviceDirectory devices, HouseholdDirectory households)
{
    /// <summary>The string to keep for a device's id.</summary>
    public string Device(string id) => devices.TryGet(id, out var entry) ? entry.DeviceId : touched.Devices.TryGetValue(id, out var same) ? same : id;

    /// <summary>The string to keep for a household's id.</summary>
    public string Household(string id) => households.TryGet(id, out var entry) ? entry.HouseholdId : touched.Households.TryGetValue(id, out var same) ? same : id;
}

/// <summary>
/// The file <c>registry.db</c> and the directories that mirror it. A change is a transaction; once it is on disk the rows it
/// touched are read back into the directories, so that memory never runs ahead of the store. One change at a time: they come
/// from people.
/// </summary>
internal sealed class Registry : IAsyncDisposable
{
    private const int RowsPerRead = 5_000;
    private const long Unknown = -1;

    private readonly DeviceDirectory _devices;
    private readonly HouseholdDirectory _households;
    private readonly RuleDirectory _rules;
    private readonly UserDirectory _users;
    private readonly SemaphoreSlim _one = new(1, 1);
    private long _revision = Unknown;

    /// <summary>Opens or creates <c>registry.db</c> in <paramref name="dataFolder"/>. The directories stay empty until <see cref="LoadAsync"/>.</summary>
    public Registry(string dataFolder, DeviceDirectory devices, HouseholdDirectory households, RuleDirectory rules, UserDirectory users)
    {
        (_devices, _households, _rules, _users) = (devices, households, rules, users);
        Directory.CreateDirectory(dataFolder);
        File = new SqliteFile(Path.Combine(dataFolder, "registry.db"), RegistrySchema.Migrations);
    }

    /// <summary>The file, for reads and for writes that change no directory.</summary>
    public SqliteFile File { get; }

    /// <summary>Marks the registry as changed, inside a transaction, so that another process that serves it loads it again.</summary>
    public static void BumpRevision(SqliteConnection connection) =>
        connection.Run("UPDATE meta SET value = value + 1 WHERE name = 'registry_revision'");

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction and then brings the directories up to date with what it touched. If it
    /// throws nothing was changed.
    /// </summary>
    public async Task<T> ChangeAsync<T>(Func<SqliteConnection, Touched, T> work, CancellationToken cancel = default)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var touched = new Touched();
            // From here on not cancellable: a change that was made must also reach memory.
            var result = await File.WriteAsync(
                connection =>
                {
                    // Deleted people leave no trace in the file: freed bytes are overwritten with zeros.
                    connection.Run("PRAGMA secure_delete = ON");
                    return work(connection, touched);
                },
                CancellationToken.None);
            // If reading back fails, the next look finds a revision it does not know and loads everything.
            (var revision, _revision) = (_revision, Unknown);
            File.Read(connection => { Refresh(connection, touched); return true; });
            _revision = revision;
            return result;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Reads the whole registry into the directories, and forgets what is no longer in it.</summary>
    public async Task LoadAsync(CancellationToken cancel = default)
    {
        await _one.WaitAsync(cancel);
        try
        {
            // Off the caller's thread: at a million devices this takes seconds.
            await Task.Run(() => File.Read(Load), cancel);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Loads again when another process changed the file since the last load. Returns whether it did.</summary>
    public async Task<bool> LoadIfChangedAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (File.Read(Revision) == _revision) return false;
            await Task.Run(() => File.Read(Load), cancel);
            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await File.DisposeAsync();
        _one.Dispose();
    }

    private static long Revision(SqliteConnection connection) =>
        connection.Rows("SELECT value FROM meta WHERE name = 'registry_revision'", row => row.GetInt64(0))[0];

    private bool Load(SqliteConnection connection)
    {
        // Before the rows: a change in between is then seen again at the next look, never missed.
        var revision = Revision(connection);
        var everything = new Touched();
        foreach (var household in _households.All) everything.Households.Add(household.HouseholdId);
        foreach (var device in _devices.All) everything.Devices.Add(device.DeviceId);
        foreach (var user in _users.All) everything.Users.Add(user.Name);
        everything.Areas.UnionWith(_households.Areas);
        everything.Places.UnionWith(_rules.Book.Places);
        everything.Households.UnionWith(connection.Rows("SELECT household_id FROM households", row => row.GetString(0)));
        everything.Devices.UnionWith(connection.Rows("SELECT device_id FROM devices", row => row.GetString(0)));
        everything.Users.UnionWith(connection.Rows("SELECT name FROM users", row => row.GetString(0)));
        everything.Areas.UnionWith(connection.Rows("SELECT DISTINCT area FROM responders", row => Area.Parse(row.GetString(0))!.Value));
        everything.Places.UnionWith(RuleStore.Current(connection).Select(row => row.Place));
        Refresh(connection, everything);
        _revision = revision;
        return true;
    }

    private void Refresh(SqliteConnection connection, Touched touched)
    {
        var shared = new SharedIds(touched, _devices, _households);
        // Devices first: a household never names one that cannot connect yet.
        foreach (var ids in touched.Devices.Chunk(RowsPerRead))
            Replace(ids, DeviceStore.ReadEntries(connection, ids, shared), entry => entry.DeviceId, _devices.Set, _devices.Remove);
        foreach (var ids in touched.Households.Chunk(RowsPerRead))
            Replace(ids, HouseholdStore.Read(connection, ids, shared), entry => entry.HouseholdId, _households.Set, _households.Remove);
        foreach (var area in touched.Areas)
            _households.SetResponders(area, ResponderStore.Read(connection, area));
        // A household that is deleted takes its rules with it.
        foreach (var place in touched.Households.Select(id => new RulePlace(PlaceScope.Household, id)))
            if (_rules.Book.At(place) is not null) touched.Places.Add(place);
        if (touched.Places.Count > 0)
            _rules.Set(touched.Places.Select(place => KeyValuePair.Create(place, RuleStore.Latest(connection, place)?.InForce)).ToList());
        foreach (var name in touched.Users)
            if (UserStore.Read(connection, name) is { } user) _users.Set(user);
            else _users.Remove(name);
    }

    private static void Replace<T>(string[] ids, IReadOnlyList<T> found, Func<T, string> idOf, Action<T> set, Action<string> remove)
    {
        foreach (var entry in found) set(entry);
        foreach (var gone in ids.Except(found.Select(idOf))) remove(gone);
    }
}
