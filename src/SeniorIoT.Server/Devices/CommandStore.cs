using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Devices;

/// <summary>An ordered command as the registry keeps it. <paramref name="Number"/> is the order of all commands.</summary>
internal sealed record CommandRow(
    long Number, string CommandId, string DeviceId, DeviceCommand Command, string State, string OrderedBy, DateTimeOffset OrderedAt,
    DateTimeOffset ExpiresAt, int Attempts, DateTimeOffset? DeliveredAt);

/// <summary>The SQL of ordered commands. Every method works inside the caller's transaction. A device that is deleted takes its commands with it.</summary>
internal static class CommandStore
{
    /// <summary>For the migrations of the registry.</summary>
    public const string Schema = """
        CREATE TABLE commands(
            number INTEGER PRIMARY KEY AUTOINCREMENT, command_id TEXT NOT NULL UNIQUE, device_id TEXT NOT NULL REFERENCES devices ON DELETE CASCADE,
            body TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', ordered_by TEXT NOT NULL, ordered_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, delivered_at INTEGER) STRICT;
        CREATE INDEX commands_by_device ON commands(device_id, number);
        CREATE INDEX commands_waiting ON commands(device_id, number) WHERE state = 'waiting';
        CREATE INDEX commands_expiring ON commands(expires_at) WHERE state = 'waiting';
        CREATE INDEX commands_ended ON commands(expires_at) WHERE state <> 'waiting';
        """;

    private const string Columns =
        "number, command_id, device_id, body, state, ordered_by, ordered_at, expires_at, attempts, delivered_at";

    /// <summary>Adds a command that waits.</summary>
    public static void Insert(SqliteConnection connection, string deviceId, CommandMessage message, string orderedBy) => connection.Run(
        """
        INSERT INTO commands(command_id, device_id, body, ordered_by, ordered_at, expires_at) VALUES(@id, @device, @body, @by, @at, @expires)
        """,
        ("@id", message.Id), ("@device", deviceId), ("@body", Encoding.UTF8.GetString(CommandCodec.Encode(message.Command))), ("@by", orderedBy),
        ("@at", message.OrderedAt), ("@expires", message.ExpiresAt));

    /// <summary>How many of a device's commands wait.</summary>
    public static long CountWaiting(SqliteConnection connection, string deviceId) =>
        connection.Scalar("SELECT COUNT(*) FROM commands WHERE device_id = @device AND state = 'waiting'", 0L, ("@device", deviceId));

    /// <summary>One command of a device, or null.</summary>
    public static CommandRow? Find(SqliteConnection connection, string deviceId, string commandId) => connection.Rows(
        $"SELECT {Columns} FROM commands WHERE device_id = @device AND command_id = @id", Map, ("@device", deviceId), ("@id", commandId)).FirstOrDefault();

    /// <summary>Commands of a device older than number <paramref name="before"/>, newest first.</summary>
    public static List<CommandRow> List(SqliteConnection connection, string deviceId, long before, int limit) => connection.Rows(
        $"SELECT {Columns} FROM commands WHERE device_id = @device AND number < @before ORDER BY number DESC LIMIT @limit",
        Map, ("@device", deviceId), ("@before", before), ("@limit", limit));

    /// <summary>Commands of a device that wait, oldest first, those included whose time has run out.</summary>
    public static List<CommandRow> Waiting(SqliteConnection connection, string deviceId) => connection.Rows(
        $"SELECT {Columns} FROM commands WHERE device_id = @device AND state = 'waiting' ORDER BY number", Map, ("@device", deviceId));

    /// <summary>Notes that a command is about to be sent.</summary>
    public static void CountAttempt(SqliteConnection connection, long number) =>
        connection.Run("UPDATE commands SET attempts = attempts + 1 WHERE number = @number", ("@number", number));

    /// <summary>Ends a command that waits. False when it has ended already.</summary>
    public static bool TryEnd(SqliteConnection connection, string commandId, string state) =>
        connection.Run("UPDATE commands SET state = @state WHERE command_id = @id AND state = 'waiting'", ("@state", state), ("@id", commandId)) > 0;

    /// <summary>Notes when the device acknowledged a command, whatever its state; the first time counts.</summary>
    public static void SetDelivered(SqliteConnection connection, string commandId, DateTimeOffset at) => connection.Run(
        "UPDATE commands SET delivered_at = @at WHERE command_id = @id AND delivered_at IS NULL", ("@at", at), ("@id", commandId));

    /// <summary>Ends every command whose time has run out; returns how many.</summary>
    public static int Expire(SqliteConnection connection, DateTimeOffset now) => connection.Run(
        "UPDATE commands SET state = 'expired' WHERE state = 'waiting' AND expires_at <= @now", ("@now", now));

    /// <summary>Forgets commands that ended, and would have expired before <paramref name="before"/>, at most <paramref name="limit"/>.</summary>
    public static void Forget(SqliteConnection connection, DateTimeOffset before, int limit) => connection.Run(
        "DELETE FROM commands WHERE number IN (SELECT number FROM commands WHERE state <> 'waiting' AND expires_at < @before ORDER BY expires_at LIMIT @limit)",
        ("@before", before), ("@limit", limit));

    /// <summary>Devices for which commands wait.</summary>
    public static List<string> DevicesWaiting(SqliteConnection connection) =>
        connection.Rows("SELECT DISTINCT device_id FROM commands WHERE state = 'waiting'", row => row.GetString(0));

    /// <summary>How many commands wait, of all devices.</summary>
    public static long CountWaiting(SqliteConnection connection) => connection.Scalar("SELECT COUNT(*) FROM commands WHERE state = 'waiting'", 0L);

    private static CommandRow Map(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), Read(row.GetString(3)), row.GetString(4), row.GetString(5), row.Instant(6), row.Instant(7),
        row.GetInt32(8), row.InstantOrNull(9));

    // A command of a newer program is unknown to this one: it is shown, and not sent.
    private static DeviceCommand Read(string body)
    {
        using var json = JsonDocument.Parse(body);
        return CommandCodec.TryDecode(json.RootElement, out var command, out _) ? command : new DeviceCommand.Unknown("?");
    }
}
