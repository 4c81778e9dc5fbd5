using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Server;

namespace SeniorIoT.Console.Storms;

/// <summary>
/// Keeps the incidents true: they are fetched with the open alerts, and soon after an alert joined or left one or changed in it. After a
/// fetch that failed what is shown stays; alerts whose incident is not known stand for themselves, so nothing is hidden meanwhile.
/// </summary>
public sealed class IncidentFeed : IDisposable
{
    /// <summary>How close fetches follow each other while a storm comes in.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromSeconds(2);

    private readonly ServerApi _api;
    private readonly IncidentBoard _incidents;
    private readonly TimeProvider _time;
    private readonly Pace _pace;
    private long _fetchedAt;

    public IncidentFeed(ServerApi api, IncidentBoard incidents, AlertBoard board, TimeProvider time)
    {
        (_api, _incidents, _time) = (api, incidents, time);
        _pace = new(time, () => _ = RefetchAsync(), Gap);
        board.Moved += OnMoved;
    }

    /// <summary>Fetches when the last fetch is as old as one of the open alerts may be.</summary>
    public Task RefetchWhenDueAsync() => _time.GetElapsedTime(_fetchedAt) < AlertFeed.Every ? Task.CompletedTask : RefetchAsync();

    /// <summary>Fetches the open incidents.</summary>
    public async Task RefetchAsync()
    {
        _fetchedAt = _time.GetTimestamp();
        var mark = _incidents.Mark;
        List<Incident> open = [];
        string? cursor = null;
        do
        {
            var answer = await _api.GetAsync(ServerApi.Query("incidents?state=open&limit=500", ("cursor", cursor)), ConsoleJson.Default.Incidents);
            if (!answer.Ok(out var page))
                return;
            open.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null && open.Count < 10_000);
        _incidents.Replace(open, mark);
    }

    public void Dispose() => _pace.Dispose();

    private void OnMoved(Alert? before, Alert after)
    {
        if (before?.IncidentId is not null || after.IncidentId is not null)
            _pace.Ask();
    }
}
