using System.Text.Json;
using Microsoft.Data.Sqlite;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Devices;

/// <summary>A device as the registry keeps it; what it last said is in <see cref="DeviceLiveTable"/>.</summary>
internal sealed record DeviceRow(
    string DeviceId, string Kind, string? HouseholdId, string? GatewayId, DateTimeOffset EnrolledAt, DateTimeOffset? RetiredAt);

/// <summary>Which devices a list shows.</summary>
internal sealed record DeviceFilter(AreaScope Scope, string? Text, string? Kind, string? HouseholdId);

/// <summary>The SQL of enrolled devices. Every method works inside the caller's transaction.</summary>
internal static class DeviceStore
{
    /// <summary>What relays for others and measures nothing itself.</summary>
    public const string Gateway = "gateway";

    /// <summary>Kind of the deadline by which a device must have been heard.</summary>
    public const string SilentDeadline = "silent";

    private const string Columns = "d.device_id, d.kind, d.household_id, d.gateway_id, d.enrolled_at, d.retired_at";

    /// <summary>Kinds a device may be enrolled as.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["water", "smoke", "sos", Gateway];

    /// <summary>Enrols a device and, unless it is a gateway, sets the time by which it must be heard; false when the id is taken.</summary>
    public static bool TryInsert(SqliteConnection connection, DeviceRow device, byte[] secretHash)
    {
        var added = connection.Run(
            """
            INSERT INTO devices(device_id, kind, household_id, gateway_id, secret_hash, enrolled_at)
            VALUES(@id, @kind, @household, @gateway, @hash, @at) ON CONFLICT DO NOTHING
            """,
            ("@id", device.DeviceId), ("@kind", device.Kind), ("@household", device.HouseholdId), ("@gateway", device.GatewayId),
            ("@hash", secretHash), ("@at", device.EnrolledAt));
        if (added == 0) return false;
        ExpectToHear(connection, device, device.EnrolledAt);
        return true;
    }

    /// <summary>Whether one of these devices is enrolled, retired or not.</summary>
    public static bool AnyExists(SqliteConnection connection, IEnumerable<string> deviceIds) => connection.Has(
        "SELECT 1 FROM devices WHERE device_id IN (SELECT value FROM json_each(@ids))", ("@ids", JsonSerializer.Serialize(deviceIds)));

    /// <summary>Moves a device, or retires it, or takes it back into use: then it has to be heard anew.</summary>
    public static void Update(SqliteConnection connection, DeviceRow before, DeviceRow after, DateTimeOffset now)
    {
        connection.Run(
            "UPDATE devices SET household_id = @household, gateway_id = @gateway, retired_at = @retired WHERE device_id = @id",
            ("@id", after.DeviceId), ("@household", after.HouseholdId), ("@gateway", after.GatewayId), ("@retired", after.RetiredAt));
        if (after.RetiredAt is not null) DeadlineTable.RemoveAll(connection, after.DeviceId);
        else if (before.RetiredAt is not null) ExpectToHear(connection, after, now);
    }

    /// <summary>Replaces the secret.</summary>
    public static void SetSecret(SqliteConnection connection, string deviceId, byte[] secretHash) =>
        connection.Run("UPDATE devices SET secret_hash = @hash WHERE device_id = @id", ("@id", deviceId), ("@hash", secretHash));

    /// <summary>Deletes a device with its deadlines. No device may name it as gateway any more.</summary>
    public static void Delete(SqliteConnection connection, string deviceId)
    {
        DeadlineTable.RemoveAll(connection, deviceId);
        connection.Run("DELETE FROM devices WHERE device_id = @id", ("@id", deviceId));
    }

    /// <summary>How many devices speak through a gateway, leaving out those of household <paramref name="except"/>.</summary>
    public static int CountBehind(SqliteConnection connection, string gatewayId, string? except = null) => connection.Rows(
        "SELECT COUNT(*) FROM devices WHERE gateway_id = @id AND (@except IS NULL OR household_id IS NOT @except)",
        row => row.GetInt32(0), ("@id", gatewayId), ("@except", except))[0];

