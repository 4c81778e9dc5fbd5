using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Households;

/// <summary>The SQL of the people told for every household of an area.</summary>
internal static class ResponderStore
{
    /// <summary>Responders of an area, in the order they are told.</summary>
    public static List<Contact> Read(SqliteConnection connection, Area area) => connection.Rows(
        "SELECT name, phone, role FROM responders WHERE area = @area ORDER BY position",
        row => new Contact(row.GetString(0), row.GetString(1), row.GetString(2)),
        ("@area", area.Key));

    /// <summary>Replaces the responders of an area.</summary>
    public static void Replace(SqliteConnection connection, Area area, IReadOnlyList<Contact> responders)
    {
        connection.Run("DELETE FROM responders WHERE area = @area", ("@area", area.Key));
        foreach (var (position, responder) in responders.Index())
            connection.Run(
                "INSERT INTO responders(area, position, name, phone, role) VALUES(@area, @position, @name, @phone, @role)",
                ("@area", area.Key), ("@position", position), ("@name", responder.Name), ("@phone", responder.Phone), ("@role", responder.Role));
    }
}
