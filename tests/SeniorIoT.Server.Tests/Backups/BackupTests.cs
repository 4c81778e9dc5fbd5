using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Server.Backups;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using Xunit;

namespace SeniorIoT.Server.Tests.Backups;

public sealed class BackupTests : IDisposable
{
    private const long Jan = 1_767_225_600_000; // 2026-01-01T00:00Z
    private const long DayMs = 86_400_000;

    private readonly string _root = Directory.CreateTempSubdirectory("senioriot-").FullName;
    private readonly StringWriter _told = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_root, "data");

    private string Copy => Path.Combine(_root, "copy");

    public void Dispose()
    {
        _told.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task What_a_running_server_has_is_in_the_backup_and_comes_back_from_it()
    {
        await using var running = await RunningAsync();
        var (code, told) = await OtherProcess.RunAsync("backup", "--data", Data, "--to", Copy);
        Assert.True(code == 0, told);
        Assert.Equal(
            [
                "alerts.db", "grains.db", "journal.db", "keys/key-1.xml", "manifest.json", "registry.db", "rollup.db", "spool.db", "telemetry/daily-202601.db", "telemetry/hourly-202601.db",
                "telemetry/telemetry-202601.db", "telemetry/telemetry-202602.db",
            ],
            FilesIn(Copy));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Copy));
            foreach (var name in FilesIn(Copy)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Copy, name)));
        }

        var restored = Path.Combine(_root, "restored");
        (code, told) = await OtherProcess.RunAsync("restore", "--from", Copy, "--data", restored);
        Assert.True(code == 0, told);
        await using var store = new EmbeddedStore(Path.Combine(restored, "telemetry"));
        Assert.Equal(2, (await store.ReadAsync("wm-1", Metric.TotalMillilitres, 0, long.MaxValue, Cancel)).Count);
        await using var registry = new SqliteFile(Path.Combine(restored, "registry.db"), ["CREATE TABLE never(x)"]);
        Assert.Equal("registry.db", registry.Read(connection => connection.Scalar("SELECT name FROM t", "")));
    }

    [Fact]
    public async Task The_journal_is_copied_first_then_samples_then_marks_then_roll_ups_and_alerts_last()
    {
        await using (await RunningAsync())
        {
        }

        Assert.Equal(0, BackupCommand.Run(Data, Copy, null, _told, Cancel));
        var order = BackupManifest.Read(Copy).Files.Where(file => file.IsDatabase).Select(file => file.Path);
        Assert.Equal(
            [
                "journal.db", "grains.db", "telemetry/telemetry-202601.db", "telemetry/telemetry-202602.db", "spool.db", "rollup.db", "telemetry/daily-202601.db",
                "telemetry/hourly-202601.db", "registry.db", "alerts.db",
            ],
            order);
    }

    [Fact]
    public async Task A_month_that_was_not_touched_is_stored_once_and_one_that_was_is_copied()
    {
        await using (await RunningAsync())
        {
        }

        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(1));
        var second = Path.Combine(_root, "second");
        new BackupRun(Data, _told, clock).Run(Copy, null, Cancel);
        await using (var store = new EmbeddedStore(Path.Combine(Data, "telemetry")))
            await store.AppendAsync([new Point("wm-1", Metric.TotalMillilitres, Jan + 40 * DayMs, 9)], [], Cancel);
        new BackupRun(Data, _told, clock).Run(second, Copy, Cancel);
        Assert.Contains("telemetry/telemetry-202601.db (not touched since the previous backup)", _told.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, _told.ToString().Split("telemetry/telemetry-202602.db (copied)").Length - 1);
        Assert.Equal(0, RestoreCommand.Run(second, Path.Combine(_root, "restored"), false, _told, Cancel));
        await using var restored = new EmbeddedStore(Path.Combine(_root, "restored", "telemetry"));
        Assert.Equal([5, 6, 9], (await restored.ReadAsync("wm-1", Metric.TotalMillilitres, 0, long.MaxValue, Cancel)).Select(sample => sample.Value));
    }

    [Fact]
    public async Task A_month_with_a_log_beside_it_is_read_anew_and_only_its_contents_decide()
    {
        await using var running = await RunningAsync();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(1));
        new BackupRun(Data, _told, clock).Run(Copy, null, Cancel);
        Assert.All(BackupManifest.Read(Copy).Files.Where(file => file.Path.StartsWith("telemetry", StringComparison.Ordinal)), file => Assert.Null(file.Source));
        await running.Store.AppendAsync([new Point("wm-1", Metric.TotalMillilitres, Jan + 40 * DayMs, 9)], [], Cancel);
        new BackupRun(Data, _told, clock).Run(Path.Combine(_root, "second"), Copy, Cancel);
        Assert.Contains("telemetry-202601.db (the same as in the previous backup)", _told.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("telemetry-202602.db (the same as in the previous backup)", _told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_previous_backup_that_was_damaged_is_not_built_upon()
    {
        await using (await RunningAsync())
        {
        }

        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(1));
        new BackupRun(Data, _told, clock).Run(Copy, null, Cancel);
        Damage(Path.Combine(Copy, "telemetry", "telemetry-202601.db"));
        new BackupRun(Data, _told, clock).Run(Path.Combine(_root, "second"), Copy, Cancel);
        Assert.Equal(2, _told.ToString().Split("telemetry/telemetry-202601.db (copied)").Length - 1);
        Assert.Equal(0, RestoreCommand.Run(Path.Combine(_root, "second"), Path.Combine(_root, "restored"), false, _told, Cancel));
    }

    [Fact]
    public async Task A_damaged_copy_is_refused_by_name_and_nothing_is_restored()
    {
        await using (await RunningAsync())
        {
        }

        Assert.Equal(0, BackupCommand.Run(Data, Copy, null, _told, Cancel));
        Damage(Path.Combine(Copy, "grains.db"));
        File.Delete(Path.Combine(Copy, "keys", "key-1.xml"));
        Assert.Equal(1, RestoreCommand.Run(Copy, Path.Combine(_root, "restored"), false, _told, Cancel));
        Assert.Contains("grains.db is not what was copied", _told.ToString(), StringComparison.Ordinal);
        Assert.Contains("keys/key-1.xml is missing", _told.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_root, "restored")));
    }

    [Fact]
    public async Task A_folder_that_is_in_use_or_not_empty_is_left_alone()
    {
        await using (await RunningAsync())
        {
        }

        Assert.Equal(0, BackupCommand.Run(Data, Copy, null, _told, Cancel));
        Assert.Equal(1, RestoreCommand.Run(Copy, Data, false, _told, Cancel));
        Assert.Contains("is not empty", _told.ToString(), StringComparison.Ordinal);
        using (DataFolder.Hold(Data)) Assert.Equal(1, RestoreCommand.Run(Copy, Data, false, _told, Cancel));
        Assert.Contains("another server runs on", _told.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, BackupCommand.Run(Data, Copy, null, _told, Cancel));
        Assert.Equal(2, BackupCommand.Run(_root, Copy + "2", null, _told, Cancel));
        Assert.Equal(2, BackupCommand.Run(Data, Path.Combine(Data, "inside"), null, _told, Cancel));
        Assert.Equal(1, RestoreCommand.Run(_root, Copy + "2", false, _told, Cancel));
    }

    [Fact]
    public async Task A_lost_month_comes_back_while_the_server_runs_and_nothing_newer_is_lost()
    {
        await using var running = await RunningAsync();
        using var held = DataFolder.Hold(Data);
        Assert.Equal(0, BackupCommand.Run(Data, Copy, null, _told, Cancel));
        await running.Store.AppendAsync([new Point("wm-1", Metric.TotalMillilitres, Jan + 41 * DayMs, 10)], [], Cancel);
        foreach (var path in Directory.GetFiles(Path.Combine(Data, "telemetry"), "telemetry-202601.db*")) File.Delete(path);
        Assert.Single(await running.Store.ReadAsync("wm-1", Metric.TotalMillilitres, 0, Jan + 41 * DayMs, Cancel));
        for (var i = 0; i < 2; i++)
        {
            var (code, told) = await OtherProcess.RunAsync("restore", "--from", Copy, "--data", Data, "--telemetry");
            Assert.True(code == 0, told);
            Assert.Contains(i == 0 ? "1 points were written" : "0 points were written", told, StringComparison.Ordinal);
        }

        Assert.Equal(1, running.Files[^1].Read(connection => connection.Scalar("SELECT count(*) FROM dirty WHERE device = 'wm-1'", 0L)));
        Assert.Equal([5, 6, 10], (await running.Store.ReadAsync("wm-1", Metric.TotalMillilitres, 0, long.MaxValue, Cancel)).Select(sample => sample.Value));
    }

    private async Task<Running> RunningAsync()
    {
        Directory.CreateDirectory(Path.Combine(Data, "keys"));
        await File.WriteAllTextAsync(Path.Combine(Data, "keys", "key-1.xml"), "<key/>", Cancel);
        var files = new List<SqliteFile>();
        foreach (var name in (string[])["journal.db", "grains.db", "registry.db", "alerts.db", "spool.db", "rollup.db"])
            files.Add(new SqliteFile(
                Path.Combine(Data, name), name == "rollup.db" ? RollupMarks.Migrations : [$"CREATE TABLE t(name TEXT); INSERT INTO t VALUES('{name}')"]));
        var store = new EmbeddedStore(Path.Combine(Data, "telemetry"));
        await store.AppendAsync([new Point("wm-1", Metric.TotalMillilitres, Jan, 5), new Point("wm-1", Metric.TotalMillilitres, Jan + 35 * DayMs, 6)], [], Cancel);
        await store.WriteUseAsync([new UseDay("wm-1", new DateOnly(2026, 1, 1), Jan, 7, [.. Enumerable.Repeat<long?>(null, 24)])], Cancel);
        return new Running(store, files);
    }

    private static void Damage(string path)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.Position = file.Length / 2;
        file.Write(new byte[64].AsSpan());
        file.Position = file.Length - 1;
        file.WriteByte(0xA5);
    }

    private static string[] FilesIn(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    private sealed record Running(EmbeddedStore Store, List<SqliteFile> Files) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Store.DisposeAsync();
            foreach (var file in Files) await file.DisposeAsync();
        }
    }
}
