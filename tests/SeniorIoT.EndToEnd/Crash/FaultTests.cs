using System.Diagnostics;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd.Crash;

/// <summary>Other ways to lose what was promised: no room on the disk, and backups that are broken off.</summary>
public sealed class FaultTests
{
    private const int Seed = 4711, HomeCount = 60, BrokenOffBackups = 3;
    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(2);

    private readonly Ledger _ledger = new();
    private readonly Random _chance = new(Seed);

    [Fact]
    public async Task A_full_disk_acknowledges_nobody_heals_by_itself_and_survives_a_kill_with_every_PUBACK_kept()
    {
        if (await Tmpfs.TryMountAsync(megabytes: 128) is not { } disk)
        {
            Assert.Skip("A small file system can be mounted by root only.");
            return;
        }

        await using var mounted = disk;
        await using var server = new ServerOn(Path.Combine(disk.Path, "data"));
        var fleet = await StartAsync(server);

        await FillAsync(server, disk);
        disk.Clear();
        await Wait.UntilAsync("it is ready again by itself", server.IsReadyAsync);
        await HearAsync(server, 100);
        await Wait.UntilAsync("the administrator was told, and that it is over", async () =>
            (await server.Api.ListAsync<Alert>("alerts?rule=journal")).SingleOrDefault() is { Priority: "P1", ClearedAt: not null }, Minutes.TotalSeconds);

        await FillAsync(server, disk);
        server.KillNow();
        disk.Clear();
        _ledger.Listen(_ => { });
        await server.StartAsync();
        await HearAsync(server, 100);
        await fleet.FinishAsync();
        await new Reconciliation(server, _ledger).CheckAsync();
    }

    [Fact]
    public async Task A_backup_that_is_killed_is_none_and_one_that_outlives_the_server_has_all_that_was_acknowledged_before_it()
    {
        var copies = Directory.CreateTempSubdirectory("senioriot-backups-").FullName;
        await using var server = new ServerProcess();
        var fleet = await StartAsync(server);

        for (var i = 0; i < BrokenOffBackups; i++)
        {
            var to = Path.Combine(copies, $"broken-{i}");
            using var backup = await BackUpAsync(server, to);
            // Not before it began to write.
            await Wait.UntilAsync("the backup has begun", () => Task.FromResult(Directory.Exists(to + ".part") || backup.HasExited));
            await Wait.PauseAsync(TimeSpan.FromMilliseconds(_chance.Next(100)));
            backup.Kill();
            await backup.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(backup.ExitCode == 0, Directory.Exists(to));
        }

        var whole = Path.Combine(copies, "whole");
        var owed = _ledger.Messages.Where(message => message.IsAcknowledged).ToHashSet();
        using (var backup = await BackUpAsync(server, whole))
        {
            await Wait.UntilAsync("the backup has begun", () => Task.FromResult(Directory.Exists(whole + ".part") || backup.HasExited));
            server.KillNow();
            _ledger.Listen(_ => { });
            await server.StartAsync();
            await backup.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, backup.ExitCode);
        }

        await fleet.FinishAsync();
        await new Reconciliation(server, _ledger).CheckAsync();

        await using var restored = new ServerOn(Path.Combine(copies, "restored"));
        var (code, told) = await Command.RunAsync("dotnet", [await Repository.ServerAsync(), "restore", "--from", whole, "--data", restored.DataFolder], Minutes);
        Assert.True(code == 0, told);
        await restored.InitializeAsync();
        await new Reconciliation(restored, _ledger, owed).CheckAsync();
        Directory.Delete(copies, recursive: true);
    }

    /// <summary>A fleet that is at work.</summary>
    private async Task<Fleet> StartAsync(ServerProcess server)
    {
        await server.InitializeAsync();
        var fleet = new Fleet(server.MqttPort, await Homes.ImportAsync(server.Api, HomeCount), _ledger, Seed);
        fleet.Start();
        await HearAsync(server, 100);
        return fleet;
    }

    private Task HearAsync(ServerProcess server, int more)
    {
        var enough = _ledger.Heard + more;
        return Wait.UntilAsync($"{more} more PUBACKs; the server said:\n{server.Log}", () => Task.FromResult(_ledger.Heard >= enough), Minutes.TotalSeconds);
    }

    /// <summary>Fills the disk. What fits into files as they are is still acknowledged, and soon nothing more.</summary>
    private async Task FillAsync(ServerProcess server, Tmpfs disk)
    {
        disk.Fill();
        await Wait.UntilAsync("it says that it is not ready", async () => !await server.IsReadyAsync(), Minutes.TotalSeconds);
        var heard = -1;
        await Wait.UntilAsync("nobody gets a PUBACK any more", async () =>
        {
            // What the server held in reserve, to tell the administrator, is used up in time.
            disk.Fill();
            var before = heard;
            heard = _ledger.Heard;
            await Wait.PauseAsync(TimeSpan.FromSeconds(2));
            return before == _ledger.Heard;
        }, Minutes.TotalSeconds);
    }

    private static async Task<Process> BackUpAsync(ServerProcess server, string to)
    {
        var start = new ProcessStartInfo("dotnet");
        foreach (var arg in (string[])[await Repository.ServerAsync(), "backup", "--data", server.DataFolder, "--to", to]) start.ArgumentList.Add(arg);
        return Process.Start(start)!;
    }

    /// <summary>A server on a folder of ours.</summary>
    private sealed class ServerOn(string dataFolder) : ServerProcess(dataFolder);
}
