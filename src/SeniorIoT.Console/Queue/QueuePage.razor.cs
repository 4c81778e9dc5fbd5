using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Shell;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Queue;

/// <summary>The live queue with the chosen alert beside it.</summary>
public sealed partial class QueuePage
{
    /// <summary>The row the browser module counts with; a phone shows cards.</summary>
    private const int DenseRow = 34;
    private const int Card = 104;

    private static readonly string[] Columns = ["priority", "elapsed", "rule", "who", "where", "committee", "standing"];

    private readonly QueueOrder _order = new();
    private DotNetObjectReference<QueuePage>? _self;
    private Pace? _pace;
    private List<Alert> _rows = [];
    private List<Alert> _hidden = [];
    private List<Alert> _handed = [];
    private Lane _lane = Lane.Unanswered;
    private Panel _panel;
    private string? _selected;
    private string _search = "";
    private readonly int[] _counts = new int[Enum.GetValues<Lane>().Length];
    private bool _narrow;
    private bool _reading;
    private bool _help;

    [Inject] public required AlertBoard Board { get; set; }

    [Inject] public required AlertDesk Desk { get; set; }

    [Inject] public required AlertFeed Feed { get; set; }

    [Inject] public required Browser Browser { get; set; }

    [Inject] public required TimeProvider Time { get; set; }

    private int RowHeight => _narrow ? Card : DenseRow;

    /// <summary>A key pressed anywhere on the page outside of a text field.</summary>
    [JSInvokable]
    public async Task Key(string key)
    {
        var at = _rows.FindIndex(alert => alert.AlertId == _selected);
        var alert = _selected is null ? null : Board.Find(_selected);
        switch (key)
        {
            case "ArrowDown" or "j":
                await MoveAsync(at + 1);
                break;
            case "ArrowUp" or "k":
                await MoveAsync(Math.Max(0, at - 1));
                break;
            case "a" when alert is not null && Desk.IsToAnswer(alert):
                await AcknowledgeAsync(alert);
                break;
            case "d" when alert is { IsOpen: true }:
                Ask(alert, Panel.Dispatch);
                break;
            case "c" when alert is { IsOpen: true }:
                Ask(alert, Panel.Close);
                break;
            case "h" when alert is { IsOpen: true, AnsweredAt: not null }:
                Ask(alert, Panel.HandOver);
                break;
            case "t" when alert is { IsOpen: true, AnsweredAt: not null } && !Desk.IsMine(alert):
                await Desk.TakeOverAsync(alert);
                break;
            case "p" when alert is { IsOpen: true }:
                Ask(alert, Panel.Regrade);
                break;
            case "r" when alert is { IsOpen: false } && alert.CanReopenAt(Link.Now):
                await Desk.ReopenAsync(alert);
                break;
            case "n" when alert is not null:
                await Browser.FocusAsync("note-text");
                break;
            case "Enter" when alert is not null:
                Open(alert);
                await Browser.FocusAsync("alert-title");
                break;
            case "/":
                await Browser.FocusAsync("queue-search");
                break;
            case "?":
                _help = !_help;
                break;
            case "Escape":
                (_panel, _help, _reading) = (Panel.None, false, false);
                break;
        }
        StateHasChanged();
    }

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
        var today = Times.DayOf(Link.Now);
        var keepsRow = _rows.Exists(alert => alert.AlertId == _selected);
        List<Alert> wanted = [];
        Array.Clear(_counts);
        foreach (var alert in Board.All)
        {
            var lane = LaneRules.Of(alert, Desk.WaitsForMe(alert));
            _counts[(int)lane]++;
            var belongs = lane == _lane ? lane != Lane.Closed || alert.ClosedAt >= today : _lane == Lane.Open && lane is Lane.Unanswered or Lane.Answered;
            if ((belongs || (keepsRow && alert.AlertId == _selected)) && (_search.Length == 0 || LaneRules.Matches(alert, _search, Words)))
                wanted.Add(alert);
        }
        _handed = [.. Board.All.Where(Desk.WaitsForMe)];
        _counts[(int)Lane.Open] = _counts[(int)Lane.Unanswered] + _counts[(int)Lane.Answered];
        if (_lane == Lane.Closed)
            wanted = [.. wanted.OrderByDescending(alert => alert.ClosedAt)];
        _order.Want(wanted);
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
        _rows = _order.Rows(Board.Find);
        var urgent = Board.Urgent.Where(alert => alert.IsUnanswered).ToList();
        var shown = urgent.Count == 0 ? [] : _rows.Select(alert => alert.AlertId).ToHashSet();
        _hidden = [.. urgent.Where(alert => !shown.Contains(alert.AlertId))];
    }

    private async Task MoveAsync(int row)
    {
        if (row >= _rows.Count)
            return;
        Select(_rows[row].AlertId);
        await Browser.RevealAsync("queue-list", row, RowHeight);
    }

    private void Select(string alertId)
    {
        if (_selected == alertId)
            return;
        (_selected, _panel) = (alertId, Panel.None);
        Arrange();
    }

    private void Open(Alert alert)
    {
        Select(alert.AlertId);
        _reading = true;
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
        Open(alert);
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

    private void Ask(Alert alert, Panel panel)
    {
        Open(alert);
        _panel = panel;
    }

    private async Task AcknowledgeAsync(Alert alert)
    {
        Select(alert.AlertId);
        await Desk.AcknowledgeAsync(alert);
    }
}
