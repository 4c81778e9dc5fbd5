using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Devices;

/// <summary>
/// Commands that wait for their device, in the registry's file: ordering one, its audit and the device share a transaction. Every
/// command ends in exactly one state and is counted there. Thread-safe.
/// </summary>
internal sealed class CommandQueue
{
    /// <summary>Commands that may wait for one device.</summary>
    public const int WaitingMax = 20;

    /// <summary>How long a command that ended stays in the list, from its expiry on.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(90);

    private const int ForgottenPerSweep = 10_000;
    private const string IdCharacters = "abcdefghjkmnpqrstuvwxyz23456789";

    private readonly SqliteFile _file;
    private readonly TimeProvider _clock;
    private readonly Counter<long> _commands;

    // Which devices may have something waiting. Every subscription asks, and nearly always the answer is no. Changed inside
    // transactions only, so in the order in which they happen; a device too many costs one look into the file.
    private readonly ConcurrentDictionary<string, byte> _mayWait = new(StringComparer.Ordinal);

    public CommandQueue(SqliteFile file, IMeterFactory meters, TimeProvider clock)
    {
        (_file, _clock) = (file, clock);
        foreach (var device in file.Read(CommandStore.DevicesWaiting)) _mayWait[device] = 0;
        var meter = meters.Create("SeniorIoT");
        _commands = meter.CreateCounter<long>("senioriot.commands", "{command}", "Commands for devices, by what became of them: ordered, then delivered, refused, expired or withdrawn.");
        meter.CreateObservableGauge("senioriot.commands.waiting", () => file.Read(CommandStore.CountWaiting), "{command}", "Commands that wait for their device.");
    }

    /// <summary>A command was ordered for this device. Raised on the caller's thread: do not block in it.</summary>
    public event Action<string>? Ordered;

    /// <summary>Devices for which something may wait.</summary>
    public IEnumerable<string> Waiting => _mayWait.Select(pair => pair.Key);

    /// <summary>A new id: 59 random bits, so that it is not used again after a backup was restored.</summary>
    public static string NewId() => "c-" + RandomNumberGenerator.GetString(IdCharacters, 12);

    /// <summary>Whether something may wait for a device. False is certain.</summary>
    public bool MayWait(string deviceId) => _mayWait.ContainsKey(deviceId);

    /// <summary>Orders a command; on disk when the task completes. A null row: there is room for no more, see <see cref="WaitingMax"/>.</summary>
    public async Task<CommandRow?> OrderAsync(string deviceId, CommandMessage message, string user)
    {
        var row = await _file.WriteAsync(connection =>
        {
            // What nobody waits for any more must not take the room of what somebody wants now.
            Expire(connection, message.OrderedAt);
            if (CommandStore.CountWaiting(connection, deviceId) >= WaitingMax) return null;
            CommandStore.Insert(connection, deviceId, message, user);
            AuditLog.Write(connection, message.OrderedAt, user, "device.command", deviceId, message.Id);
            _mayWait[deviceId] = 0;
            return CommandStore.Find(connection, deviceId, message.Id);
        });
        if (row is null) return null;
        Count("ordered", 1);
        Ordered?.Invoke(deviceId);
        return row;
    }

    /// <summary>Takes a command back. Null when the device has no such command; otherwise the command as it is now, and whether it was this call that ended it.</summary>
    public async Task<(CommandRow Row, bool IsEnded)?> WithdrawAsync(string deviceId, string commandId, string user)
    {
        var now = _clock.GetUtcNow();
        var result = await _file.WriteAsync<(CommandRow, bool)?>(connection =>
        {
            Expire(connection, now);
            if (CommandStore.Find(connection, deviceId, commandId) is null) return null;
            var isEnded = CommandStore.TryEnd(connection, commandId, CommandStates.Withdrawn);
            if (isEnded) AuditLog.Write(connection, now, user, "device.command.withdraw", deviceId, commandId);
            return (CommandStore.Find(connection, deviceId, commandId)!, isEnded);
        });
        if (result is (_, true)) Count(CommandStates.Withdrawn, 1);
        return result;
    }

    /// <summary>
    /// Commands of a device to send now, oldest first, at most <paramref name="count"/>, except those in <paramref name="sent"/>. Each
    /// is counted as an attempt on disk before it is sent: so whoever withdraws a command knows whether the device may have it.
    /// </summary>
    public async Task<IReadOnlyList<CommandRow>> ClaimAsync(string deviceId, IReadOnlyCollection<string> sent, int count)
    {
        var now = _clock.GetUtcNow();
        try
        {
            return await _file.WriteAsync<IReadOnlyList<CommandRow>>(connection =>
            {
                var waiting = CommandStore.Waiting(connection, deviceId);
                if (waiting.Count == 0) _mayWait.TryRemove(deviceId, out _);
                List<CommandRow> claimed = [.. waiting
                    .Where(row => row.ExpiresAt > now && row.Command is not DeviceCommand.Unknown && !sent.Contains(row.CommandId)).Take(count)];
                foreach (var row in claimed) CommandStore.CountAttempt(connection, row.Number);
                return [.. claimed.Select(row => row with { Attempts = row.Attempts + 1 })];
            });
        }
        catch (SqliteException)
        {
            // The transaction was undone, and with it perhaps what emptied the queue.
            _mayWait[deviceId] = 0;
            throw;
        }
    }

    /// <summary>Records the device's acknowledgement; on disk when the task completes. A second time changes nothing.</summary>
    public async Task SettleAsync(string commandId, bool isRefused)
    {
        var now = _clock.GetUtcNow();
        var state = isRefused ? CommandStates.Refused : CommandStates.Delivered;
        var isEnded = await _file.WriteAsync(connection =>
        {
            CommandStore.SetDelivered(connection, commandId, now);
            return CommandStore.TryEnd(connection, commandId, state);
        });
        if (isEnded) Count(state, 1);
    }

    /// <summary>Ends what has expired and forgets what ended long ago.</summary>
    public Task SweepAsync() => _file.WriteAsync(connection =>
    {
        var now = _clock.GetUtcNow();
        Expire(connection, now);
        CommandStore.Forget(connection, now - KeptFor, ForgottenPerSweep);
    });

    // Counted inside the transaction: one that fails counts an expiry twice at worst, and only when the disk is full.
    private void Expire(SqliteConnection connection, DateTimeOffset now)
    {
        if (CommandStore.Expire(connection, now) is > 0 and var count) Count(CommandStates.Expired, count);
    }

    private void Count(string outcome, int count) => _commands.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
}
