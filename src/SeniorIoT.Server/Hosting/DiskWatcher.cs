using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Ingest;

namespace SeniorIoT.Server.Hosting;

/// <summary>
/// Looks every 5 s at the journal and at the room on its disk, and tells the administrator what <see cref="DiskWatch"/> decides. A full disk
/// would not take that alert either: so some room is held in reserve, and given up for it.
/// </summary>
internal sealed class DiskWatcher(Journal journal, SystemAlerts alerts, ServerOptions options, TimeProvider clock, ILogger<DiskWatcher> log) : BackgroundService
{
    /// <summary>Name of the file that holds room for an alert, in the data folder.</summary>
    public const string ReserveFile = "reserve";

    /// <summary>Its size.</summary>
    public const long ReserveBytes = 16 << 20;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Rule, bool> _isOn = [];
    private readonly string _reserve = Path.Combine(options.Data, ReserveFile);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await LookAsync();
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // Nothing was taken for told: the next look decides the same again.
                log.LogError(error, "The administrator could not be told how the disk is");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One look.</summary>
    internal async Task LookAsync()
    {
        var look = Look();
        foreach (var rule in DiskWatch.Rules)
        {
            if (!_isOn.TryGetValue(rule, out var isOn)) isOn = _isOn[rule] = alerts.ReadTroubledSince(rule) is not null;
            if (DiskWatch.Decide(rule, isOn, look, clock.GetUtcNow()) is not { } told) continue;
            if (!isOn) GiveUpReserve(look);
            await alerts.TellAsync(told);
            _isOn[rule] = !isOn;
        }

        if (!_isOn.ContainsValue(true)) HoldReserve(look);
    }

    private DiskLook Look()
    {
        var disk = new DriveInfo(Path.GetFullPath(options.Data));
        return new(journal.Failure?.Message, disk.AvailableFreeSpace, disk.TotalSize);
    }

    private void GiveUpReserve(DiskLook look)
    {
        if (look.FreeBytes < ReserveBytes) File.Delete(_reserve);
    }

    private void HoldReserve(DiskLook look)
    {
        if (look.FreeBytes < 2 * ReserveBytes || File.Exists(_reserve)) return;
        new FileStream(_reserve, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = ReserveBytes }).Dispose();
    }
}
