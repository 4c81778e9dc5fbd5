using System.Text.Json;
using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Households;

/// <summary>Which households a list shows.</summary>
internal sealed record HouseholdFilter(AreaScope Scope, string? Text, string? Committee, string? SubDistrict);

/// <summary>The SQL of households and their people. Every method works inside the caller's transaction.</summary>
internal static class HouseholdStore
{
    /// <summary>Whether a household is enrolled.</summary>
    public static bool Exists(SqliteConnection connection, string householdId) => AnyExists(connection, [householdId]);

    /// <summary>Whether one of these households is enrolled.</summary>
    public static bool AnyExists(SqliteConnection connection, IEnumerable<string> householdIds) => connection.Has(
        "SELECT 1 FROM households WHERE household_id IN (SELECT value FROM json_each(@ids))", ("@ids", JsonSerializer.Serialize(householdIds)));

    /// <summary>Adds a household; false when the id is taken.</summary>
    public static bool TryInsert(SqliteConnection connection, NewHousehold household, DateTimeOffset now)
    {
        var added = connection.Run(
            """
            INSERT INTO households(household_id, address, committee, sub_district, contact_first, created_at)
            VALUES(@id, @address, @committee, @sub, @first, @now) ON CONFLICT DO NOTHING
            """,
            ("@id", household.HouseholdId), ("@address", household.Address), ("@committee", household.Committee),
            ("@sub", household.SubDistrict), ("@first", household.ContactFirst), ("@now", now));
        if (added == 0) return false;
        AddPeople(connection, household);
        return true;
    }

    /// <summary>Replaces everything a person entered about a household.</summary>
    public static void Update(SqliteConnection connection, NewHousehold household)
    {
        connection.Run(
            "UPDATE households SET address = @address, committee = @committee, sub_district = @sub, contact_first = @first WHERE household_id = @id",
            ("@id", household.HouseholdId), ("@address", household.Address), ("@committee", household.Committee), ("@sub", household.SubDistrict),
            ("@first", household.ContactFirst));
        connection.Run("DELETE FROM residents WHERE household_id = @id", ("@id", household.HouseholdId));
        connection.Run("DELETE FROM contacts WHERE household_id = @id", ("@id", household.HouseholdId));
        AddPeople(connection, household);
    }

    /// <summary>Deletes a household with its people, absences, requests and history. Its devices must be gone.</summary>
    public static void Delete(SqliteConnection connection, string householdId)
    {
        AbsenceStore.Forget(connection, householdId);
        connection.Run("DELETE FROM households WHERE household_id = @id", ("@id", householdId));
    }

    /// <summary>Ids on one page of a list, by id.</summary>
    public static List<string> List(SqliteConnection connection, HouseholdFilter filter, string after, int limit) => connection.Rows(
        $"""
        SELECT household_id FROM households AS h
        WHERE household_id > @after AND {AreaScope.Filter}
          AND (@committee IS NULL OR committee = @committee) AND (@sub IS NULL OR sub_district = @sub)
          AND (@text IS NULL OR household_id LIKE @text ESCAPE '\' OR address LIKE @text ESCAPE '\' OR EXISTS(
            SELECT 1 FROM residents AS r WHERE r.household_id = h.household_id AND r.name LIKE @text ESCAPE '\'))
        ORDER BY household_id LIMIT @limit
        """,
        row => row.GetString(0),
        ("@after", after), ("@area", filter.Scope.Area), ("@committee", filter.Committee), ("@sub", filter.SubDistrict),
        ("@text", Contains(filter.Text)), ("@limit", limit));

    /// <summary>A LIKE pattern (escape <c>\</c>) for text that contains <paramref name="text"/>; null for nothing to look for.</summary>
    public static string? Contains(string? text) => string.IsNullOrWhiteSpace(text)
        ? null
        : $"%{text.Trim().Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%";

    /// <summary>Reads households by id, with everything that belongs to them; unknown ids are left out.</summary>
    /// <param name="connection">Where from.</param>
    /// <param name="householdIds">Which.</param>
    /// <param name="shared">Gives the ids that entries keep.</param>
    public static List<HouseholdEntry> Read(SqliteConnection connection, IReadOnlyCollection<string> householdIds, SharedIds shared)
    {
        var ids = ("@ids", (object)JsonSerializer.Serialize(householdIds));
        var residents = ByHousehold("SELECT household_id, name, birth_year, lives_alone FROM residents", "position",
            row => new Resident(row.GetString(1), (int?)row.IntegerOrNull(2), row.GetBoolean(3)));
        var contacts = ByHousehold("SELECT household_id, name, phone, role FROM contacts", "position",
            row => new Contact(row.GetString(1), row.GetString(2), row.GetString(3)));
        var devices = ByHousehold("SELECT household_id, device_id, kind, enrolled_at FROM (SELECT * FROM devices WHERE retired_at IS NULL)", "device_id",
            row => new InstalledDevice(shared.Device(row.GetString(1)), string.Intern(row.GetString(2)), row.Instant(3)));
        var absences = ByHousehold(AbsenceStore.Select, "absence_id", AbsenceStore.Map);
        return connection.Rows(
            "SELECT household_id, address, committee, sub_district, contact_first FROM households WHERE household_id IN (SELECT value FROM json_each(@ids))",
            row =>
            {
                var id = shared.Household(row.GetString(0));
                return new HouseholdEntry(
                    // A district has some hundreds of areas and many thousands of households: keep each name once.
                    id, row.GetString(1), string.Intern(row.GetString(2)), string.Intern(row.GetString(3)), residents[id].ToArray(), contacts[id].ToArray(),
                    absences.Contains(id) ? new AbsencePlan([.. absences[id]]) : AbsencePlan.Empty,
                    // Arrays as long as need be, and one for all that are empty: a list is a hundred bytes a million times over.
                    devices[id].ToArray())
                {
                    ContactFirst = row.GetBoolean(4),
                };
            },
            ids);

        ILookup<string, T> ByHousehold<T>(string select, string order, Func<SqliteDataReader, T> map) => connection
            .Rows(
                $"{select} WHERE household_id IN (SELECT value FROM json_each(@ids)) ORDER BY household_id, {order}",
                row => (Id: row.GetString(0), Value: map(row)), ids)
            .ToLookup(pair => pair.Id, pair => pair.Value);
    }

    private static void AddPeople(SqliteConnection connection, NewHousehold household)
    {
        var id = ("@id", (object?)household.HouseholdId);
        foreach (var (position, resident) in (household.Residents ?? []).Index())
            connection.Run(
                "INSERT INTO residents(household_id, position, name, birth_year, lives_alone) VALUES(@id, @position, @name, @year, @alone)",
                id, ("@position", position), ("@name", resident.Name), ("@year", resident.BirthYear), ("@alone", resident.LivesAlone));
        foreach (var (position, contact) in (household.Contacts ?? []).Index())
            connection.Run(
                "INSERT INTO contacts(household_id, position, name, phone, role) VALUES(@id, @position, @name, @phone, @role)",
                id, ("@position", position), ("@name", contact.Name), ("@phone", contact.Phone), ("@role", contact.Role));
    }
}
