using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Storage;
using OperatorLoad = SeniorIoT.Api.OperatorLoad;

namespace SeniorIoT.Server.Storms;

/// <summary>How much people have to look at, read from <c>alerts.db</c>.</summary>
internal sealed class LoadQueries(AlertStore alerts, TimeProvider clock)
{
    /// <summary>For the migrations: what is asked of a day's alerts is in indexes alone.</summary>
    public const string Schema = """
        ALTER TABLE alerts ADD COLUMN answered_by TEXT;
        UPDATE alerts SET answered_by = doc ->> '$.response.by' WHERE answered_at IS NOT NULL;
        DROP INDEX alerts_raised;
        CREATE INDEX alerts_raised ON alerts (raised_at, key, incident_id, alert_id, committee, sub_district);
        DROP INDEX alerts_answered;
        CREATE INDEX alerts_answered ON alerts (answered_at, answered_by, incident_id, alert_id, committee, sub_district) WHERE answered_at IS NOT NULL;
        DROP INDEX timeline_at;
        CREATE INDEX timeline_again ON timeline (at, alert_id) WHERE kind IN ('repeated', 'called_again');
        """;

    private const int ChatteringMax = 10;

    /// <summary>The load of an area (null: the whole district). Members of an incident count as one alert.</summary>
    public Load Read(Area? area) => alerts.File.Read(connection =>
    {
        var now = clock.GetUtcNow();
        (string, object?)[] times = [("@area", area), ("@hour", now.AddHours(-1)), ("@day", now.AddDays(-1)), ("@stale", now - Domain.Storms.OperatorLoad.StaleAfter), ("@now", now)];
        var (lastHour, lastDay) = connection.Rows(
            $"SELECT count(DISTINCT CASE WHEN raised_at > @hour THEN coalesce(incident_id, alert_id) END), count(DISTINCT coalesce(incident_id, alert_id)) FROM alerts WHERE raised_at > @day AND {AreaScope.Filter}",
            row => (row.GetInt32(0), row.GetInt32(1)), times)[0];
        var (standing, unanswered, stale) = connection.Rows(
            $"SELECT count(*), coalesce(sum(answered_at IS NULL), 0), coalesce(sum(raised_at < @stale), 0) FROM alerts WHERE closed_at IS NULL AND {AreaScope.Filter}",
            row => (row.GetInt32(0), row.GetInt32(1), row.GetInt32(2)), times)[0];
        var operators = connection.Rows(
            $"""
            SELECT answered_by person, count(DISTINCT CASE WHEN answered_at > @hour THEN coalesce(incident_id, alert_id) END), count(DISTINCT coalesce(incident_id, alert_id)) times
            FROM alerts WHERE answered_at > @day AND {AreaScope.Filter} GROUP BY person ORDER BY times DESC
            """,
            row => new OperatorLoad(row.GetString(0), row.GetInt32(1), row.GetInt32(2), Domain.Storms.OperatorLoad.IsOver(row.GetInt32(1), row.GetInt32(2))), times);
        var chattering = connection.Rows(
            $"""
            WITH raised AS (
              SELECT key, alert_id, committee, sub_district FROM alerts WHERE raised_at > @day UNION ALL
              SELECT a.key, a.alert_id, a.committee, a.sub_district FROM timeline t JOIN alerts a USING (alert_id) WHERE t.at > @day AND t.kind IN ('repeated', 'called_again')),
            often AS (SELECT max(alert_id) one, count(*) raises FROM raised WHERE {AreaScope.Filter} GROUP BY key HAVING raises > 1 ORDER BY raises DESC LIMIT {ChatteringMax})
            SELECT a.household_id, a.device_id, a.rule, a.doc ->> '$.place.address', raises FROM often JOIN alerts a ON a.alert_id = one ORDER BY raises DESC, a.key
            """,
            row => new Chatter(row.GetString(0), row.GetString(1), row.GetString(2), row.TextOrNull(3) ?? "", row.GetInt32(4)), times);
        var incidents = Count($"SELECT count(*) FROM incidents WHERE ended_at IS NULL AND {AreaScope.Filter}");
        var shelved = Count($"SELECT count(*) FROM shelves WHERE ended_at IS NULL AND until_at > @now AND {AreaScope.Filter}");
        return new Load(
            now, lastHour, lastDay, standing, unanswered, stale, incidents, shelved, Domain.Storms.OperatorLoad.LimitHour, Domain.Storms.OperatorLoad.LimitDay,
            operators.Any(one => one.IsOver) || Domain.Storms.OperatorLoad.IsOver(lastHour, lastDay, operators.Count), operators, chattering);

        int Count(string sql) => (int)connection.Scalar(sql, 0L, times);
    });
}
