using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Storage;
using Alert = SeniorIoT.Domain.Alerts.Alert;

namespace SeniorIoT.Server.Alerts;

/// <summary>What a list of alerts is asked for; null members do not restrict.</summary>
internal sealed record AlertFilter(
    string? State, Priority? Priority, string? Area, string? Committee, string? HouseholdId, string? Rule, DateTimeOffset? From, DateTimeOffset? To, long? Before, int Limit);

/// <summary>Reading alerts for routes and jobs.</summary>
internal sealed class AlertQueries(AlertStore store)
{
    private const string Matching = $"""
        (@state IS NULL OR (@state = 'open') = (closed_at IS NULL)) AND (@priority IS NULL OR priority = @priority)
        AND {AreaScope.Filter} AND (@committee IS NULL OR committee = @committee)
        AND iif(@household IS NULL, household_id <> '@probe', household_id = @household) AND (@rule IS NULL OR rule = @rule)
        AND (@from IS NULL OR raised_at >= @from) AND (@to IS NULL OR raised_at < @to)
        """;

    /// <summary>Newest first.</summary>
    public Page<Api.Alert> List(AlertFilter filter)
    {
        var rows = store.File.Read(connection => connection.Rows(
            $"SELECT doc, n FROM alerts WHERE {Matching} AND (@before IS NULL OR n < @before) ORDER BY n DESC LIMIT @limit",
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

    /// <summary>
    /// Key figures over alerts raised in <c>[from, to)</c>. Times to answer count P1 and P2, which people wait for; an alert
    /// that nobody has answered yet counts as late once its time is over.
    /// </summary>
    public Kpi Figures(DateTimeOffset from, DateTimeOffset to, string? area, DateTimeOffset now)
    {
        var filter = new AlertFilter(null, null, area, null, null, null, from, to, null, 0);
        var rows = store.File.Read(connection => connection.Rows(
            $"SELECT priority, rule, outcome, raised_at, answered_at, arrived_at, closed_at FROM alerts WHERE {Matching}",
            row => new Row(row.GetInt32(0), row.GetString(1), row.TextOrNull(2), row.Instant(3), row.InstantOrNull(4), row.InstantOrNull(5), row.InstantOrNull(6)),
            Parameters(filter)));
        var urgent = rows.Where(row => row.Priority < 3).ToList();
        var seconds = urgent.Where(row => row.AnsweredAt is not null).Select(row => (row.AnsweredAt!.Value - row.RaisedAt).TotalSeconds).Order().ToList();
        var days = Math.Max((Min(to, now) - from).TotalDays, 1.0 / 24);
        return new(
            from, to, rows.Count, rows.Count(row => row.ClosedAt is null),
            Count(rows, row => "P" + row.Priority), Count(rows, row => row.Rule), Count(rows.Where(row => row.Outcome is not null), row => row.Outcome!),
            rows.Count(row => row.AnsweredAt is not null),
            Share(urgent, row => row.AnsweredAt, TimeSpan.FromSeconds(60), now), Share(urgent, row => row.AnsweredAt, TimeSpan.FromSeconds(180), now),
            Share(urgent.Where(row => row.ArrivedAt is not null), row => row.ArrivedAt, TimeSpan.FromMinutes(45), now),
            Share(urgent.Where(row => row.ArrivedAt is not null), row => row.ArrivedAt, TimeSpan.FromMinutes(60), now),
            seconds.Count == 0 ? null : seconds[seconds.Count / 2], rows.Count / days);
    }

    private static (string, object?)[] Parameters(AlertFilter filter) =>
    [
        ("@state", filter.State), ("@priority", filter.Priority is { } priority ? (int)priority : null), ("@area", filter.Area), ("@committee", filter.Committee),
        ("@household", filter.HouseholdId), ("@rule", filter.Rule), ("@from", filter.From), ("@to", filter.To),
    ];

    private static double? Share(IEnumerable<Row> rows, Func<Row, DateTimeOffset?> at, TimeSpan within, DateTimeOffset now)
    {
        var known = rows.Where(row => at(row) is not null || now - row.RaisedAt > within).ToList();
        return known.Count == 0 ? null : (double)known.Count(row => at(row) - row.RaisedAt <= within) / known.Count;
    }

    private static Dictionary<string, int> Count(IEnumerable<Row> rows, Func<Row, string> by) => rows.CountBy(by).ToDictionary();

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private sealed record Row(
        int Priority, string Rule, string? Outcome, DateTimeOffset RaisedAt, DateTimeOffset? AnsweredAt, DateTimeOffset? ArrivedAt, DateTimeOffset? ClosedAt);
}
