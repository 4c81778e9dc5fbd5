using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Duty;

/// <summary>The SQL of rotas, swaps, absences of people and quiet hours, all in <c>registry.db</c>. Every method works inside the caller's transaction.</summary>
internal static class DutyStore
{
    /// <summary>For the migrations of the registry. A rota is a document: it is read and written whole.</summary>
    public const string Schema = """
        ALTER TABLE households ADD COLUMN contact_first INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE rotas(area TEXT NOT NULL, role TEXT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY(area, role)) STRICT, WITHOUT ROWID;
        CREATE TABLE duty_calendar(day TEXT PRIMARY KEY, weekday INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE duty_swaps(
            swap_id INTEGER PRIMARY KEY AUTOINCREMENT, area TEXT NOT NULL, role TEXT NOT NULL, out_number TEXT NOT NULL, in_name TEXT NOT NULL,
            in_number TEXT NOT NULL, from_at INTEGER NOT NULL, until_at INTEGER NOT NULL, reason TEXT, made_by TEXT NOT NULL) STRICT;
        CREATE TABLE duty_absences(
            absence_id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, name TEXT NOT NULL, from_at INTEGER NOT NULL, until_at INTEGER NOT NULL,
            reason TEXT, made_by TEXT NOT NULL) STRICT;
        CREATE TABLE quiet_hours(number TEXT PRIMARY KEY, from_minute INTEGER NOT NULL, until_minute INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE test_texts(number TEXT PRIMARY KEY, owed_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE heard_from(number TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        """;

    /// <summary>Everything, as it is now.</summary>
    public static DutyBook Read(SqliteConnection connection)
    {
        var swaps = connection.Rows(
            "SELECT area, role, swap_id, out_number, in_name, in_number, from_at, until_at, reason, made_by FROM duty_swaps ORDER BY swap_id",
            row => (Of: (Area.Parse(row.GetString(0))!.Value, row.GetString(1)), Swap: new Swap(
                row.GetInt64(2), row.GetString(3), new Person(row.GetString(4), row.GetString(5)), row.Instant(6), row.Instant(7), row.TextOrNull(8), row.GetString(9))))
            .ToLookup(row => row.Of, row => row.Swap);
        return new DutyBook(
            connection.Rows("SELECT doc FROM rotas", row => JsonSerializer.Deserialize<Rota>(row.GetString(0))!).Select(rota => rota with { Swaps = [.. swaps[(rota.Area, rota.Role)]] }),
            [.. connection.Rows(
                "SELECT day, weekday FROM duty_calendar ORDER BY day",
                row => new Holiday(DateOnly.ParseExact(row.GetString(0), "O", CultureInfo.InvariantCulture), (Weekdays)row.GetInt32(1), []))],
            connection.Rows(
                "SELECT absence_id, number, name, from_at, until_at, reason, made_by FROM duty_absences ORDER BY absence_id",
                row => new PersonAbsence(row.GetInt64(0), row.GetString(1), row.GetString(2), row.Instant(3), row.Instant(4), row.TextOrNull(5), row.GetString(6))),
            connection.Rows(
                "SELECT number, from_minute, until_minute FROM quiet_hours",
                row => KeyValuePair.Create(row.GetString(0), new QuietHours(Time(row.GetInt32(1)), Time(row.GetInt32(2))))));
    }

    /// <summary>Puts a rota in the place of the one before.</summary>
    public static void Set(SqliteConnection connection, Rota rota) => connection.Run(
        "INSERT OR REPLACE INTO rotas VALUES(@area, @role, @doc)",
        ("@area", rota.Area.Key), ("@role", rota.Role), ("@doc", JsonSerializer.Serialize(rota with { Swaps = [] })));

    /// <summary>Removes a rota with its swaps; false when there is none.</summary>
    public static bool Remove(SqliteConnection connection, Area area, string role)
    {
        connection.Run("DELETE FROM duty_swaps WHERE area = @area AND role = @role", ("@area", area.Key), ("@role", role));
        return connection.Run("DELETE FROM rotas WHERE area = @area AND role = @role", ("@area", area.Key), ("@role", role)) > 0;
    }

