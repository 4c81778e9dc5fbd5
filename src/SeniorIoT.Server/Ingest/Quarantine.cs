using System.Text;
using SeniorIoT.Api;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Ingest;

/// <summary>What was refused, for people to read.</summary>
internal sealed class Quarantine(Journal journal)
{
    private readonly SqliteFile _file = journal.File;

    /// <summary>Entries, newest first.</summary>
    /// <param name="before">Only entries older than the one with this id; null begins at the newest.</param>
    /// <param name="count">At most so many, 1 to 1000.</param>
    public IReadOnlyList<QuarantinedMessage> Read(long? before, int count) => _file.Read(reader =>
    {
        using var command = reader.CreateCommand();
        command.CommandText = """
            SELECT id, received_at, device_id, topic, reason, field, detail, payload_bytes, payload
            FROM quarantine WHERE id < $before ORDER BY id DESC LIMIT $count
            """;
        command.Parameters.AddWithValue("$before", before ?? long.MaxValue);
        command.Parameters.AddWithValue("$count", Math.Clamp(count, 1, 1000));
        using var row = command.ExecuteReader();
        var entries = new List<QuarantinedMessage>();
        while (row.Read())
            entries.Add(new QuarantinedMessage(
                row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3),
                ((QuarantineReason)row.GetInt32(4)).Word(), row.GetString(5), row.GetString(6), row.GetInt32(7),
                Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(8))));
        return entries;
    });
}
