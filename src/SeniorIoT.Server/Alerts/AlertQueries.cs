using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Kpis;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Storage;
using Alert = SeniorIoT.Domain.Alerts.Alert;

namespace SeniorIoT.Server.Alerts;

/// <summary>What a list of alerts is asked for; null members do not restrict.</summary>
internal sealed record AlertFilter(
    string? State, Priority? Priority, string? Area, string? Committee, string? HouseholdId, string? Rule, DateTimeOffset? From, DateTimeOffset? To, long? Before, int Limit)
{
    /// <summary>How it was closed.</summary>
    public string? Outcome { get; init; }

    /// <summary>The most urgent first, and of these who has waited longest, as the queue shows them; only of open ones.</summary>
    public bool IsUrgentFirst { get; init; }
}

/// <summary>Reading alerts for routes and jobs.</summary>
internal sealed class AlertQueries(AlertStore store)
{
    private const string Matching = $"""
        (@state IS NULL OR (@state = 'open') = (closed_at IS NULL)) AND (@priority IS NULL OR priority = @priority)
        AND {AreaScope.Filter} AND (@committee IS NULL OR committee = @committee)
        AND iif(@household IS NULL, household_id <> '@probe', household_id = @household) AND (@rule IS NULL OR rule = @rule)
        AND (@from IS NULL OR raised_at >= @from) AND (@to IS NULL OR raised_at < @to) AND (@outcome IS NULL OR outcome = @outcome)
        """;

    private const string NewestFirst = "(@before IS NULL OR n < @before) ORDER BY n DESC";

    // Says of itself that it is about open alerts, because only so SQLite takes the index that has them in this order.
    private const string UrgentFirst =
        "closed_at IS NULL AND (@before IS NULL OR (priority, raised_at, n) > (SELECT priority, raised_at, n FROM alerts WHERE n = @before)) ORDER BY priority, raised_at, n";

    /// <summary>A page of them; newest first unless the filter says otherwise.</summary>
    public Page<Api.Alert> List(AlertFilter filter)
    {
        var rows = store.File.Read(connection => connection.Rows(
            $"SELECT doc, n FROM alerts WHERE {Matching} AND {(filter.IsUrgentFirst ? UrgentFirst : NewestFirst)} LIMIT @limit",
            row => (Alert: AlertStore.ReadAlert(row), N: row.GetInt64(1)),
            [.. Parameters(filter), ("@before", filter.Before), ("@limit", filter.Limit + 1)]));
        return PageRequest.Cut(rows, filter.Limit, row => row.N.ToString(CultureInfo.InvariantCulture), row => AlertView.Of(row.Alert));
    }

    /// <summary>One alert, if <paramref name="area"/> may see it (null: the whole district).</summary>
    public (Alert Alert, string Key)? Find(string alertId, string? area) => store.File.Read(connection => connection.Rows<(Alert, string)?>(
        $"SELECT doc, key FROM alerts WHERE alert_id = @id AND {AreaScope.Filter}",
        row => (AlertStore.ReadAlert(row), row.GetString(1)), ("@id", alertId), ("@area", area)).FirstOrDefault());

    /// <summary>What happened to an alert, oldest first.</summary>
    public IReadOnlyList<TimelineEntry> TimelineOf(string alertId) => store.File.Read(connection => connection.Rows(
        "SELECT at, kind, by, text, origin FROM timeline WHERE alert_id = @id ORDER BY n",
        row => new TimelineEntry(row.Instant(0), row.GetString(1), row.TextOrNull(2), row.GetString(3)) { From = row.TextOrNull(4) }, ("@id", alertId)));

    /// <summary>How many alerts are open, by priority.</summary>
    public IReadOnlyDictionary<string, int> CountOpen(string? area) => store.File.Read(connection => connection.Rows(
        $"SELECT priority, count(*) FROM alerts WHERE closed_at IS NULL AND household_id <> '@probe' AND {AreaScope.Filter} GROUP BY priority",
        row => KeyValuePair.Create("P" + row.GetInt64(0), row.GetInt32(1)), ("@area", area)).ToDictionary());

    /// <summary>Rules of open alerts about the system itself, the oldest first.</summary>
    public IReadOnlyList<string> OpenSystem() => store.File.Read(connection => connection.Rows(
        "SELECT rule FROM alerts WHERE closed_at IS NULL AND household_id = '' ORDER BY raised_at", row => row.GetString(0)));

    /// <summary>What the key figures need of the alerts raised in <c>[from, until)</c>, oldest first.</summary>
    public IReadOnlyList<AlertFacts> ReadFacts(DateTimeOffset from, DateTimeOffset until, string? area)
    {
        var filter = new AlertFilter(null, null, area, null, null, null, from, until, null, 0);
        return store.File.Read(connection => connection.Rows(
            $"""
            SELECT alert_id, rule, priority, committee, raised_at, coalesce(asked_at, raised_at), answered_at, doc ->> '$.response.by', doc ->> '$.dispatch.at', arrived_at, closed_at, outcome, household_id, doc ->> '$.slowestAnswer',
              sub_district, doc ->> '$.response.byId'
            FROM alerts WHERE {Matching} ORDER BY n
            """,
            row => new AlertFacts(
                new AlertId(row.GetString(0)), row.GetString(1), (Priority)row.GetInt32(2), row.GetString(3), row.Instant(4), row.Instant(5), row.InstantOrNull(6), row.TextOrNull(7),
                row.TextOrNull(8) is { } sent ? DateTimeOffset.Parse(sent, CultureInfo.InvariantCulture) : null, row.InstantOrNull(9), row.InstantOrNull(10), row.TextOrNull(11))
            {
                HouseholdId = row.GetString(12),
                RaisedAs = Rule.Parse(row.GetString(1)).Priority,
                SubDistrict = row.GetString(14),
                AnsweredById = row.TextOrNull(15) is { } id ? new PersonId(id) : null,
                SlowestAnswer = row.TextOrNull(13) is { } slowest ? TimeSpan.Parse(slowest, CultureInfo.InvariantCulture) : null,
            },
            Parameters(filter)));
    }

    private static (string, object?)[] Parameters(AlertFilter filter) =>
    [
        ("@state", filter.State), ("@priority", filter.Priority is { } priority ? (int)priority : null), ("@area", filter.Area), ("@committee", filter.Committee),
        ("@household", filter.HouseholdId), ("@rule", filter.Rule), ("@from", filter.From), ("@to", filter.To), ("@outcome", filter.Outcome),
    ];
}
