using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain.Kpis;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Storage;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain.Households;

namespace SeniorIoT.Server.Kpis;

/// <summary>The key figures, and the alerts that took too long, with what supervisors found out about them.</summary>
internal sealed class KpiDesk(AlertQueries alerts, AlertStore store, TimeZoneInfo zone, TimeProvider clock)
{
    /// <summary>Key figures over alerts raised in <c>[from, until)</c> in an area (null: the whole district). What counts is said at <see cref="KpiRules"/>.</summary>
    public Kpi Figures(DateTimeOffset from, DateTimeOffset until, Area? area)
    {
        var now = clock.GetUtcNow();
        var facts = alerts.ReadFacts(from, until, area);
        var exceptions = ReadExceptions(facts, now);
        // Days on which several people answered count for each of them.
        var days = Math.Max(((until < now ? until : now) - from).TotalDays, 1.0 / 24)
            + facts.Where(alert => alert.AnsweredBy is not null).GroupBy(alert => Local(alert).Date).Sum(day => day.Select(alert => alert.Answerer).Distinct().Count() - 1);
        return new(
            from, until, facts.Count, facts.Count(alert => alert.ClosedAt is null),
            Count(facts, alert => alert.Priority.ToString()), Count(facts, alert => alert.Rule), Count(facts.Where(alert => alert.Outcome is not null), alert => alert.Outcome!),
            facts.Count(alert => alert.AnsweredAt is not null),
            KpiRules.AnsweredWithin(facts, KpiRules.AnswerUsual, now), KpiRules.AnsweredWithin(facts, KpiRules.AnswerMax, now),
            KpiRules.ArrivedWithin(facts, KpiRules.DoorUsual, now), KpiRules.ArrivedWithin(facts, KpiRules.DoorMax, now),
            KpiRules.SecondsToAnswer(facts, 0.5), facts.Count / days)
        {
            P90SecondsToAnswer = KpiRules.SecondsToAnswer(facts, 0.9),
            P99SecondsToAnswer = KpiRules.SecondsToAnswer(facts, 0.99),
            FalseAlarmsByRule = Count(facts.Where(alert => alert.Outcome == Outcomes.FalseAlarm), alert => alert.Rule),
            ByCommittee = Show(KpiRules.By(facts, alert => (alert.SubDistrict, alert.Committee), now), place => (place.Committee, place.SubDistrict, null)),
            ByHour = Show(KpiRules.By(facts, alert => Local(alert).ToString("HH", CultureInfo.InvariantCulture), now), hour => (hour, null, null)),
            ByDay = Show(KpiRules.By(facts, alert => Local(alert).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), now), day => (day, null, null)),
            ByPerson = Show(
                KpiRules.By(facts.Where(alert => alert.AnsweredBy is not null), alert => (alert.AnsweredById, Name: alert.AnsweredBy!), now),
                person => (person.Name, null, PhoneSight.Masked.Show(person.AnsweredById))),
            Exceptions = exceptions.Count,
            ExceptionsOpen = exceptions.Count(exception => exception.Cause is null),
        };
    }

    /// <summary>Alerts raised in <c>[from, until)</c> that took too long, the newest first.</summary>
    public IReadOnlyList<KpiException> Exceptions(DateTimeOffset from, DateTimeOffset until, Area? area)
    {
        var exceptions = ReadExceptions(alerts.ReadFacts(from, until, area), clock.GetUtcNow());
        exceptions.Reverse();
        return exceptions;
    }

    /// <summary>Writes down why an alert took too long; a later explanation takes the place of an earlier one, which the audit keeps.</summary>
    public Task ExplainAsync(string alertId, string cause, string note, string by) => store.File.WriteAsync(connection => connection.Run(
        "INSERT OR REPLACE INTO exceptions VALUES (@id, @cause, @note, @by, @now)", ("@id", alertId), ("@cause", cause), ("@note", note), ("@by", by), ("@now", clock.GetUtcNow())));

    /// <summary>The API's word for a kind of exception.</summary>
    public static string Word(ExceptionKind kind) => kind switch
    {
        ExceptionKind.AnsweredLate => "answered_late",
        ExceptionKind.Unanswered => "unanswered",
        ExceptionKind.DoorLate => "door_late",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private List<KpiException> ReadExceptions(IReadOnlyList<AlertFacts> facts, DateTimeOffset now)
    {
        var late = facts.Select(alert => (Alert: alert, Kinds: KpiRules.ExceptionsOf(alert, now))).Where(one => one.Kinds.Count > 0).ToList();
        if (late.Count == 0) return [];
        var explained = store.File.Read(connection => connection.Rows(
            "SELECT alert_id, cause, note, by, at FROM exceptions WHERE alert_id IN (SELECT value FROM json_each(@ids))", ReadExplanation,
            ("@ids", "[" + string.Join(',', late.Select(one => $"\"{one.Alert.Id}\"")) + "]"))).ToDictionary(row => row.AlertId);
        return [.. late.Select(one => Show(one.Alert, one.Kinds, explained.GetValueOrDefault(one.Alert.Id.Value)))];
    }

    private static KpiException Show(AlertFacts alert, IReadOnlyList<ExceptionKind> kinds, Explanation? explained) => new(
        alert.Id.Value, alert.Rule, alert.Priority.ToString(), alert.HouseholdId, alert.Committee, alert.RaisedAt, alert.TimeToAnswer?.TotalSeconds, alert.TimeToDoor?.TotalMinutes,
        [.. kinds.Select(Word)], explained?.Cause, explained?.Note, explained?.By, explained?.At) { SubDistrict = alert.SubDistrict };

    private static Explanation ReadExplanation(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Instant(4));

    private DateTime Local(AlertFacts alert) => TimeZoneInfo.ConvertTime(alert.RaisedAt, zone).DateTime;

    private static List<KpiPart> Show<T>(IReadOnlyList<KpiPart<T>> parts, Func<T, (string Name, string? SubDistrict, string? Phone)> say) =>
    [
        .. parts.Select(part => (Said: say(part.Part), part.Calls, part.Within60s))
            .Select(part => new KpiPart(part.Said.Name, part.Calls, part.Within60s) { SubDistrict = part.Said.SubDistrict, Phone = part.Said.Phone })
            .OrderBy(part => part.SubDistrict, StringComparer.Ordinal).ThenBy(part => part.Name, StringComparer.Ordinal).ThenBy(part => part.Phone, StringComparer.Ordinal),
    ];

    private static Dictionary<string, int> Count(IEnumerable<AlertFacts> facts, Func<AlertFacts, string> by) => facts.CountBy(by).ToDictionary();

    private sealed record Explanation(string AlertId, string Cause, string Note, string By, DateTimeOffset At);
}
