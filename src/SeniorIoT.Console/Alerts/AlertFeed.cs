using SeniorIoT.Api;
using SeniorIoT.Console.Server;

namespace SeniorIoT.Console.Alerts;

/// <summary>Keeps the board true: the hub is best effort, so the open alerts are fetched at every connection and every 30 s.</summary>
public sealed class AlertFeed(ServerApi api, AlertBoard board, TimeProvider time)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    /// <summary>After a failed fetch: what is shown may be a part only.</summary>
    public static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(5);

    /// <summary>A server that never ends its pages must not keep us here.</summary>
    private const int PagesMax = 200;

    private const int Screenful = 50;

    private long _fetchedAt;
    private bool _fetching;
    private bool _again;

    /// <summary>Raised when <see cref="Problem"/> changed.</summary>
    public event Action? Changed;

    /// <summary>Why the last fetch of the open alerts failed; null after one that did not.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>Fetches when the last fetch is 30 s old, or 5 s when it failed or was of the most urgent only.</summary>
    public Task RefetchWhenDueAsync() =>
        _fetching || time.GetElapsedTime(_fetchedAt) < (Problem is null && board.Loaded ? Every : AgainAfter) ? Task.CompletedTask : RefetchAsync();

    /// <summary>Shows a screenful of the most urgent alerts: of thousands these are seen at once, and the rest is fetched when the live link is up.</summary>
    public async Task ShowUrgentAsync()
    {
        _fetchedAt = time.GetTimestamp();
        var read = await api.GetAsync($"alerts?state=open&order=urgent&limit={Screenful}", ConsoleJson.Default.Alerts);
        if (read.Ok(out var urgent))
            board.Merge(urgent.Items);
        Tell(read.Problem);
    }

    /// <summary>
    /// Fetches all open alerts; asked again meanwhile, it fetches once more, for what changed in between. After a
    /// failed fetch what is shown stays, and the problem says that it may be a part.
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
                var (open, problem) = await ReadAsync("alerts?state=open&limit=500", showsAtOnce: !board.Loaded);
                if (problem is null)
                    board.Replace(open, mark);
                Tell(problem);
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
        var (closed, problem) = await ReadAsync(path);
        if (problem is not null)
            Tell(problem);
        foreach (var alert in closed)
            if (alert.ClosedAt >= since)
                board.Merge(alert);
    }

    private void Tell(Problem? problem)
    {
        if (problem == Problem)
            return;
        Problem = problem;
        Changed?.Invoke();
    }

    /// <summary>Every page; when one of them fails those before it and why.</summary>
    private async Task<(List<Alert> Alerts, Problem? Problem)> ReadAsync(string path, bool showsAtOnce = false)
    {
        List<Alert> alerts = [];
        string? cursor = null;
        for (var page = 0; page < PagesMax; page++)
        {
            var read = await api.GetAsync(ServerApi.Query(path, ("cursor", cursor)), ConsoleJson.Default.Alerts);
            if (!read.Ok(out var answer))
                return (alerts, read.Problem);
            alerts.AddRange(answer.Items);
            // The first fetch after a login shows each page as it comes: nobody waits for the last of thousands.
            if (showsAtOnce)
                board.Merge(answer.Items);
            if ((cursor = answer.Next) is null)
                break;
        }
        return (alerts, null);
    }
}
