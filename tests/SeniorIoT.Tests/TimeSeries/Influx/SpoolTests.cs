using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Tests.TimeSeries.Embedded;
using SeniorIoT.TimeSeries.Influx;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Influx;

public sealed class SpoolTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

    private string FilePath => Path.Combine(_folder.Path, "spool.db");

    [Fact]
    public async Task Rows_come_back_in_order_for_one_database_at_a_time_and_within_limits()
    {
        await using var spool = Open();
        await spool.AppendAsync([Batch("raw", 3), Batch("raw", 3), Batch("raw_1d", 1)], CancellationToken.None);
        await spool.AppendAsync([Batch("raw", 9)], CancellationToken.None);

        Assert.Equal([1L, 2L], (await spool.ReadAsync(int.MaxValue, 100, 1_000_000, CancellationToken.None)).Select(row => row.Id));
        Assert.Equal([1L], (await spool.ReadAsync(int.MaxValue, 5, 1_000_000, CancellationToken.None)).Select(row => row.Id));
        Assert.Equal([1L], (await spool.ReadAsync(int.MaxValue, 1, 1, CancellationToken.None)).Select(row => row.Id));
        Assert.Equal([1L], (await spool.ReadAsync(1, 100, 1_000_000, CancellationToken.None)).Select(row => row.Id));
        await spool.FinishAsync(await spool.ReadAsync(int.MaxValue, 100, 1_000_000, CancellationToken.None), [], CancellationToken.None);
        Assert.Equal("raw_1d", Assert.Single(await spool.ReadAsync(int.MaxValue, 100, 1_000_000, CancellationToken.None)).Database);
    }

    [Fact]
    public async Task What_is_counted_is_the_same_after_a_restart()
    {
        SpoolDepth before;
        await using (var spool = Open())
        {
            await spool.AppendAsync([Batch("raw", 3), Batch("raw", 4)], CancellationToken.None);
            _clock.Advance(TimeSpan.FromMinutes(1));
            await spool.AppendAsync([Batch("raw", 5)], CancellationToken.None);
            await spool.FinishAsync(await spool.ReadAsync(1, 100, 1_000_000, CancellationToken.None), [new Refusal("raw", "garbage", "no")], CancellationToken.None);
            before = spool.Depth;
            Assert.Equal((2L, 9L, 2L, 3L, 1L, 1L), (before.Rows, before.Points, before.FirstId, before.LastId, before.DeadLetters, before.NewestDeadLetter));
            Assert.Equal(_clock.GetUtcNow().AddMinutes(-1), before.OldestAt);
        }

        await using var reopened = Open();
        Assert.Equal(before, reopened.Depth);
    }

    [Fact]
    public async Task A_full_spool_takes_nothing_more_says_so_and_still_gives_everything_it_has()
    {
        await using var spool = Open(1_000_000);
        var appended = 0;
        var full = await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (; appended < 10_000; appended++) await spool.AppendAsync([Batch("raw", 100)], CancellationToken.None);
        });
        Assert.Contains(FilePath, full.Message);
        Assert.Contains("influx-spool-mb", full.Message);
        Assert.InRange(appended, 100, 9_000);
        Assert.Equal(full.Message, spool.Room.Problem);
        Assert.Equal(appended, spool.Depth.Rows);
        await Assert.ThrowsAsync<IOException>(() => spool.AppendAsync([Batch("raw", 100), Batch("raw", 100)], CancellationToken.None));

        // Every line of it turns out to be refused, with words that take more room than the lines did.
        for (var finished = 0; finished < appended;)
        {
            var rows = await spool.ReadAsync(50, int.MaxValue, int.MaxValue, CancellationToken.None);
            await spool.FinishAsync(rows, [.. rows.SelectMany(row => Enumerable.Range(0, 20).Select(i => new Refusal("raw", $"line {row.Id}-{i}", new string('x', 500))))], CancellationToken.None);
            finished += rows.Count;
        }

        Assert.Equal((0L, 0L, Spool.DeadLettersMax), (spool.Depth.Rows, spool.Depth.Bytes, (int)spool.Depth.DeadLetters));
        Assert.Equal(appended * 20L, spool.Depth.DeadLetters + spool.Depth.DroppedDeadLetters);
        Assert.Equal($"line {appended}-19", spool.ReadDeadLetters(null, 1)[0].Line);

        await spool.DiscardDeadLettersAsync(long.MaxValue, CancellationToken.None);
        await spool.AppendAsync([Batch("raw", 100)], CancellationToken.None);
        Assert.Null(spool.Room.Problem);
    }

    [Fact]
    public async Task Space_goes_back_to_the_disk_when_all_has_left()
    {
        await using (var spool = Open())
        {
            for (var i = 0; i < 40; i++) await spool.AppendAsync([new LineBatch("raw", 1, new byte[100_000])], CancellationToken.None);
            while (await spool.ReadAsync(10, int.MaxValue, int.MaxValue, CancellationToken.None) is { Count: > 0 } rows) await spool.FinishAsync(rows, [], CancellationToken.None);
        }

        Assert.InRange(new FileInfo(FilePath).Length, 1, 1_200_000);
    }

    [Fact]
    public async Task Dead_letters_are_read_newest_first_discarded_and_tried_again_in_order()
    {
        await using var spool = Open();
        await spool.AppendAsync([Batch("raw", 5)], CancellationToken.None);
        Refusal[] refusals = [.. Enumerable.Range(1, 4).Select(i => new Refusal(i < 4 ? "raw" : "raw_1d", $"m v={i},w=\"水\" {i}", "no"))];
        await spool.FinishAsync(await spool.ReadAsync(1, 100, 1_000, CancellationToken.None), refusals, CancellationToken.None);

        Assert.Equal([4L, 3L], spool.ReadDeadLetters(null, 2).Select(letter => letter.Id));
        Assert.Equal([2L, 1L], spool.ReadDeadLetters(3, 9).Select(letter => letter.Id));
        Assert.Equal(1, await spool.DiscardDeadLettersAsync(1, CancellationToken.None));
        Assert.Equal(0, await spool.DiscardDeadLettersAsync(1, CancellationToken.None));
        Assert.Equal(3, await spool.RetryDeadLettersAsync(4, CancellationToken.None));
        Assert.Empty(spool.ReadDeadLetters(null, 9));
        Assert.Equal((2L, 6L, 0L, 4L), (spool.Depth.Rows, spool.Depth.Points, spool.Depth.DeadLetters, spool.Depth.NewestDeadLetter));
        var rows = await spool.ReadAsync(9, 100, 1_000, CancellationToken.None);
        Assert.Equal("m v=2,w=\"水\" 2\nm v=3,w=\"水\" 3\n", Encoding.UTF8.GetString(Lines.Expand(Assert.Single(rows).Gzip)));
    }

    [Fact]
    public async Task A_file_of_a_newer_program_is_refused_with_the_remedy()
    {
        await Open().DisposeAsync();
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = FilePath, Pooling = false }.ToString()))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 7";
            command.ExecuteNonQuery();
        }

        Assert.Contains("Start the newer program", Assert.Throws<IOException>(() => Open()).Message);
    }

    [Fact]
    public void A_file_that_is_none_is_refused_with_its_name()
    {
        File.WriteAllText(FilePath, new string('x', 10_000));
        Assert.Contains(FilePath, Assert.Throws<IOException>(() => Open()).Message);
    }

    public void Dispose() => _folder.Dispose();

    private Spool Open(long bytesMax = 100_000_000) => new(FilePath, bytesMax, _clock);

    private static LineBatch Batch(string database, int points) =>
        new(database, points, Lines.Compress([.. Enumerable.Range(0, points).Select(i => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($"m,device=wm-{i * 7919 % 1000} v={i * 104729 % 9973}i {i}\n"))]));
}
