using SeniorIoT.Server.Storage;
using Xunit;

namespace SeniorIoT.Server.Tests.Storage;

public sealed class GrainStateStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("senioriot-");

    private sealed record Register(int Litres);

    [Fact]
    public async Task What_was_flushed_is_read_after_a_restart_and_what_was_not_is_gone()
    {
        await using (var store = Open(out _))
        {
            Assert.Null(Read(store));
            Take(store, 1);
            await store.FlushAsync(TestContext.Current.CancellationToken);
            Take(store, 2);
            Assert.Equal(2, Read(store)!.Litres);
        }

        await using var again = Open(out _);
        Assert.Equal(1, Read(again)!.Litres);
        Assert.Null(again.Read<Register>("smoke", "w1"));
        Assert.Null(again.Read<Register>("water", "w2"));
    }

    [Fact]
    public async Task What_was_taken_is_read_before_it_is_on_disk()
    {
        await using var store = Open(out var file);
        Take(store, 7);
        Assert.Equal(7, Read(store)!.Litres);
        Assert.Equal(0L, Count(file));
    }

    [Fact]
    public async Task A_flush_that_fails_keeps_everything_for_the_next_and_the_newest_wins()
    {
        await using var store = Open(out var file);
        Take(store, 1);
        await file.WriteAsync(connection => connection.Run("CREATE TRIGGER broken BEFORE INSERT ON states BEGIN SELECT RAISE(ABORT, 'the disk refuses'); END"), TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => store.FlushAsync(TestContext.Current.CancellationToken));
        Assert.Contains("the disk refuses", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, Read(store)!.Litres);

        Take(store, 2);
        await file.WriteAsync(connection => connection.Run("DROP TRIGGER broken"), TestContext.Current.CancellationToken);
        await store.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1L, """{"value":{"litres":2}}"""), (Count(file), Doc(file)));
    }

    [Fact]
    public async Task While_a_flush_runs_a_newer_state_wins_and_a_second_flush_returns_only_when_both_are_on_disk()
    {
        await using var store = Open(out var file);
        using var hold = new ManualResetEventSlim();
        var busy = file.WriteAsync(_ => hold.Wait(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        Take(store, 1);
        var first = store.FlushAsync(TestContext.Current.CancellationToken);
        Take(store, 2);
        Assert.Equal(2, Read(store)!.Litres);
        var second = store.FlushAsync(TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        hold.Set();
        await Task.WhenAll(busy, first, second);
        Assert.Equal((1L, """{"value":{"litres":2}}"""), (Count(file), Doc(file)));
    }

    [Fact]
    public async Task A_flush_with_nothing_new_still_waits_for_the_one_that_runs()
    {
        await using var store = Open(out var file);
        using var hold = new ManualResetEventSlim();
        var busy = file.WriteAsync(_ => hold.Wait(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        Take(store, 1);
        var first = store.FlushAsync(TestContext.Current.CancellationToken);
        var second = store.FlushAsync(TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        hold.Set();
        await Task.WhenAll(busy, first, second);
        Assert.Equal(1L, Count(file));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private GrainStateStore Open(out SqliteFile file) => new(file = new SqliteFile(Path.Combine(_folder.FullName, "grains.db"), GrainStateStore.Migrations));

    private static Register? Read(GrainStateStore store) => store.Read<Register>("water", "w1");

    private static void Take(GrainStateStore store, int litres) => store.Take("water", "w1", new Register(litres));

    private static long Count(SqliteFile file) => file.Read(connection => connection.Scalar("SELECT count(*) FROM states", 0L));

    private static string Doc(SqliteFile file) => file.Read(connection => connection.Scalar("SELECT CAST(doc AS TEXT) FROM states", ""));
}
