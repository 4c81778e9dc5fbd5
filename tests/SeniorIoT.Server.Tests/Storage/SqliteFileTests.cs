using Microsoft.Data.Sqlite;
using SeniorIoT.Server.Storage;
using Xunit;

namespace SeniorIoT.Server.Tests.Storage;

public sealed class SqliteFileTests : IDisposable
{
    private static readonly string[] Schema = ["CREATE TABLE t(n INTEGER PRIMARY KEY, text TEXT NOT NULL DEFAULT '')"];

    private const string Above = "SELECT n FROM t WHERE n > @n ORDER BY n";

    private readonly string _folder = Directory.CreateTempSubdirectory("senioriot-sqlite-").FullName;

    private string FilePath => Path.Combine(_folder, "a.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_write_that_throws_undoes_itself_and_spares_its_group()
    {
        await using var file = new SqliteFile(FilePath, Schema);
        var release = await HoldAsync(file);
        var writes = Enumerable.Range(1, 9).Select(n => WriteAsync(file, connection =>
        {
            Run(connection, $"INSERT INTO t(n) VALUES ({n})");
            if (n % 3 == 0) throw new InvalidOperationException("no");
        })).ToArray();
        release.Set();
        for (var n = 1; n <= 9; n++)
        {
            if (n % 3 == 0) await Assert.ThrowsAsync<InvalidOperationException>(() => writes[n - 1]);
            else await writes[n - 1];
        }

        Assert.Equal([1, 2, 4, 5, 7, 8], Numbers(file));
    }

    [Fact]
    public async Task A_commit_that_fails_fails_its_whole_group_and_the_next_works()
    {
        await using var file = new SqliteFile(FilePath, Schema);
        await WriteAsync(file, connection => Run(connection, "PRAGMA max_page_count = 1"));
        var release = await HoldAsync(file);
        var small = WriteAsync(file, connection => Run(connection, "INSERT INTO t(n) VALUES (1)"));
        var large = WriteAsync(file, connection => Run(connection, "INSERT INTO t(n, text) VALUES (2, printf('%.*c', 100000, 'x'))"));
        release.Set();
        await Assert.ThrowsAsync<SqliteException>(() => large);
        // The small one may have been spared; if it was told that it is on disk, it is.
        var told = await Task.WhenAny(small) is { IsCompletedSuccessfully: true };
        Assert.Equal(told ? [1] : [], Numbers(file));

        await WriteAsync(file, connection => Run(connection, "PRAGMA max_page_count = 100000"));
        await WriteAsync(file, connection => Run(connection, "INSERT INTO t(n) VALUES (3)"));
        Assert.Equal(told ? [1, 3] : [3], Numbers(file));
    }

    [Fact]
    public async Task A_write_that_ends_the_transaction_fails_its_group_and_breaks_nothing()
    {
        await using var file = new SqliteFile(FilePath, Schema);
        var release = await HoldAsync(file);
        var first = WriteAsync(file, connection => Run(connection, "INSERT INTO t(n) VALUES (1)"));
        var rogue = WriteAsync(file, connection => Run(connection, "ROLLBACK"));
        release.Set();
        await Assert.ThrowsAsync<SqliteException>(() => rogue);
        await Assert.ThrowsAsync<SqliteException>(() => first);
        await WriteAsync(file, connection => Run(connection, "INSERT INTO t(n) VALUES (2)"));
        Assert.Equal([2], Numbers(file));
    }

    [Fact]
    public async Task Disposing_finishes_what_was_accepted_and_refuses_what_comes_later()
    {
        var file = new SqliteFile(FilePath, Schema);
        var release = await HoldAsync(file);
        var write = WriteAsync(file, connection => Run(connection, "INSERT INTO t(n) VALUES (1)"));
        var disposal = file.DisposeAsync();
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => WriteAsync(file, _ => { }));
        release.Set();
        await write;
        await disposal;
        await using var again = new SqliteFile(FilePath, Schema);
        Assert.Equal([1], Numbers(again));
    }

    [Fact]
    public async Task Migrations_run_once_and_in_order()
    {
        await using (new SqliteFile(FilePath, Schema)) { }
        string[] longer = [.. Schema, "INSERT INTO t(n) VALUES (1)", "UPDATE t SET n = n * 10"];
        await using (new SqliteFile(FilePath, longer)) { }
        await using var file = new SqliteFile(FilePath, longer);
        Assert.Equal([10], Numbers(file));
    }