    /// <summary>Replaces the holidays of the district.</summary>
    public static void Set(SqliteConnection connection, ImmutableArray<Holiday> calendar)
    {
        connection.Run("DELETE FROM duty_calendar");
        foreach (var holiday in calendar)
            connection.Run("INSERT INTO duty_calendar VALUES(@day, @weekday)", ("@day", holiday.On.ToString("O", CultureInfo.InvariantCulture)), ("@weekday", (int)holiday.Like!));
    }

    /// <summary>Adds a swap; returns its number.</summary>
    public static long Add(SqliteConnection connection, Area area, string role, Swap swap) => connection.Scalar(
        """
        INSERT INTO duty_swaps(area, role, out_number, in_name, in_number, from_at, until_at, reason, made_by)
        VALUES(@area, @role, @out, @name, @in, @from, @until, @reason, @by) RETURNING swap_id
        """,
        0L, ("@area", area.Key), ("@role", role), ("@out", swap.Out), ("@name", swap.In.Name), ("@in", swap.In.Number), ("@from", swap.From), ("@until", swap.Until),
        ("@reason", swap.Reason), ("@by", swap.By));

    /// <summary>Adds an absence; returns its number.</summary>
    public static long Add(SqliteConnection connection, PersonAbsence absence) => connection.Scalar(
        """
        INSERT INTO duty_absences(number, name, from_at, until_at, reason, made_by) VALUES(@number, @name, @from, @until, @reason, @by) RETURNING absence_id
        """,
        0L, ("@number", absence.Number), ("@name", absence.Name), ("@from", absence.From), ("@until", absence.Until), ("@reason", absence.Reason), ("@by", absence.By));

    /// <summary>Ends a swap now; one that has not begun goes.</summary>
    public static void EndSwap(SqliteConnection connection, long id, DateTimeOffset now) => End(connection, "duty_swaps", "swap_id", id, now);

    /// <summary>Ends an absence now; one that has not begun goes.</summary>
    public static void EndAbsence(SqliteConnection connection, long id, DateTimeOffset now) => End(connection, "duty_absences", "absence_id", id, now);

    /// <summary>Sets a person's quiet hours; null takes them away.</summary>
    public static void Set(SqliteConnection connection, string number, QuietHours? quiet)
    {
        if (quiet is null) connection.Run("DELETE FROM quiet_hours WHERE number = @number", ("@number", number));
        else connection.Run("INSERT OR REPLACE INTO quiet_hours VALUES(@number, @from, @until)", ("@number", number), ("@from", Minute(quiet.From)), ("@until", Minute(quiet.Until)));
    }

    /// <summary>
    /// Forgets swaps, absences and holidays that were over before a moment, and what is kept of numbers by which nobody is known any more: who leaves takes
    /// his or her traces along.
    /// </summary>
    public static void Forget(SqliteConnection connection, DateTimeOffset before, IEnumerable<string> known)
    {
        var numbers = ("@known", (object?)JsonSerializer.Serialize(known));
        foreach (var table in (string[])["quiet_hours", "test_texts", "heard_from"])
            connection.Run($"DELETE FROM {table} WHERE number NOT IN (SELECT value FROM json_each(@known))", numbers);
        connection.Run("DELETE FROM duty_swaps WHERE until_at < @before", ("@before", before));
        connection.Run("DELETE FROM duty_absences WHERE until_at < @before", ("@before", before));
        connection.Run("DELETE FROM duty_calendar WHERE day < @day", ("@day", before.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
    }

    private static void End(SqliteConnection connection, string table, string key, long id, DateTimeOffset now)
    {
        connection.Run($"DELETE FROM {table} WHERE {key} = @id AND from_at >= @now", ("@id", id), ("@now", now));
        connection.Run($"UPDATE {table} SET until_at = @now WHERE {key} = @id AND until_at > @now", ("@id", id), ("@now", now));
    }

    private static TimeOnly Time(int minute) => TimeOnly.MinValue.AddMinutes(minute);

    private static int Minute(TimeOnly time) => (time.Hour * 60) + time.Minute;
}
