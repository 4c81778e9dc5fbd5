using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Households;

/// <summary>Presses of service keys (taxi, register, consult, service): not alerts, a list of their own.</summary>
internal sealed class ServiceRequestStore(SqliteFile file)
{
    /// <summary>
    /// Adds a request; on disk when the task completes. The same <paramref name="cause"/> again adds nothing, nor does a
    /// household that was deleted meanwhile. Returns whether it was added.
    /// </summary>
    public Task<bool> AddAsync(string householdId, string deviceId, string service, DateTimeOffset at, string cause) =>
        file.WriteAsync(connection => connection.Run(
            """
            INSERT INTO service_requests(household_id, device_id, service, at, cause)
            SELECT household_id, @device, @service, @at, @cause FROM households WHERE household_id = @household
            ON CONFLICT DO NOTHING
            """,
            ("@household", householdId), ("@device", deviceId), ("@service", service), ("@at", at), ("@cause", cause)) > 0);

    /// <summary>Requests older than number <paramref name="before"/>, newest first; open ones, done ones, or all (null).</summary>
    public List<ServiceRequest> List(AreaScope scope, bool? isOpen, long before, int limit) => file.Read(connection => connection.Rows(
        $"""
        SELECT r.id, r.household_id, r.device_id, r.service, r.at, r.done_at, r.done_by
        FROM service_requests AS r JOIN households AS h USING(household_id)
        WHERE r.id < @before AND {AreaScope.Filter} AND (@open IS NULL OR (r.done_at IS NULL) = @open)
        ORDER BY r.id DESC LIMIT @limit
        """,
        row => new ServiceRequest(
            IdOf(row.GetInt64(0)), row.GetString(1), row.GetString(2), row.GetString(3), row.Instant(4), row.InstantOrNull(5), row.TextOrNull(6)),
        ("@before", before), ("@area", scope.Area), ("@open", isOpen), ("@limit", limit)));

    /// <summary>Marks a request as done; a second time changes nothing. Null when there is none in the area.</summary>
    public Task<ServiceRequest?> FinishAsync(string requestId, AreaScope scope, string user, DateTimeOffset now)
    {
        var number = NumberOf(requestId);
        return file.WriteAsync(connection =>
        {
            var changed = connection.Run(
                $"""
                UPDATE service_requests SET done_at = @now, done_by = @user WHERE id = @id AND done_at IS NULL
                  AND household_id IN (SELECT household_id FROM households WHERE {AreaScope.Filter})
                """,
                ("@now", now), ("@user", user), ("@id", number), ("@area", scope.Area));
            if (changed > 0) AuditLog.Write(connection, now, user, "service-request.done", requestId);
            return connection.Rows(
                $"""
                SELECT r.household_id, r.device_id, r.service, r.at, r.done_at, r.done_by
                FROM service_requests AS r JOIN households AS h USING(household_id) WHERE r.id = @id AND {AreaScope.Filter}
                """,
                row => new ServiceRequest(
                    requestId, row.GetString(0), row.GetString(1), row.GetString(2), row.Instant(3), row.InstantOrNull(4), row.TextOrNull(5)),
                ("@id", number), ("@area", scope.Area)).FirstOrDefault();
        });
    }

    /// <summary>The number behind an id such as <c>S0012</c>; -1 when it is none.</summary>
    public static long NumberOf(string requestId) => requestId.StartsWith('S') && long.TryParse(requestId.AsSpan(1), out var number) ? number : -1;

    private static string IdOf(long number) => $"S{number:0000}";
}
