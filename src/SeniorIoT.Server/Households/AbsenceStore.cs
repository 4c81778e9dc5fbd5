using System.Globalization;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Households;

/// <summary>The SQL of absences. Every method works inside the caller's transaction.</summary>
internal static class AbsenceStore
{
    /// <summary>
    /// A row is one absence: a single one with its two instants, or a weekly one with days (<see cref="Weekdays"/>), minutes of the day and
    /// first and last date. What households had before carries over with its deadline.
    /// </summary>
    public const string Schema = """
        CREATE TABLE absences(
            absence_id INTEGER PRIMARY KEY AUTOINCREMENT, household_id TEXT NOT NULL REFERENCES households ON DELETE CASCADE,
            from_at INTEGER, until_at INTEGER, weekdays INTEGER, from_minute INTEGER, until_minute INTEGER, starts_on TEXT, ends_on TEXT,
            reason TEXT, made_by TEXT) STRICT;
        CREATE INDEX absences_by_household ON absences(household_id);
        INSERT INTO absences(household_id, from_at, until_at, reason, made_by)
            SELECT household_id, away_from, away_until, away_reason, away_by FROM households WHERE away_from IS NOT NULL;
        INSERT INTO deadlines(subject, kind, due_at)
            SELECT 'household/' || household_id, 'absence', away_until FROM households WHERE away_from IS NOT NULL;
        ALTER TABLE households DROP COLUMN away_from;
        ALTER TABLE households DROP COLUMN away_until;
        ALTER TABLE households DROP COLUMN away_reason;
        ALTER TABLE households DROP COLUMN away_by;
        """;

    /// <summary>Which deadlines are the end of an absence.</summary>
    public const string DeadlineKind = "absence";

    private const string SubjectPrefix = "household/";

    /// <summary>Columns for <see cref="Map"/>, the household's id first.</summary>
    public const string Select =
        "SELECT household_id, absence_id, from_at, until_at, weekdays, from_minute, until_minute, starts_on, ends_on, reason, made_by FROM absences";

    /// <summary>One absence from a row of <see cref="Select"/>.</summary>
    public static Absence Map(SqliteDataReader row)
    {
        var (id, reason, by) = (row.GetInt64(1), row.TextOrNull(9), row.TextOrNull(10));
        return row.IsDBNull(4)
            ? new Absence.Once(new AwayPeriod(row.Instant(2), row.Instant(3))) { Id = id, Reason = reason, By = by }
            : new Absence.Weekly((Weekdays)row.GetInt32(4), Time(5), Time(6), Day(7), Day(8)) { Id = id, Reason = reason, By = by };

        TimeOnly Time(int column) => TimeOnly.MinValue.AddMinutes(row.GetInt32(column));
        DateOnly Day(int column) => DateOnly.ParseExact(row.GetString(column), "O", CultureInfo.InvariantCulture);
    }

    /// <summary>The plan of a household as this transaction sees it.</summary>
    public static AbsencePlan Read(SqliteConnection connection, string householdId) =>
        new([.. connection.Rows($"{Select} WHERE household_id = @id ORDER BY absence_id", Map, ("@id", householdId))]);

    /// <summary>
    /// Puts a plan in the place of the one before, without what was over too long ago for any rule to look back on, and sees to it that
    /// somebody looks when the next absence ends.
    /// </summary>
    public static void Replace(SqliteConnection connection, string householdId, AbsencePlan plan, DateTimeOffset now, TimeZoneInfo zone)
    {
        plan = plan.Since(now - AbsencePlan.Behind, zone);
        connection.Run("DELETE FROM absences WHERE household_id = @id", ("@id", householdId));
        foreach (var absence in plan.Absences)
        {
            var (once, weekly) = (absence as Absence.Once, absence as Absence.Weekly);
            connection.Run(
                """
                INSERT INTO absences(absence_id, household_id, from_at, until_at, weekdays, from_minute, until_minute, starts_on, ends_on, reason, made_by)
                VALUES(@id, @household, @from, @until, @days, @fromMinute, @untilMinute, @starts, @ends, @reason, @by)
                """,
                ("@id", absence.Id == 0 ? null : absence.Id), ("@household", householdId), ("@from", once?.Period.From), ("@until", once?.Period.Until),
                ("@days", (int?)weekly?.On), ("@fromMinute", Minute(weekly?.From)), ("@untilMinute", Minute(weekly?.Until)),
                ("@starts", weekly?.StartsOn.ToString("O", CultureInfo.InvariantCulture)), ("@ends", weekly?.EndsOn.ToString("O", CultureInfo.InvariantCulture)),
                ("@reason", absence.Reason), ("@by", absence.By));
        }

        if (plan.NextReturn(now, zone) is { } dueAt) DeadlineTable.BringForward(connection, new Deadline(SubjectPrefix + householdId, DeadlineKind, dueAt));
    }

    /// <summary>Removes the deadline of a household that is deleted; its absences go with it.</summary>
    public static void Forget(SqliteConnection connection, string householdId) => DeadlineTable.RemoveAll(connection, SubjectPrefix + householdId);

    /// <summary>Whose absence a deadline is about.</summary>
    public static string HouseholdOf(Deadline deadline) => deadline.Subject[SubjectPrefix.Length..];

    private static int? Minute(TimeOnly? time) => time is { } at ? (at.Hour * 60) + at.Minute : null;
}