    [Fact]
    public async Task A_file_of_a_newer_program_is_refused_with_the_remedy_and_left_alone()
    {
        await using (new SqliteFile(FilePath, [.. Schema, "INSERT INTO t(n) VALUES (1)"])) { }
        var error = Assert.Throws<CannotStartException>(() => new SqliteFile(FilePath, Schema));
        Assert.Contains("newer program", error.Message);
        await using var file = new SqliteFile(FilePath, [.. Schema, "INSERT INTO t(n) VALUES (1)"]);
        Assert.Equal([1], Numbers(file));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_the_file_as_it_was_and_does_not_lock_it()
    {
        await using (new SqliteFile(FilePath, Schema)) { }
        Assert.Throws<SqliteException>(() => new SqliteFile(FilePath, [.. Schema, "INSERT INTO t(n) VALUES (1); INSERT INTO nowhere VALUES (1)"]));
        await using var file = new SqliteFile(FilePath, [.. Schema, "INSERT INTO t(n) VALUES (2)"]);
        Assert.Equal([2], Numbers(file));
    }

    [Fact]
    public async Task A_reader_sees_what_was_committed_and_not_what_is_being_written()
    {
        await using var file = new SqliteFile(FilePath, Schema);
        var seen = await file.WriteAsync(connection =>
        {
            Run(connection, "INSERT INTO t(n) VALUES (1)");
            return Numbers(file);
        }, TestContext.Current.CancellationToken);
        Assert.Empty(seen);
        Assert.Equal([1], Numbers(file));
        Assert.Throws<SqliteException>(() => file.Read(connection => { Run(connection, "DELETE FROM t"); return 0; }));
    }

    [Fact]
    public async Task A_statement_that_is_kept_serves_snapshots_queries_within_queries_and_what_throws()
    {
        await using var file = new SqliteFile(FilePath, Schema);
        await WriteAsync(file, connection => connection.Run("INSERT INTO t(n, text) VALUES (1, 'a'), (2, 'b'), (3, 'c')"));
        for (var round = 0; round < 3; round++)
        {
            var pairs = file.Read(connection => connection.Rows(Above, row => (N: row.GetInt32(0), Higher: connection.Rows(Above, higher => higher.GetInt32(0), ("@n", row.GetInt32(0)))), ("@n", 0)));
            Assert.Equal(["1:2,3", "2:3", "3:"], pairs.Select(pair => $"{pair.N}:{string.Join(',', pair.Higher)}"));
            Assert.Equal([2, 3], file.Read(connection =>
            {
                using var snapshot = connection.BeginTransaction(deferred: true);
                return connection.Rows(Above, row => row.GetInt32(0), ("@n", 1));
            }));
            Assert.Throws<FormatException>(() => file.Read(connection => connection.Rows(Above, row => row.GetGuid(0), ("@n", 0))));
            Assert.Equal(["c"], file.Read(connection => connection.Rows("SELECT text FROM t WHERE text > @text", row => row.GetString(0), ("@text", "b"))));
            Assert.Empty(file.Read(connection => connection.Rows(Above, row => row.GetInt32(0), ("@n", null))));
        }
    }

    [Fact]
    public async Task Many_who_read_and_write_at_once_each_see_whole_commits()
    {
        await using var file = new SqliteFile(FilePath, Schema);
        var writes = Enumerable.Range(1, 50).Select(n => WriteAsync(file, connection => connection.Run("INSERT INTO t(n) VALUES (@first), (@second)", ("@first", 2 * n), ("@second", 2 * n + 1)))).ToArray();
        await Parallel.ForAsync(0, 200, TestContext.Current.CancellationToken, (_, _) =>
        {
            Assert.Equal(0, file.Read(connection => connection.Scalar("SELECT count(*) FROM t", 0L)) % 2);
            return ValueTask.CompletedTask;
        });
        await Task.WhenAll(writes);
        Assert.Equal(100, Numbers(file).Count);
    }

    private static Task WriteAsync(SqliteFile file, Action<SqliteConnection> work) => file.WriteAsync(work, TestContext.Current.CancellationToken);

    /// <summary>Holds the writer, so that what comes next is one group.</summary>
    private static async Task<ManualResetEventSlim> HoldAsync(SqliteFile file)
    {
        var (held, release) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new ManualResetEventSlim());
        _ = WriteAsync(file, _ =>
        {
            held.SetResult();
            release.Wait(TimeSpan.FromSeconds(20));
        });
        await held.Task;
        return release;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static List<int> Numbers(SqliteFile file) => file.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT n FROM t ORDER BY n";
        using var row = command.ExecuteReader();
        var numbers = new List<int>();
        while (row.Read()) numbers.Add(row.GetInt32(0));
        return numbers;
    });
}
