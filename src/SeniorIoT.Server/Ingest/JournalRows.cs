using Microsoft.Data.Sqlite;
using SeniorIoT.DeviceProtocol;

namespace SeniorIoT.Server.Ingest;

/// <summary>One row that was left in the journal by an earlier run.</summary>
internal readonly record struct JournalRow(long Seq, DateTimeOffset ReceivedAt, Topic Topic, byte[] Payload);

/// <summary>
/// The SQL of <c>journal.db</c>. Its write methods run on the writer's thread inside the writer's transaction, so the prepared
/// statements belong to that one connection.
/// </summary>
internal sealed class JournalRows
{
    public static readonly string[] Migrations =
    [
        """
        CREATE TABLE journal(
            seq INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, device_id TEXT NOT NULL,
            kind INTEGER NOT NULL, channel INTEGER NOT NULL, payload BLOB NOT NULL) STRICT;
        CREATE TABLE quarantine(
            id INTEGER PRIMARY KEY AUTOINCREMENT, received_at INTEGER NOT NULL, device_id TEXT, topic TEXT NOT NULL, reason INTEGER NOT NULL,
            field TEXT NOT NULL, detail TEXT NOT NULL, payload_bytes INTEGER NOT NULL, payload BLOB NOT NULL) STRICT;
        CREATE TABLE checkpoint(id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL) STRICT;
        INSERT INTO checkpoint VALUES (1, 0)
        """,
    ];

    /// <summary>Quarantined payloads are kept up to here: enough to see what is wrong, too little to fill a disk with.</summary>
    public const int QuarantinedPayloadBytesMax = 512;

    private SqliteCommand? _insert;
    private SqliteCommand? _quarantine;
    private SqliteCommand? _makeRoom;
    private SqliteCommand? _delete;

    public void Insert(SqliteConnection writer, AcceptedMessage message)
    {
        _insert ??= Prepare(writer, "INSERT INTO journal VALUES ($1, $2, $3, $4, $5, $6)", 6);
        Set(_insert, 0, message.Seq);
        Set(_insert, 1, message.ReceivedAt.ToUnixTimeMilliseconds());
        Set(_insert, 2, message.Topic.DeviceId);
        Set(_insert, 3, (long)message.Topic.Kind);
        Set(_insert, 4, (long)message.Topic.Channel);
        Set(_insert, 5, message.Payload);
        _insert.ExecuteNonQuery();
    }

    /// <summary>Writes a refused arrival and removes what is older than the newest <paramref name="lengthMax"/>. Returns how many were removed.</summary>
    public int Quarantine(SqliteConnection writer, RefusedArrival refused, int lengthMax)
    {
        _quarantine ??= Prepare(writer, "INSERT INTO quarantine VALUES (NULL, $1, $2, $3, $4, $5, $6, $7, $8)", 8);
        Set(_quarantine, 0, refused.ReceivedAt.ToUnixTimeMilliseconds());
        Set(_quarantine, 1, (object?)refused.DeviceId ?? DBNull.Value);
        Set(_quarantine, 2, refused.Topic);
        Set(_quarantine, 3, (long)refused.Reason);
        Set(_quarantine, 4, refused.Field);
        Set(_quarantine, 5, refused.Detail);
        Set(_quarantine, 6, (long)refused.PayloadBytes);
        Set(_quarantine, 7, refused.Payload.Length <= QuarantinedPayloadBytesMax ? refused.Payload : refused.Payload[..QuarantinedPayloadBytesMax]);
        _quarantine.ExecuteNonQuery();
        _makeRoom ??= Prepare(writer, "DELETE FROM quarantine WHERE id <= last_insert_rowid() - $1", 1);
        Set(_makeRoom, 0, (long)lengthMax);
        return _makeRoom.ExecuteNonQuery();
    }

    /// <summary>Removes the rows with these numbers, which must be sorted, and notes when.</summary>
    public void Delete(SqliteConnection writer, IReadOnlyList<long> seqs, DateTimeOffset now)
    {
        _delete ??= Prepare(writer, "DELETE FROM journal WHERE seq BETWEEN $1 AND $2", 2);
        for (var first = 0; first < seqs.Count;)
        {
            var last = first;
            while (last + 1 < seqs.Count && seqs[last + 1] == seqs[last] + 1) last++;
            Set(_delete, 0, seqs[first]);
            Set(_delete, 1, seqs[last]);
            _delete.ExecuteNonQuery();
            first = last + 1;
        }

        using var note = writer.CreateCommand();
        note.CommandText = "UPDATE checkpoint SET at = $1";
        note.Parameters.AddWithValue("$1", now.ToUnixTimeMilliseconds());
        note.ExecuteNonQuery();
    }

    /// <summary>Rows after <paramref name="seq"/>, oldest first, at most <paramref name="count"/>.</summary>
    public static List<JournalRow> ReadAfter(SqliteConnection reader, long seq, int count)
    {
        using var command = reader.CreateCommand();
        command.CommandText = "SELECT seq, received_at, device_id, kind, channel, payload FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2";
        command.Parameters.AddWithValue("$1", seq);
        command.Parameters.AddWithValue("$2", count);
        using var row = command.ExecuteReader();
        var rows = new List<JournalRow>();
        while (row.Read())
            rows.Add(new JournalRow(
                row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
                new Topic((DeviceKind)row.GetInt32(3), row.GetString(2), (Channel)row.GetInt32(4)), row.GetFieldValue<byte[]>(5)));
        return rows;
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++) command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i });
        command.Prepare();
        return command;
    }

    private static void Set(SqliteCommand command, int index, object value) => command.Parameters[index].Value = value;
}