    /// <summary>Lets devices speak for themselves that spoke through a gateway.</summary>
    public static void DetachFrom(SqliteConnection connection, string gatewayId) =>
        connection.Run("UPDATE devices SET gateway_id = NULL WHERE gateway_id = @id", ("@id", gatewayId));

    /// <summary>One device that <paramref name="scope"/> may see, or null.</summary>
    public static DeviceRow? Find(SqliteConnection connection, string deviceId, AreaScope scope) => connection.Rows(
        $"SELECT {Columns} FROM devices AS d LEFT JOIN households AS h USING(household_id) WHERE d.device_id = @id AND {AreaScope.Filter}",
        Map, ("@id", deviceId), ("@area", scope.Area)).FirstOrDefault();

    /// <summary>Devices of households, retired ones included, by household and id.</summary>
    public static List<DeviceRow> OfHouseholds(SqliteConnection connection, IReadOnlyCollection<string> householdIds) => connection.Rows(
        $"SELECT {Columns} FROM devices AS d WHERE d.household_id IN (SELECT value FROM json_each(@ids)) ORDER BY d.household_id, d.device_id",
        Map, ("@ids", JsonSerializer.Serialize(householdIds)));

    /// <summary>Devices on one page of a list, by id.</summary>
    public static List<DeviceRow> List(SqliteConnection connection, DeviceFilter filter, string after, int limit) => connection.Rows(
        $"""
        SELECT {Columns} FROM devices AS d LEFT JOIN households AS h USING(household_id)
        WHERE d.device_id > @after AND {AreaScope.Filter}
          AND (@kind IS NULL OR d.kind = @kind) AND (@household IS NULL OR d.household_id = @household)
          AND (@text IS NULL OR d.device_id LIKE @text ESCAPE '\' OR d.household_id LIKE @text ESCAPE '\' OR h.address LIKE @text ESCAPE '\')
        ORDER BY d.device_id LIMIT @limit
        """,
        Map,
        ("@after", after), ("@area", filter.Scope.Area), ("@kind", filter.Kind), ("@household", filter.HouseholdId),
        ("@text", HouseholdStore.Contains(filter.Text)), ("@limit", limit));

    /// <summary>What ingest must know, by id; unknown ids are left out.</summary>
    /// <param name="connection">Where from.</param>
    /// <param name="deviceIds">Which.</param>
    /// <param name="shared">Gives the ids that entries keep.</param>
    public static List<DirectoryEntry> ReadEntries(SqliteConnection connection, IReadOnlyCollection<string> deviceIds, SharedIds shared) => connection.Rows(
        """
        SELECT device_id, kind, household_id, gateway_id, secret_hash, retired_at
        FROM devices WHERE device_id IN (SELECT value FROM json_each(@ids))
        """,
        row => new DirectoryEntry(
            shared.Device(row.GetString(0)), KindOf(row.GetString(1)), row.TextOrNull(2) is { } household ? shared.Household(household) : null,
            row.TextOrNull(3) is { } gateway ? shared.Device(gateway) : null, row.GetFieldValue<byte[]>(4), !row.IsDBNull(5)),
        ("@ids", JsonSerializer.Serialize(deviceIds)));

    // A gateway measures nothing itself: when it falls silent, so do the devices behind it.
    private static void ExpectToHear(SqliteConnection connection, DeviceRow device, DateTimeOffset from)
    {
        if (device.Kind != Gateway) DeadlineTable.Set(connection, new Deadline(device.DeviceId, SilentDeadline, from + DeviceContext.UsualInterval));
    }

    /// <summary>The kind on the wire; null for a gateway.</summary>
    private static DeviceKind? KindOf(string kind) => kind == Gateway ? null : Enum.Parse<DeviceKind>(kind, ignoreCase: true);

    private static DeviceRow Map(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.TextOrNull(2), row.TextOrNull(3), row.Instant(4), row.InstantOrNull(5));
}
