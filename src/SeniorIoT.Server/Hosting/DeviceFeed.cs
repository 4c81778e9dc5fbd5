using Microsoft.AspNetCore.SignalR;
using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Ingest;

namespace SeniorIoT.Server.Hosting;

/// <summary>
/// Tells consoles that a device was heard, connected or went. At most once a second for one device, and at most
/// <see cref="SendMax"/> devices a second: what is left over waits for its turn, and a device that changes again meanwhile is still one.
/// Behind <see cref="WaitingMax"/> of them nobody waits: a console shows that change when it next reads the list.
/// </summary>
internal sealed class DeviceFeed(
    DeviceLiveTable live, ConnectedDevices connected, DeviceView view, HouseholdDirectory households, Registry registry,
    IHubContext<AlertsHub> hub, TimeProvider clock) : BackgroundService
{
    private const int SendMax = 200;
    private const int WaitingMax = 10_000; // what is further back would be told after a minute, and a fleet would wait in memory

    private readonly Lock _lock = new();
    private readonly Queue<string> _line = [];
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        live.Changed += Note;
        connected.Changed += NoteConnection;
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
            while (await timer.WaitForNextTickAsync(stoppingToken)) await SendAsync(stoppingToken);
        }
        finally
        {
            live.Changed -= Note;
            connected.Changed -= NoteConnection;
        }
    }

    private void Note(string deviceId)
    {
        lock (_lock)
        {
            if (_waiting.Count < WaitingMax && _waiting.Add(deviceId)) _line.Enqueue(deviceId);
        }
    }

    private void NoteConnection(string deviceId, bool isConnected) => Note(deviceId);

    private List<string> Take()
    {
        List<string> ids = [];
        lock (_lock)
        {
            while (ids.Count < SendMax && _line.TryDequeue(out var id))
            {
                _waiting.Remove(id);
                ids.Add(id);
            }
        }

        return ids;
    }

    private async Task SendAsync(CancellationToken cancel)
    {
        var ids = Take();
        if (ids.Count == 0) return;
        foreach (var row in registry.File.Read(connection => ids.Select(id => DeviceStore.Find(connection, id, AreaScope.Whole)).OfType<DeviceRow>().ToList()))
        {
            var area = row.HouseholdId is { } id && households.TryGet(id, out var home) ? home.Area : Area.District;
            await hub.Clients.Groups(AreaScope.HubGroupsOf(area)).SendAsync(AlertsHubNames.DeviceChanged, view.Show(row), cancel);
        }
    }
}
