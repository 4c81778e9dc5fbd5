using Microsoft.JSInterop;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Storms;

namespace SeniorIoT.Console.Queue;

/// <summary>The queue by keyboard: the same keys for an alert, an incident, and an alert under its incident.</summary>
public sealed partial class QueuePage
{
    /// <summary>A key pressed anywhere on the page outside of a text field.</summary>
    [JSInvokable]
    public async Task Key(string key)
    {
        var at = _rows.FindIndex(line => line.Id == _selected);
        var alert = _selected is null || _isIncident ? null : Board.Find(_selected);
        var incident = _selected is not null && _isIncident ? Incidents.Find(_selected) : alert is null ? null : Incidents.Over(alert);
        switch (key)
        {
            case "ArrowDown" or "j":
                await MoveAsync(at + 1);
                break;
            case "ArrowUp" or "k":
                await MoveAsync(Math.Max(0, at - 1));
                break;
            case "ArrowRight" when _isIncident && incident is { IsOpen: true } && !_opened.Contains(incident.IncidentId):
                Turn(incident);
                await RevealAsync();
                break;
            case "ArrowLeft" when incident is not null && _opened.Contains(incident.IncidentId):
                Turn(incident);
                await RevealAsync();
                break;
            case "a" when _isIncident && incident is { IsOpen: true, AnsweredAt: null }:
                await AcknowledgeAsync(incident);
                break;
            case "c" when _isIncident && incident is { IsOpen: true }:
                Ask(incident.IncidentId, Panel.Close);
                break;
            case "x" when alert is not null && incident is not null:
                await IncidentDesk.TakeOutAsync(incident, alert.AlertId);
                break;
            case "n" when _selected is not null:
                await Browser.FocusAsync("note-text");
                break;
            case "Enter" when _selected is not null:
                if (_isIncident && incident is { IsOpen: true } && !_opened.Contains(_selected))
                    Turn(incident);
                Open(_selected);
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
            default:
                if (alert is not null && await AlertKeys.PressAsync(key, alert, Desk, Browser, Link.Now) is { } panel && panel != _panel)
                    Ask(alert.AlertId, panel);
                break;
        }
        StateHasChanged();
    }
}
