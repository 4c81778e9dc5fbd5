using Microsoft.Data.Sqlite;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Proof;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Ingest;

/// <summary>One row that was left in the journal by an earlier run.</summary>
internal readonly record struct JournalRow(long Seq, DateTimeOffset ReceivedAt, Topic Topic, byte[] Payload);

/// <summary>
/// The SQL of <c>journal.db</c>. Its write methods run on the writer's thread inside the writer's transaction, so the prepared
/// statements belong to that one connection.
/// </summary>
internal sealed class JournalRows : IDisposable
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
        // Calls for help, from the commit that promised them until long after they have left the journal: what the books are closed on.
        """
        CREATE TABLE calls(
            cause TEXT PRIMARY KEY, device_id TEXT NOT NULL, rule TEXT NOT NULL, received_at INTEGER NOT NULL, occurred_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX calls_by_time ON calls(received_at)
        """,
    ];

    /// <summary>Quarantined payloads are kept up to here: enough to see what is wrong, too little to fill a disk with.</summary>
    public const int QuarantinedPayloadBytesMax = 512;

    private Statement? _insert;
    private Statement? _call;
    private Statement? _quarantine;
    private Statement? _makeRoom;
    private Statement? _delete;
    private Statement? _note;

    public void Insert(SqliteConnection writer, AcceptedMessage message)
    {
        _insert ??= new Statement(writer, "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)");
        _insert.Bind(1, message.Seq);
        _insert.Bind(2, message.ReceivedAt.ToUnixTimeMilliseconds());
        _insert.Bind(3, message.Topic.DeviceId);
        _insert.Bind(4, (long)message.Topic.Kind);
        _insert.Bind(5, (long)message.Topic.Channel);
        _insert.Bind(6, message.Payload);
        _insert.Run();
        if (message.Call is { } rule) InsertCall(writer, message, rule);
    }

    private void InsertCall(SqliteConnection writer, AcceptedMessage message, Rule rule)
    {
        // A call that is sent again is the same call.
        _call ??= new Statement(writer, "INSERT OR IGNORE INTO calls VALUES (?, ?, ?, ?, ?)");
        _call.Bind(1, CallRules.CauseOf(new DeviceId(message.Topic.DeviceId), message.Report));
        _call.Bind(2, message.Topic.DeviceId);
        _call.Bind(3, rule.Id);
        _call.Bind(4, message.ReceivedAt.ToUnixTimeMilliseconds());
        _call.Bind(5, message.Report.MeasuredAt.ToUnixTimeMilliseconds());
        _call.Run();
    }

    /// <summary>Writes a refused arrival and removes what is older than the newest <paramref name="lengthMax"/>. Returns how many were removed.</summary>
    public int Quarantine(SqliteConnection writer, RefusedArrival refused, int lengthMax)
    {
        _quarantine ??= new Statement(writer, "INSERT INTO quarantine VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, coalesce(?, x''))");
        _quarantine.Bind(1, refused.ReceivedAt.ToUnixTimeMilliseconds());
        if (refused.DeviceId is { } device) _quarantine.Bind(2, device);
        else _quarantine.BindNull(2);
        _quarantine.Bind(3, refused.Topic);
        _quarantine.Bind(4, (long)refused.Reason);
        _quarantine.Bind(5, refused.Field);
        _quarantine.Bind(6, refused.Detail);
        _quarantine.Bind(7, refused.PayloadBytes);
        _quarantine.Bind(8, refused.Payload.AsSpan(0, Math.Min(refused.Payload.Length, QuarantinedPayloadBytesMax)));
        _quarantine.Run();
        _makeRoom ??= new Statement(writer, "DELETE FROM quarantine WHERE id <= last_insert_rowid() - ?");
        _makeRoom.Bind(1, lengthMax);
        return _makeRoom.RunAndCount();
    }

    /// <summary>Removes the rows with the numbers at places [<paramref name="from"/>, <paramref name="to"/>) of a sorted list.</summary>
    public void Delete(SqliteConnection writer, IReadOnlyList<long> seqs, int from, int to)
    {
        _delete ??= new Statement(writer, "DELETE FROM journal WHERE seq BETWEEN ? AND ?");
        for (var first = from; first < to;)
        {
            var last = first;
            while (last + 1 < to && seqs[last + 1] == seqs[last] + 1) last++;
            _delete.Bind(1, seqs[first]);
            _delete.Bind(2, seqs[last]);
            _delete.Run();
            first = last + 1;
        }
    }

    /// <summary>Notes when a checkpoint was made. Also proves that the file can be written.</summary>
    public void NoteCheckpoint(SqliteConnection writer, DateTimeOffset now)
    {
        _note ??= new Statement(writer, "UPDATE checkpoint SET at = ?");
        _note.Bind(1, now.ToUnixTimeMilliseconds());
        _note.Run();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in (Statement?[])[_insert, _call, _quarantine, _makeRoom, _delete, _note]) statement?.Dispose();
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
}
