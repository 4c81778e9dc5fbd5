using SeniorIoT.Api;
using SeniorIoT.Console.Server;

namespace SeniorIoT.Console.Alerts;

/// <summary>Keeps the board true: the hub is best effort, so the open alerts are fetched at every connection and every 30 s.</summary>
public sealed class AlertFeed(ServerApi api, AlertBoard board, TimeProvider time)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    /// <summary>A server that never ends its pages must not keep us here.</summary>
    private const int PagesMax = 200;

    private long _fetchedAt;
    private bool _fetching;
    private bool _again;

    /// <summary>Fetches when the last fetch is 30 s old.</summary>
    public Task RefetchWhenDueAsync() => time.GetElapsedTime(_fetchedAt) < Every ? Task.CompletedTask : RefetchAsync();

    /// <summary>
    /// Fetches all open alerts; asked again meanwhile, it fetches once more, for what changed in between. A failed fetch changes
    /// nothing: what is shown stays, and the link state says how old it is.
    /// </summary>
    public async Task RefetchAsync()
    {
        _again = _fetching;
        if (_fetching)
            return;
        _fetching = true;
        try
        {
            do
            {
                (_again, _fetchedAt) = (false, time.GetTimestamp());
                var mark = board.Mark;
                if (await ReadAsync("alerts?state=open", showsAtOnce: !board.Loaded) is { } open)
                    board.Replace(open, mark);
            }
            while (_again);
        }
        finally
        {
            _fetching = false;
        }
    }

    /// <summary>Fetches what was closed since <paramref name="since"/>, of the alerts raised within a week before.</summary>
    public async Task FetchClosedAsync(DateTimeOffset since)
    {
        var path = ServerApi.Query("alerts", ("state", "closed"), ("from", since.AddDays(-7).ToString("O")));
        foreach (var alert in await ReadAsync(path) ?? [])
            if (alert.ClosedAt >= since)
                board.Merge(alert);
    }

    private async Task<List<Alert>?> ReadAsync(string path, bool showsAtOnce = false)
    {
        List<Alert> alerts = [];
        string? cursor = null;
        for (var page = 0; page < PagesMax; page++)
        {
            if (!(await api.GetAsync(ServerApi.Query(path, ("cursor", cursor)), ConsoleJson.Default.Alerts)).Ok(out var answer))
                return null;
            alerts.AddRange(answer.Items);
            // The first fetch after a login shows each page as it comes: nobody waits for the last of thousands.
            foreach (var alert in showsAtOnce ? answer.Items : [])
                board.Merge(alert);
            if ((cursor = answer.Next) is null)
                break;
        }
        return alerts;
    }
}
