using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Tests.TimeSeries.Embedded;
using SeniorIoT.TimeSeries.Influx;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>
/// A spool, a forwarder and a database in memory, driven step by step on a clock of their own: nothing happens between two steps. The next
/// answers may be scripted; a script says whether the lines were written all the same.
/// </summary>
internal sealed class Rig : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private readonly InfluxOptions _options;
    private readonly long _bytesMax;
    private int _generation;
    private bool _isCrashed;

    public Rig(Personality personality, int batchPointsMax = 5_000, long bytesMax = 100_000_000)
    {
        (_options, _bytesMax) = (new InfluxOptions { BatchPointsMax = batchPointsMax }, bytesMax);
        Databases = new FakeDatabases(personality);
        Databases.Create("raw", TimeSpan.FromDays(30)).Types[("m", "v")] = "integer";
        Databases.Create("raw_1d").Types[("m", "v")] = "integer";
        (Spool, Forwarder) = Open();
    }

    public FakeDatabases Databases { get; }

    public FakeTimeProvider Clock { get; } = new(Start);

    public Spool Spool { get; private set; }

    public Forwarder Forwarder { get; private set; }

    /// <summary>When a request came, and with how many lines.</summary>
    public List<(DateTimeOffset At, int Lines)> Requests { get; } = [];

    public Queue<(WriteAnswer? Answer, bool IsWritten)> Script { get; } = [];

    /// <summary>Whether a scripted 413 may be about a line alone.</summary>
    public bool ScriptsMayBury { get; init; } = true;

    /// <summary>Is asked before a request is judged, and after; true for a crash there.</summary>
    public Func<bool> Crashes { get; set; } = () => false;

    private string FilePath => Path.Combine(_folder.Path, $"spool{_generation}.db");

    /// <summary>Counts of forwarders that are no more.</summary>
    public (long Written, long Expired) Before { get; private set; }

    public static LineBatch Batch(string database, params string[] lines)
    {
        var bytes = lines.Select(line => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(line + "\n")).ToList();
        return new LineBatch(database, bytes.Sum(line => Lines.ValuesIn(line.Span)), Lines.Compress(bytes));
    }

    public Task AppendAsync(string database, params string[] lines) => Spool.AppendAsync([Batch(database, lines)], CancellationToken.None);

    /// <summary>What a person does with the sqlite3 shell.</summary>
    public void EditByHand(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = FilePath, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Steps, and moves the clock to whatever is waited for, until nothing waits any more.</summary>
    public async Task SettleAsync(int stepsMax = 100_000)
    {
        for (var i = 0; i < stepsMax; i++)
        {
            if (!await StepAsync()) return;
        }

        throw new InvalidOperationException($"Does not settle; {Forwarder.Status}");
    }

    /// <summary>One step, and the wait after it; a crash in it is followed by a restart. False when nothing waits.</summary>
    public async Task<bool> StepAsync()
    {
        var wait = await Forwarder.StepAsync();
        if (_isCrashed) await ReopenAsync();
        else if (wait is { } time) Clock.Advance(time);
        else return false;
        return true;
    }

    /// <summary>What a crash at this moment leaves, opened by the next process.</summary>
    public async Task ReopenAsync()
    {
        Before = (Before.Written + Forwarder.Status.WrittenPoints, Before.Expired + Forwarder.Status.ExpiredPoints);
        _isCrashed = false;
        var (old, path) = (Spool, FilePath);
        _generation++;
        foreach (var end in (string[])["", "-wal"])
            if (File.Exists(path + end)) File.Copy(path + end, FilePath + end);
        await Forwarder.DisposeAsync();
        await old.DisposeAsync();
        (Spool, Forwarder) = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await Forwarder.DisposeAsync();
        await Spool.DisposeAsync();
        _folder.Dispose();
    }

    private (Spool, Forwarder) Open()
    {
        var spool = new Spool(FilePath, _bytesMax, Clock);
        return (spool, new Forwarder(spool, WriteAsync, _options, Clock, new Random(7)));
    }

    private Task<WriteAnswer> WriteAsync(string database, ReadOnlyMemory<byte> gzip, CancellationToken cancel)
    {
        var text = Encoding.UTF8.GetString(Lines.Expand(gzip.ToArray()));
        Requests.Add((Clock.GetUtcNow(), FakeLine.ParseAll(text).Count));
        if (_isCrashed = Crashes()) throw new IOException("The process is gone.");
        var (scripted, isWritten) = Script.TryDequeue(out var next) ? next : (null, true);
        // A line alone is never too large here: it would be a dead letter, and rightly.
        if (scripted?.StatusCode == 413 && Requests[^1].Lines == 1 && !ScriptsMayBury) (scripted, isWritten) = (null, true);
        var reply = isWritten ? Databases.Write(database, text, Clock.GetUtcNow()) : new Reply(503);
        if (_isCrashed = Crashes()) throw new IOException("The process is gone.");
        return Task.FromResult(scripted ?? new WriteAnswer(reply.Status, reply.Words, null));
    }
}
