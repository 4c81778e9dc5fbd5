using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Shell;
using SeniorIoT.Console.Storms;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Queue;

/// <summary>The live queue with the chosen alert beside it.</summary>
public sealed partial class QueuePage
{
    /// <summary>The row the browser module counts with; a phone shows cards.</summary>
    private const int DenseRow = 34;
    private const int Card = 132;

    private static readonly string[] Columns = ["priority", "elapsed", "rule", "who", "where", "committee", "standing"];

    private readonly QueueOrder _order = new();
    private DotNetObjectReference<QueuePage>? _self;
    private Pace? _pace;
    private readonly HashSet<string> _opened = [];
    private QueueFilling? _filling;
    private List<QueueLine> _rows = [];
    private List<Alert> _hidden = [];
    private List<Alert> _handed = [];
    private Lane _lane = Lane.Unanswered;
    private Panel _panel;
    private string? _selected;
    private bool _isIncident;
    private string _search = "";
    private bool _narrow;
    private bool _reading;
    private bool _help;

    [Inject] public required AlertBoard Board { get; set; }

    [Inject] public required AlertDesk Desk { get; set; }

    [Inject] public required AlertFeed Feed { get; set; }

    [Inject] public required IncidentBoard Incidents { get; set; }

    [Inject] public required IncidentDesk IncidentDesk { get; set; }

    [Inject] public required Browser Browser { get; set; }

    [Inject] public required TimeProvider Time { get; set; }

    private int RowHeight => _narrow ? Card : DenseRow;

    /// <summary>The mouse is being moved over the list, or left it: rows are held still meanwhile.</summary>
    [JSInvokable]
    public void Hover(bool over)
    {
        _order.Hold(over);
        Show();
        StateHasChanged();
    }

    /// <summary>Whether the screen is a phone's.</summary>
    [JSInvokable]
    public void Narrow(bool narrow)
    {
        _narrow = narrow;
        StateHasChanged();
    }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _pace = new(Time, () => _ = InvokeAsync(() =>
        {
            Arrange();
            StateHasChanged();
        }));
        Board.Changed += _pace.Ask;
        Incidents.Changed += _pace.Ask;
        Feed.Changed += _pace.Ask;
        Link.Changed += _pace.Ask;
        Arrange();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        await Browser.ListenKeysAsync(_self);
        await Browser.WatchHoverAsync("queue-hold", _self);
        await Browser.WatchWidthAsync(_self);
    }

    protected override void Leave()
    {
        if (_pace is not null)
        {
            Board.Changed -= _pace.Ask;
            Incidents.Changed -= _pace.Ask;
            Feed.Changed -= _pace.Ask;
            Link.Changed -= _pace.Ask;
        }

        _pace?.Dispose();
        _ = Browser.ListenKeysAsync<QueuePage>(null);
        _self?.Dispose();
    }

    private async Task ChooseAsync(Lane lane)
    {
        (_lane, _rows) = (lane, []);
        _order.Hold(false);
        Arrange();
        if (lane == Lane.Closed)
            await Feed.FetchClosedAsync(Times.DayOf(Link.Now));
    }

    /// <summary>
    /// Looks through the board once. The chosen alert keeps its row although an answer took it out of the lane: it is still
    /// being worked on.
    /// </summary>
    private void Arrange()
    {
        var kept = _rows.Exists(line => line.Id == _selected) ? _selected : null;
        _filling = QueueFilling.Of(Board.All, Incidents, new(_lane, _search, kept, Times.DayOf(Link.Now), _opened) { Me = Desk.Me }, Words);
        _handed = [.. Board.All.Where(Desk.WaitsForMe)];
        _order.Want(_filling.Lines);
        Show();
    }

    private void Flow()
    {
        _order.Flow();
        Show();
    }

    /// <summary>A P1 nobody has answered is on the screen whatever lane, search or mouse keeps it out of the list.</summary>
    private void Show()
    {
        _rows = _order.Rows(FindHeld);
        var urgent = Board.Urgent.Where(alert => alert.IsUnanswered).ToList();
        var shown = urgent.Count == 0 ? [] : _rows.Select(line => line.Id).ToHashSet();
        _hidden = [.. urgent.Where(alert => !shown.Contains(alert.AlertId))];
    }

    /// <summary>What became of a row that no longer belongs and is held where it is.</summary>
    private QueueLine? FindHeld(string id) => Board.Find(id) is { } alert ? QueueLine.Of(alert, Incidents.Over(alert) is not null)
        : Incidents.Find(id) is { } incident ? QueueLine.Of(_filling?.FoldOf(id, _opened) ?? new IncidentFold(incident, AlertWords.P3, 0, 0, false))
        : null;

    private async Task MoveAsync(int row)
    {
        if (row >= _rows.Count)
            return;
        Select(_rows[row].Id);
        await Browser.RevealAsync("queue-list", row, RowHeight);
    }

    private async Task RevealAsync()
    {
        if (_rows.FindIndex(line => line.Id == _selected) is >= 0 and var row)
            await Browser.RevealAsync("queue-list", row, RowHeight);
    }

    private void Select(string id)
    {
        if (_selected == id)
            return;
        (_selected, _isIncident, _panel) = (id, Board.Find(id) is null, Panel.None);
        if (_filling is { HasKept: true })
            Arrange();
    }

    private void Open(string id)
    {
        Select(id);
        _reading = true;
    }

    /// <summary>Shows or hides what stands under an incident: the person's own wish, so rows move also under the pointer.</summary>
    private void Turn(Incident incident)
    {
        if (!_opened.Remove(incident.IncidentId))
            _opened.Add(incident.IncidentId);
        else if (!_isIncident && _selected is not null && Board.Find(_selected)?.IncidentId == incident.IncidentId)
            Select(incident.IncidentId);
        Arrange();
        Flow();
    }

    /// <summary>An alert chosen from the list of its incident's.</summary>
    private void ShowMember(string alertId)
    {
        if (Board.Find(alertId) is { } alert && Incidents.Over(alert) is { } incident)
            _opened.Add(incident.IncidentId);
        Arrange();
        Flow();
        Open(alertId);
        StateHasChanged();
    }

    /// <summary>
    /// Puts a P1 from above the list into it and chooses it. The column heads come back under the pointer: a second click
    /// meets nothing.
    /// </summary>
    private void Bring(Alert alert)
    {
        var lane = LaneRules.Of(alert, Desk.WaitsForMe(alert));
        if (_lane != lane && !(_lane == Lane.Open && lane is Lane.Unanswered or Lane.Answered))
            _lane = lane;
        if (_search.Length > 0 && !LaneRules.Matches(alert, _search, Words))
            _search = "";
        Arrange();
        Flow();
        Open(alert.AlertId);
    }

    private void Bring(Alert alert, Panel panel)
    {
        Bring(alert);
        _panel = panel;
    }

    private Task BringAndAcknowledgeAsync(Alert alert)
    {
        Bring(alert);
        return AcknowledgeAsync(alert);
    }

    private void Ask(string id, Panel panel)
    {
        Open(id);
        _panel = panel;
    }

    private async Task AcknowledgeAsync(Alert alert)
    {
        Select(alert.AlertId);
        await Desk.AcknowledgeAsync(alert);
    }

    private async Task AcknowledgeAsync(Incident incident)
    {
        Select(incident.IncidentId);
        await IncidentDesk.AcknowledgeAsync(incident);
    }
}
