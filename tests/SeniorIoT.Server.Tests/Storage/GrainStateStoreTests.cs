using SeniorIoT.Server.Storage;
using Xunit;

namespace SeniorIoT.Server.Tests.Storage;

public sealed class GrainStateStoreTests : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("meter", "w1");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("senioriot-");

    private sealed record Register(int Litres);

    [Fact]
    public async Task What_was_flushed_is_read_after_a_restart_and_what_was_not_is_gone()
    {
        await using (var store = Open(out _))
        {
            var state = await ReadAsync(store);
            Assert.Equal((null, false, null), (state.State!.Value, state.RecordExists, state.ETag));
            await WriteAsync(store, state, 1);
            await store.FlushAsync(TestContext.Current.CancellationToken);
            await WriteAsync(store, state, 2);
            Assert.Equal((2, "2"), (state.State!.Value!.Litres, state.ETag));
        }

        await using var again = Open(out _);
        var read = await ReadAsync(again);
        Assert.Equal((1, "1", true), (read.State!.Value!.Litres, read.ETag, read.RecordExists));
    }

    [Fact]
    public async Task What_was_handed_over_is_read_before_it_is_on_disk()
    {
        await using var store = Open(out var file);
        await WriteAsync(store, await ReadAsync(store), 7);
        Assert.Equal(7, (await ReadAsync(store)).State!.Value!.Litres);
        Assert.Equal(0L, Count(file));
    }

    [Fact]
    public async Task A_cleared_state_is_gone_at_once_and_after_a_restart()
    {
        await using (var store = Open(out _))
        {
            var state = await ReadAsync(store);
            await WriteAsync(store, state, 1);
            await store.FlushAsync(TestContext.Current.CancellationToken);
            await store.ClearStateAsync("water", Grain, state);
            Assert.Equal((null, false), (state.State!.Value, state.RecordExists));
            Assert.Null((await ReadAsync(store)).State!.Value);
            await store.FlushAsync(TestContext.Current.CancellationToken);
        }

        await using var again = Open(out _);
        Assert.False((await ReadAsync(again)).RecordExists);
    }

    [Fact]
    public async Task A_flush_that_fails_keeps_everything_for_the_next_and_the_newest_wins()
    {
        await using var store = Open(out var file);
        var state = await ReadAsync(store);
        await WriteAsync(store, state, 1);
        await file.WriteAsync(connection => connection.Run("CREATE TRIGGER broken BEFORE INSERT ON states BEGIN SELECT RAISE(ABORT, 'the disk refuses'); END"), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<Exception>(() => store.FlushAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, (await ReadAsync(store)).State!.Value!.Litres);

        await WriteAsync(store, state, 2);
        await file.WriteAsync(connection => connection.Run("DROP TRIGGER broken"), TestContext.Current.CancellationToken);
        await store.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1L, """{"value":{"litres":2}}"""), (Count(file), Doc(file)));
    }

    [Fact]
    public async Task While_a_flush_runs_a_newer_state_wins_and_a_second_flush_returns_only_when_both_are_on_disk()
    {
        await using var store = Open(out var file);
        var state = await ReadAsync(store);
        using var hold = new ManualResetEventSlim();
        var busy = file.WriteAsync(_ => hold.Wait(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await WriteAsync(store, state, 1);
        var first = store.FlushAsync(TestContext.Current.CancellationToken);
        await WriteAsync(store, state, 2);
        Assert.Equal(2, (await ReadAsync(store)).State!.Value!.Litres);
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
        await WriteAsync(store, await ReadAsync(store), 1);
        var first = store.FlushAsync(TestContext.Current.CancellationToken);
        var second = store.FlushAsync(TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        hold.Set();
        await Task.WhenAll(busy, first, second);
        Assert.Equal(1L, Count(file));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private GrainStateStore Open(out SqliteFile file) => new(file = new SqliteFile(Path.Combine(_folder.FullName, "grains.db"), GrainStateStore.Migrations));

    private static async Task<GrainState<Stored<Register>>> ReadAsync(GrainStateStore store)
    {
        var state = new GrainState<Stored<Register>>(new Stored<Register>());
        await store.ReadStateAsync("water", Grain, state);
        return state;
    }

    private static Task WriteAsync(GrainStateStore store, GrainState<Stored<Register>> state, int litres)
    {
        state.State = new Stored<Register>(new Register(litres));
        return store.WriteStateAsync("water", Grain, state);
    }

    private static long Count(SqliteFile file) => file.Read(connection => connection.Scalar("SELECT count(*) FROM states", 0L));

    private static string Doc(SqliteFile file) => file.Read(connection => connection.Scalar("SELECT CAST(doc AS TEXT) FROM states", ""));
}
