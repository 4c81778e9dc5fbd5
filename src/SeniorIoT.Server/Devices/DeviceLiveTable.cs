using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SeniorIoT.Server.Storage;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Devices;

/// <summary>What a device said last.</summary>
/// <param name="LastSeenAt">When we last received anything from it; null when never.</param>
/// <param name="LastMeasuredAt">Time of its latest measurement.</param>
/// <param name="TotalMillilitres">Latest register of a meter.</param>
/// <param name="BatteryPercent">Latest battery charge, 0 to 100.</param>
/// <param name="RssiDbm">Latest signal strength.</param>
/// <param name="IsSilent">Whether it stayed unheard beyond its limit.</param>
internal readonly record struct LiveDevice(
    DateTimeOffset? LastSeenAt, DateTimeOffset? LastMeasuredAt, long? TotalMillilitres, int? BatteryPercent, int? RssiDbm, bool IsSilent)
{
    private readonly long _heardTicks;
    private readonly long _testedTicks;

    /// <summary>When it was last heard live, which old data and a last will are not; null when never.</summary>
    public DateTimeOffset? HeardAt
    {
        get => Instant(_heardTicks);
        init => _heardTicks = value?.UtcTicks ?? 0;
    }

    /// <summary>When a call of it last came through: a button's press, a detector's test or alarm. Null when none did.</summary>
    public DateTimeOffset? TestedAt
    {
        get => Instant(_testedTicks);
        init => _testedTicks = value?.UtcTicks ?? 0;
    }

    // Packed into 48 bytes, because there is one of each device: five nullable properties take 88. All zero means that nothing was said.
    private readonly long _seenTicks = LastSeenAt?.UtcTicks ?? 0;
    private readonly long _measuredTicks = LastMeasuredAt?.UtcTicks ?? 0;
    private readonly long _millilitres = TotalMillilitres ?? 0;
    private readonly short _rssi = (short)(RssiDbm ?? 0);
    private readonly byte _battery = (byte)(BatteryPercent ?? 0);
    private readonly Said _said =
        (TotalMillilitres is null ? 0 : Said.Total) | (BatteryPercent is null ? 0 : Said.Battery) | (RssiDbm is null ? 0 : Said.Rssi) | (IsSilent ? Said.Silent : 0);

    [Flags]
    private enum Said : byte
    {
        Total = 1,
        Battery = 2,
        Rssi = 4,
        Silent = 8,
    }

    public DateTimeOffset? LastSeenAt => Instant(_seenTicks);

    public DateTimeOffset? LastMeasuredAt => Instant(_measuredTicks);

    public long? TotalMillilitres => _said.HasFlag(Said.Total) ? _millilitres : null;

    public int? BatteryPercent => _said.HasFlag(Said.Battery) ? _battery : null;

    public int? RssiDbm => _said.HasFlag(Said.Rssi) ? _rssi : null;

    public bool IsSilent => _said.HasFlag(Said.Silent);

    private static DateTimeOffset? Instant(long utcTicks) => utcTicks == 0 ? null : new DateTimeOffset(utcTicks, TimeSpan.Zero);
}

/// <summary>
/// The latest of every device, for lists and the hub. Grains write it, the checkpoint saves what changed in one transaction.
/// Thread-safe; reads take no lock.
/// </summary>
internal sealed class DeviceLiveTable(SqliteFile file, DeviceDirectory devices) : ICheckpointed, IDisposable
{
    private readonly ConcurrentDictionary<string, LiveDevice> _live = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _flushing = new(1, 1);
    /// <summary>Raised after every update, on the caller's thread: a handler only takes a note.</summary>
    public event Action<string>? Changed;

    private HashSet<string> _changed = new(StringComparer.Ordinal);

    /// <summary>Devices that are silent now.</summary>
    public int CountSilent => _live.Count(pair => pair.Value.IsSilent);

    /// <summary>Reads what was saved. Call once, when the directory is filled and before devices speak.</summary>
    public void Load() => file.Read(connection => connection.Rows(
        """
        SELECT device_id, last_seen_at, last_measured_at, total_ml, battery, rssi, is_silent, heard_at, tested_at
        FROM devices WHERE last_seen_at IS NOT NULL OR is_silent
        """,
        row => _live[Shared(row.GetString(0))] = new LiveDevice(
            row.InstantOrNull(1), row.InstantOrNull(2), row.IntegerOrNull(3),
            (int?)row.IntegerOrNull(4), (int?)row.IntegerOrNull(5), row.GetBoolean(6))
        {
            HeardAt = row.InstantOrNull(7),
            TestedAt = row.InstantOrNull(8),
        }).Count);

    /// <summary>Finds what a device said last; false when it never spoke.</summary>
    public bool TryGet(string deviceId, out LiveDevice live) => _live.TryGetValue(deviceId, out live);

    /// <summary>Replaces what a device said last. It is on disk after the next <see cref="FlushAsync"/>.</summary>
    public void Update(string deviceId, LiveDevice live)
    {
        lock (_gate)
        {
            _live[deviceId] = live;
            _changed.Add(deviceId);
        }

        Changed?.Invoke(deviceId);
    }

    /// <summary>Forgets a deleted device.</summary>
    public void Remove(string deviceId)
    {
        lock (_gate)
        {
            _live.TryRemove(deviceId, out _);
            _changed.Remove(deviceId);
        }
    }

    /// <inheritdoc/>
    public async Task FlushAsync(CancellationToken cancel)
    {
        // One at a time: a second caller may return only when what the first one took is on disk as well.
        await _flushing.WaitAsync(cancel);
        var taken = Take();
        try
        {
            if (taken.Count > 0) await file.WriteAsync(connection => Save(connection, taken), cancel);
        }
        catch
        {
            lock (_gate) _changed.UnionWith(taken);
            throw;
        }
        finally
        {
            _flushing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _flushing.Dispose();

    private string Shared(string id) => devices.TryGet(id, out var device) ? device.DeviceId : id;

    private HashSet<string> Take()
    {
        lock (_gate)
        {
            var taken = _changed;
            _changed = new HashSet<string>(StringComparer.Ordinal);
            return taken;
        }
    }

    private void Save(SqliteConnection connection, HashSet<string> deviceIds)
    {
        using var update = new Statement(
            connection,
            """
            UPDATE devices SET last_seen_at = ?2, last_measured_at = ?3, total_ml = ?4, battery = ?5, rssi = ?6, is_silent = ?7, heard_at = ?8, tested_at = ?9
            WHERE device_id = ?1
            """);
        foreach (var id in deviceIds)
        {
            if (!_live.TryGetValue(id, out var live)) continue;
            update.Bind(1, id);
            update.BindOrNull(2, live.LastSeenAt?.ToUnixTimeMilliseconds());
            update.BindOrNull(3, live.LastMeasuredAt?.ToUnixTimeMilliseconds());
            update.BindOrNull(4, live.TotalMillilitres);
            update.BindOrNull(5, live.BatteryPercent);
            update.BindOrNull(6, live.RssiDbm);
            update.Bind(7, live.IsSilent ? 1 : 0);
            update.BindOrNull(8, live.HeardAt?.ToUnixTimeMilliseconds());
            update.BindOrNull(9, live.TestedAt?.ToUnixTimeMilliseconds());
            update.Run();
        }
    }
}
