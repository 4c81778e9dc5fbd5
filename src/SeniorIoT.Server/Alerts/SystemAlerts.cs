using System.Diagnostics;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Alerts;

/// <summary>Alerts about the platform itself, for whoever watches a part of it. They live and end as every alert does.</summary>
internal sealed class SystemAlerts(IGrainFactory grains, AlertStore store)
{
    private static readonly DeviceId NoDevice = new("");

    /// <summary>
    /// Raises or clears the alert of a rule of <see cref="RuleScope.System"/>; on disk when the task completes. Its causes begin with
    /// the rule's key, <c>@system/{rule}/</c>. Throws when it could not be saved: tell it again.
    /// </summary>
    public Task TellAsync(Finding finding) => finding switch
    {
        Finding.Raised raised => Grain(raised.Rule).Raise(raised, NoDevice, Place.System.Household),
        Finding.Cleared cleared => Grain(cleared.Rule).Handle(new AlertCommand.Clear(cleared.At, cleared.Note, cleared.IsDated)),
        _ => throw new UnreachableException(),
    };

    /// <summary>Every cause that is remembered of a rule, with the moment it was told, the oldest first.</summary>
    public IReadOnlyList<(string Cause, DateTimeOffset At)> ReadCauses(Rule rule) => store.File.Read(connection => connection.Rows(
        // A range of the primary key; 0 is the character after the slash.
        "SELECT cause, at FROM causes WHERE cause > @key || '/' AND cause < @key || '0' ORDER BY at",
        row => (row.GetString(0), row.Instant(1)), ("@key", AlertKey.OfSystem(rule))));

    /// <summary>Since when the trouble of a rule's newest alert goes on, as far as was told; null when it is over, or never was.</summary>
    public DateTimeOffset? ReadTroubledSince(Rule rule) => store.File.Read(connection => connection.Rows(
        """
        SELECT iif(doc ->> '$.clearedAt' IS NULL, coalesce((SELECT max(at) FROM timeline WHERE alert_id = alerts.alert_id AND kind = 'cleared'), raised_at), NULL)
        FROM alerts WHERE key = @key ORDER BY n DESC LIMIT 1
        """,
        row => row.InstantOrNull(0), ("@key", AlertKey.OfSystem(rule))).FirstOrDefault());

    private IAlertGrain Grain(Rule rule) => grains.GetGrain<IAlertGrain>(AlertKey.OfSystem(rule));
}
