using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Access;

/// <summary>The SQL of users. Every method works inside the caller's transaction.</summary>
internal static class UserStore
{
    /// <summary>A stamp nobody had before.</summary>
    public static string NewStamp() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12));

    /// <summary>One user, or null.</summary>
    public static UserEntry? Read(SqliteConnection connection, string name) => connection.Rows(
        "SELECT name, password_hash, role, area, stamp FROM users WHERE name = @name",
        row => new UserEntry(row.GetString(0), row.GetString(1), row.GetString(2), row.TextOrNull(3) is { } area ? Area.Parse(area) : null, row.GetString(4)),
        ("@name", name)).FirstOrDefault();

    /// <summary>Adds a user; false when the name is taken.</summary>
    public static bool TryInsert(SqliteConnection connection, UserEntry user, DateTimeOffset now) => connection.Run(
        """
        INSERT INTO users(name, password_hash, role, area, stamp, created_at) VALUES(@name, @hash, @role, @area, @stamp, @now)
        ON CONFLICT DO NOTHING
        """,
        ("@name", user.Name), ("@hash", user.PasswordHash), ("@role", user.Role), ("@area", user.Area?.Key), ("@stamp", user.Stamp), ("@now", now)) > 0;

    /// <summary>Replaces everything but the name.</summary>
    public static void Update(SqliteConnection connection, UserEntry user) => connection.Run(
        "UPDATE users SET password_hash = @hash, role = @role, area = @area, stamp = @stamp WHERE name = @name",
        ("@name", user.Name), ("@hash", user.PasswordHash), ("@role", user.Role), ("@area", user.Area?.Key), ("@stamp", user.Stamp));

    /// <summary>Deletes a user; false when there is none.</summary>
    public static bool Delete(SqliteConnection connection, string name) =>
        connection.Run("DELETE FROM users WHERE name = @name", ("@name", name)) > 0;
}
