using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Storms;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Queue;

/// <summary>What a person wants to see in the queue.</summary>
/// <param name="Lane">The tab.</param>
/// <param name="Search">Words that a row must have; empty: any.</param>
/// <param name="Kept">An alert that keeps its row although its lane is another by now: it is being worked on. Null: none.</param>
/// <param name="Today">Since when closed alerts are shown.</param>
/// <param name="Opened">Incidents whose alerts are shown under them.</param>
public sealed record QueueWish(Lane Lane, string Search, string? Kept, DateTimeOffset Today, IReadOnlySet<string> Opened)
{
    /// <summary>Who looks: what was handed to this user is unanswered to him or her.</summary>
    public string? Me { get; init; }
}

/// <summary>
/// Which rows belong in the queue, in their order, and how many each lane has. An open incident is one row and counts as one; its
/// alerts stand under it when it is opened, and those that a search finds. A call for help always stands for itself.
/// </summary>
public sealed class QueueFilling
{
    private readonly Dictionary<string, Fold> _folds = [];

    private QueueFilling()
    {
    }

    /// <summary>The rows.</summary>
    public List<QueueLine> Lines { get; private set; } = [];

    /// <summary>Rows of each lane, by <see cref="Lane"/>.</summary>
    public int[] Counts { get; } = new int[Enum.GetValues<Lane>().Length];

    /// <summary>Whether a row is there only because it is being worked on: it goes when another is chosen.</summary>
    public bool HasKept { get; private set; }

    /// <summary>Looks once through <paramref name="alerts"/>, which come in the queue's order.</summary>
    public static QueueFilling Of(IEnumerable<Alert> alerts, IncidentBoard incidents, QueueWish wish, Wording words)
    {
        var filling = new QueueFilling();
        foreach (var alert in alerts)
        {
            if (incidents.Over(alert) is { } incident)
                filling.FoldOf(incident).Add(alert, filling.IsShown(alert, incident, wish, words));
            else
                filling.Add(alert, wish, words);
        }
        filling.AddFolds(wish, words);
        filling.Counts[(int)Lane.Open] = filling.Counts[(int)Lane.Unanswered] + filling.Counts[(int)Lane.Answered];
        if (wish.Lane == Lane.Closed)
            filling.Lines = [.. filling.Lines.OrderByDescending(line => line.Alert?.ClosedAt)];
        return filling;
    }

    /// <summary>What an incident's row shows now; null when none of its alerts is open.</summary>
    public IncidentFold? FoldOf(string incidentId, IReadOnlySet<string> opened) => _folds.GetValueOrDefault(incidentId)?.Shown(opened.Contains(incidentId));

    private bool IsShown(Alert alert, Incident incident, QueueWish wish, Wording words)
    {
        if (wish.Search.Length > 0 ? LaneRules.Matches(alert, wish.Search, words) : wish.Opened.Contains(incident.IncidentId))
            return true;
        var isKept = wish.Search.Length == 0 && alert.AlertId == wish.Kept;
        HasKept |= isKept;
        return isKept;
    }

    private Fold FoldOf(Incident incident)
    {
        if (!_folds.TryGetValue(incident.IncidentId, out var fold))
            _folds[incident.IncidentId] = fold = new(incident);
        return fold;
    }

    private void Add(Alert alert, QueueWish wish, Wording words)
    {
        var lane = LaneRules.Of(alert, wish.Me is not null && alert.WaitsFor == wish.Me);
        Counts[(int)lane]++;
        var belongs = IsIn(wish.Lane, lane) && (lane != Lane.Closed || alert.ClosedAt >= wish.Today);
        if (!(belongs || alert.AlertId == wish.Kept) || (wish.Search.Length > 0 && !LaneRules.Matches(alert, wish.Search, words)))
            return;
        HasKept |= !belongs;
        Lines.Add(QueueLine.Of(alert));
    }

    private void AddFolds(QueueWish wish, Wording words)
    {
        List<Fold> shown = [];
        foreach (var fold in _folds.Values)
        {
            var lane = fold.Lane;
            Counts[(int)lane]++;
            var belongs = IsIn(wish.Lane, lane);
            var isKept = wish.Kept is not null && (fold.Incident.IncidentId == wish.Kept || fold.Members.Exists(alert => alert.AlertId == wish.Kept));
            if (!(belongs || isKept) || (wish.Search.Length > 0 && fold.Members.Count == 0 && !LaneRules.Matches(fold.Incident, wish.Search, words)))
                continue;
            HasKept |= !belongs;
            shown.Add(fold);
        }
        if (shown.Count == 0)
            return;
        shown.Sort((a, b) => a.CompareTo(b.Priority, b.Incident.OpenedAt, b.Incident.IncidentId));
        List<QueueLine> lines = new(Lines.Count + shown.Count + shown.Sum(fold => fold.Members.Count));
        var next = 0;
        foreach (var line in Lines)
        {
            while (next < shown.Count && shown[next].CompareTo(line.Priority, line.Alert!.RaisedAt, line.Id) < 0)
                shown[next++].AddTo(lines, wish);
            lines.Add(line);
        }
        while (next < shown.Count)
            shown[next++].AddTo(lines, wish);
        Lines = lines;
    }

    private static bool IsIn(Lane wanted, Lane lane) => wanted == lane || (wanted == Lane.Open && lane is Lane.Unanswered or Lane.Answered);

    /// <summary>An incident while its alerts are counted.</summary>
    private sealed class Fold(Incident incident)
    {
        private int _open, _unanswered;

        public Incident Incident => incident;

        // They come in the queue's order: the first is the most urgent.
        public string Priority { get; private set; } = AlertWords.P3;

        public List<Alert> Members { get; } = [];

        public Lane Lane => Priority == AlertWords.P3 ? Lane.Technical : Incident.AnsweredAt is null ? Lane.Unanswered : Lane.Answered;

        public void Add(Alert alert, bool isShown)
        {
            if (_open++ == 0)
                Priority = alert.Priority;
            if (alert.AnsweredAt is null)
                _unanswered++;
            if (isShown)
                Members.Add(alert);
        }

        public IncidentFold Shown(bool isOpened) => new(Incident, Priority, _open, _unanswered, isOpened);

        public void AddTo(List<QueueLine> lines, QueueWish wish)
        {
            lines.Add(QueueLine.Of(Shown(wish.Opened.Contains(Incident.IncidentId))));
            foreach (var alert in Members)
                lines.Add(QueueLine.Of(alert, isMember: true));
        }

        public int CompareTo(string priority, DateTimeOffset at, string id) =>
            string.CompareOrdinal(Priority, priority) is not 0 and var byPriority ? byPriority
            : Incident.OpenedAt.CompareTo(at) is not 0 and var byAge ? byAge
            : string.CompareOrdinal(Incident.IncidentId, id);
    }
}
