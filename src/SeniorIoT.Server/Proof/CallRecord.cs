using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Proof;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Proof;

/// <summary>
/// Calls for help that devices were promised are kept. The journal writes each in the commit that promises it (<c>JournalRows</c>); it
/// stays when the message has left. At most a million, and none older than causes are.
/// </summary>
/// <param name="file"><c>journal.db</c>.</param>
/// <param name="devices">Where devices are now.</param>
internal sealed class CallRecord(SqliteFile file, DeviceDirectory devices)
{
    private const int LengthMax = 1_000_000;

    /// <summary>Calls received in <c>[from, to)</c>, oldest first; which alert each became is not known here.</summary>
    public List<CallFact> Read(DateTimeOffset from, DateTimeOffset to) => file.Read(connection => connection.Rows(
        "SELECT cause, device_id, rule, received_at, occurred_at FROM calls WHERE received_at >= @from AND received_at < @to ORDER BY received_at",
        row => new CallFact(row.GetString(0), new(row.GetString(1)), HomeOf(row.GetString(1)), Rule.Parse(row.GetString(2)), row.Instant(3), row.Instant(4), null),
        ("@from", from), ("@to", to)));

    /// <summary>Forgets calls from before a moment, and the oldest that are too many.</summary>
    public Task ForgetAsync(DateTimeOffset before) => file.WriteAsync(connection =>
    {
        connection.Run("DELETE FROM calls WHERE received_at < @before", ("@before", before));
        connection.Run("DELETE FROM calls WHERE cause IN (SELECT cause FROM calls ORDER BY received_at DESC LIMIT -1 OFFSET @max)", ("@max", LengthMax));
    });

    private HouseholdId? HomeOf(string deviceId) => devices.TryGet(deviceId, out var device) && device.HouseholdId is { } home ? new HouseholdId(home) : null;
}
