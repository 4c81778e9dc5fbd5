using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Storage;
using Visit = SeniorIoT.Domain.Visits.Visit;

namespace SeniorIoT.Server.Visits;

/// <summary>Where a visit was, as known when it was written down.</summary>
internal sealed record VisitPlace(string Committee, string SubDistrict);

/// <summary>A record with who wrote it down, when, and why it was corrected.</summary>
internal sealed record VisitRow(Visit Visit, VisitPlace Place, DateTimeOffset EnteredAt, string EnteredBy, string? Correction, long N);

/// <summary>Somebody who was at a visit, as stored.</summary>
internal sealed record KeptHelper(string Name, int? Minutes, string? Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(List<KeptHelper>))]
internal sealed partial class VisitJson : JsonSerializerContext;

/// <summary>
/// Visits in <c>alerts.db</c>: those of alerts are written in the transaction that closes the alert. Nothing is changed: a correction, like a
/// second closing, is a new row of the same id, and the newest counts.
/// </summary>
internal sealed class VisitStore(SqliteFile file)
{
    /// <summary>For the migrations of <c>alerts.db</c>.</summary>
    public const string Schema = """
        CREATE TABLE visits (
          n INTEGER PRIMARY KEY AUTOINCREMENT, visit_id TEXT NOT NULL, household_id TEXT NOT NULL, committee TEXT NOT NULL, sub_district TEXT NOT NULL, kind TEXT NOT NULL,
          at INTEGER NOT NULL, by TEXT NOT NULL, minutes INTEGER, outcome TEXT NOT NULL, alert_id TEXT, note TEXT, is_seen INTEGER NOT NULL,
          entered_at INTEGER NOT NULL, entered_by TEXT NOT NULL, correction TEXT);
        CREATE INDEX visits_id ON visits (visit_id, n);
        CREATE INDEX visits_household ON visits (household_id, at);
        CREATE INDEX visits_at ON visits (at);
        CREATE TRIGGER visits_keep BEFORE UPDATE ON visits BEGIN SELECT RAISE(ABORT, 'visits are append-only'); END;
        CREATE VIEW current_visits AS SELECT * FROM visits v WHERE n = (SELECT max(n) FROM visits w WHERE w.visit_id = v.visit_id);
        CREATE TABLE exceptions (alert_id TEXT PRIMARY KEY, cause TEXT NOT NULL, note TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE reports (month TEXT PRIMARY KEY, written_at INTEGER NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>
    /// A later migration: who went, beside the name. Of records before it the number is taken from the notices of the alert where exactly one person of the name was told, the
    /// user where somebody wrote down what he or she did; of the rest only the name is known.
    /// </summary>
    public const string People = """
        ALTER TABLE visits ADD COLUMN by_id TEXT;
        DROP TRIGGER visits_keep;
        UPDATE visits SET by_id = coalesce(
          (SELECT CASE WHEN count(DISTINCT phone) = 1 THEN 'tel:' || min(phone) END FROM notices
           WHERE notices.alert_id = visits.alert_id AND notices.recipient = visits.by AND notices.channel = 'sms'),
          CASE WHEN by = entered_by THEN 'user:' || lower(by) END);
        CREATE TRIGGER visits_keep BEFORE UPDATE ON visits BEGIN SELECT RAISE(ABORT, 'visits are append-only'); END;
        """;

    /// <summary>A later migration: who else was there.</summary>
    public const string Helpers = "ALTER TABLE visits ADD COLUMN helpers TEXT;";

    private const string Columns = "visit_id, household_id, kind, at, by, minutes, outcome, alert_id, note, committee, sub_district, entered_at, entered_by, correction, n, by_id, helpers";

    /// <summary>Writes a record, inside the transaction of whoever has it.</summary>
    public static void Add(SqliteConnection connection, Visit visit, VisitPlace place, DateTimeOffset enteredAt, string enteredBy, string? correction = null) => connection.Run(
        """
        INSERT INTO visits (visit_id, household_id, committee, sub_district, kind, at, by, minutes, outcome, alert_id, note, is_seen, entered_at, entered_by, correction, by_id, helpers)
        VALUES (@id, @household, @committee, @subDistrict, @kind, @at, @by, @minutes, @outcome, @alert, @note, @seen, @enteredAt, @enteredBy, @correction, @byId, @helpers)
        """,
        ("@id", visit.Id), ("@household", visit.Household.Value), ("@committee", place.Committee), ("@subDistrict", place.SubDistrict), ("@kind", visit.Kind), ("@at", visit.At),
        ("@by", visit.By), ("@minutes", visit.Minutes), ("@outcome", visit.Outcome), ("@alert", visit.Alert?.Value), ("@note", visit.Note), ("@seen", VisitRules.IsSeen(visit) ? 1 : 0),
        ("@enteredAt", enteredAt), ("@enteredBy", enteredBy), ("@correction", correction), ("@byId", visit.ById?.Value),
        ("@helpers", visit.Helpers.Count == 0 ? null : JsonSerializer.Serialize([.. visit.Helpers.Select(helper => new KeptHelper(helper.Name, helper.Minutes, helper.Id?.Value))], VisitJson.Default.ListKeptHelper)));

    /// <summary>Writes a record that a person entered; of an empty id a new one is made. Returns it.</summary>
    public Task<VisitRow> AddAsync(Visit visit, VisitPlace place, DateTimeOffset enteredAt, string enteredBy, string? correction = null) => file.WriteAsync(connection =>
    {
        if (visit.Id.Length == 0)
            visit = visit with { Id = "V" + (connection.Scalar("SELECT coalesce(max(n), 0) + 1 FROM visits", 1L)).ToString("00000", CultureInfo.InvariantCulture) };
        Add(connection, visit, place, enteredAt, enteredBy, correction);
        return new VisitRow(visit, place, enteredAt, enteredBy, correction, connection.Scalar("SELECT last_insert_rowid()", 0L));
    });

    /// <summary>The record that counts; null when there is none, or not in <paramref name="area"/>.</summary>
    public VisitRow? Find(string id, string? area) => file.Read(connection => connection.Rows(
        $"SELECT {Columns} FROM current_visits WHERE visit_id = @id AND {AreaScope.Filter}", Read, ("@id", id), ("@area", area)).FirstOrDefault());

    /// <summary>Every row of a record, the newest first.</summary>
    public IReadOnlyList<VisitRow> History(string id) => file.Read(connection => connection.Rows($"SELECT {Columns} FROM visits WHERE visit_id = @id ORDER BY n DESC", Read, ("@id", id)));

    /// <summary>Records that count, made in <c>[from, until)</c>, the newest first.</summary>
    public IReadOnlyList<VisitRow> List(string? area, string? household, DateTimeOffset? from, DateTimeOffset? until, long before = long.MaxValue, int limit = int.MaxValue) => file.Read(connection => connection.Rows(
        $"""
        SELECT {Columns} FROM current_visits WHERE {AreaScope.Filter} AND (@household IS NULL OR household_id = @household)
        AND (@from IS NULL OR at >= @from) AND (@until IS NULL OR at < @until) AND n < @before ORDER BY n DESC LIMIT @limit
        """,
        Read, ("@area", area), ("@household", household), ("@from", from), ("@until", until), ("@before", before), ("@limit", limit)));

    /// <summary>Households seen in <c>[from, until)</c>.</summary>
    public HashSet<HouseholdId> ReadSeen(DateTimeOffset from, DateTimeOffset until) => [.. file.Read(connection => connection.Rows(
        "SELECT DISTINCT household_id FROM current_visits WHERE is_seen = 1 AND at >= @from AND at < @until", row => new HouseholdId(row.GetString(0)), ("@from", from), ("@until", until)))];

    /// <summary>When each household was seen last.</summary>
    public Dictionary<HouseholdId, DateTimeOffset> ReadSeenAt() => file.Read(connection => connection.Rows(
        "SELECT household_id, max(at) FROM current_visits WHERE is_seen = 1 GROUP BY household_id", row => KeyValuePair.Create(new HouseholdId(row.GetString(0)), row.Instant(1)))).ToDictionary();

    /// <summary>The number of the newest record; it grows with each.</summary>
    public long ReadNewest() => file.Read(connection => connection.Scalar("SELECT coalesce(max(n), 0) FROM visits", 0L));

    /// <summary>Households of which there are records newer than <paramref name="after"/>, at most so many.</summary>
    public List<HouseholdId> ReadTouched(long after, int limit) => file.Read(connection => connection.Rows(
        "SELECT DISTINCT household_id FROM visits WHERE n > @after LIMIT @limit", row => new HouseholdId(row.GetString(0)), ("@after", after), ("@limit", limit)));

    /// <summary>Every time that a household was seen.</summary>
    public List<DateTimeOffset> ReadSeenTimes(HouseholdId household) => file.Read(connection => connection.Rows(
        "SELECT at FROM current_visits WHERE is_seen = 1 AND household_id = @household", row => row.Instant(0), ("@household", household.Value)));

    /// <summary>A record as the API shows it.</summary>
    public static Api.Visit Show(VisitRow row, PhoneSight sight) => new(
        row.Visit.Id, row.Visit.Household.Value, row.Place.Committee, row.Place.SubDistrict, row.Visit.Kind, row.Visit.At, row.Visit.By, row.Visit.Minutes, row.Visit.Outcome, row.Visit.Alert?.Value,
        row.Visit.Note, VisitRules.IsSeen(row.Visit), row.EnteredAt, row.EnteredBy, row.Correction) 
    {
        ByPhone = sight.Show(row.Visit.ById),
        ByUser = row.Visit.ById?.User,
        Helpers = [.. row.Visit.Helpers.Select(helper => new Api.VisitHelper(helper.Name, helper.Minutes) { Phone = sight.Show(helper.Id), User = helper.Id?.User })],
    };

    private static VisitRow Read(SqliteDataReader row) => new(
        new Visit(
            row.GetString(0), new HouseholdId(row.GetString(1)), row.GetString(2), row.Instant(3), row.GetString(4), (int?)row.IntegerOrNull(5), row.GetString(6),
            row.TextOrNull(7) is { } alert ? new AlertId(alert) : null, row.TextOrNull(8)) 
        {
            ById = row.TextOrNull(15) is { } id ? Canonical(new PersonId(id)) : null,
            Helpers = row.TextOrNull(16) is { } helpers
                ? [.. JsonSerializer.Deserialize(helpers, VisitJson.Default.ListKeptHelper)!.Select(helper => new VisitHelper(helper.Name, helper.Minutes, helper.Id is { } known ? new PersonId(known) : null))]
                : [],
        },
        new VisitPlace(row.GetString(9), row.GetString(10)), row.Instant(11), row.GetString(12), row.TextOrNull(13), row.GetInt64(14));

    // Records from before people were known hold numbers as they were written then.
    private static PersonId? Canonical(PersonId id) => id.Phone is { } written ? PersonId.OfPhone(written) : id;
}
