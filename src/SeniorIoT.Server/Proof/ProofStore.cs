using System.Text.Json;
using System.Text.Json.Serialization;
using SeniorIoT.Api;
using SeniorIoT.Domain.Proof;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Proof;

/// <summary>JSON of what is kept here.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Reconciliation))]
[JsonSerializable(typeof(ProbeResult))]
internal sealed partial class ProofJson : JsonSerializerContext;

/// <summary>What the books said and how probes went, in <c>alerts.db</c>.</summary>
internal sealed class ProofStore(AlertStore alerts)
{
    /// <summary>Its tables.</summary>
    public const string Migration = """
        CREATE TABLE reconciliations (n INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, doc TEXT NOT NULL);
        CREATE INDEX reconciliations_kind ON reconciliations (kind, n);
        CREATE TABLE probes (n INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, doc TEXT NOT NULL);
        """;

    private const int ReconciliationsMax = 500, ProbesMax = 3_000;

    private readonly SqliteFile _file = alerts.File;

    /// <summary>Keeps what the books said.</summary>
    public Task AddAsync(Reconciliation closed) => _file.WriteAsync(connection =>
    {
        connection.Run(
            "INSERT INTO reconciliations (at, kind, doc) VALUES (@at, @kind, @doc)",
            ("@at", closed.At), ("@kind", closed.Kind), ("@doc", JsonSerializer.Serialize(closed, ProofJson.Default.Reconciliation)));
        connection.Run("DELETE FROM reconciliations WHERE n <= last_insert_rowid() - @max", ("@max", ReconciliationsMax));
    });

    /// <summary>Keeps how a probe went.</summary>
    public Task AddAsync(ProbeResult probe) => _file.WriteAsync(connection =>
    {
        connection.Run("INSERT INTO probes (at, doc) VALUES (@at, @doc)", ("@at", probe.At), ("@doc", JsonSerializer.Serialize(probe, ProofJson.Default.ProbeResult)));
        connection.Run("DELETE FROM probes WHERE n <= last_insert_rowid() - @max", ("@max", ProbesMax));
    });

    /// <summary>The newest reconciliation of each kind, newest first.</summary>
    public IReadOnlyList<Reconciliation> ReadNewest() => _file.Read(connection => connection.Rows(
        "SELECT doc FROM reconciliations WHERE n IN (SELECT max(n) FROM reconciliations GROUP BY kind) ORDER BY n DESC",
        row => JsonSerializer.Deserialize(row.GetString(0), ProofJson.Default.Reconciliation)!));

    /// <summary>Probes since a moment, newest first.</summary>
    public IReadOnlyList<ProbeResult> ReadProbes(DateTimeOffset since) => _file.Read(connection => connection.Rows(
        "SELECT doc FROM probes WHERE at >= @since ORDER BY n DESC",
        row => JsonSerializer.Deserialize(row.GetString(0), ProofJson.Default.ProbeResult)!, ("@since", since)));

    /// <summary>Forgets the closed alerts of the server's own button, with all that belongs to them but their causes.</summary>
    public Task ForgetProbeAlertsAsync() => _file.WriteAsync(connection =>
    {
        const string own = "SELECT alert_id FROM alerts WHERE household_id = @probe AND closed_at IS NOT NULL";
        foreach (var table in (string[])["timeline", "notices", "alerts"]) connection.Run($"DELETE FROM {table} WHERE alert_id IN ({own})", ("@probe", ProbeHome.HouseholdId));
    });
}
