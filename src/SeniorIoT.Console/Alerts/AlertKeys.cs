using SeniorIoT.Api;
using SeniorIoT.Console.Queue;
using SeniorIoT.Console.Shell;

namespace SeniorIoT.Console.Alerts;

/// <summary>What the keys on the buttons of an alert do in the queue and where it stands alone.</summary>
public static class AlertKeys
{
    /// <summary>
    /// Does it; the form that the key opens or closes, null when it is no matter of forms: while an act is under way the next key may have opened one. A key that means nothing
    /// for this alert changes nothing.
    /// </summary>
    public static async Task<Panel?> PressAsync(string key, Alert alert, AlertDesk desk, Browser browser, DateTimeOffset now)
    {
        switch (key)
        {
            case "a" when desk.IsToAnswer(alert):
                await desk.AcknowledgeAsync(alert);
                return null;
            case "t" when alert is { IsOpen: true, AnsweredAt: not null } && !desk.IsMine(alert):
                await desk.TakeOverAsync(alert);
                return null;
            case "r" when alert is { IsOpen: false } && alert.CanReopenAt(now):
                await desk.ReopenAsync(alert);
                return null;
            case "n":
                await browser.FocusAsync("note-text");
                return null;
            case "d" when alert is { IsOpen: true }:
                return Panel.Dispatch;
            case "c" when alert is { IsOpen: true }:
                return Panel.Close;
            case "h" when alert is { IsOpen: true, AnsweredAt: not null }:
                return Panel.HandOver;
            case "p" when alert is { IsOpen: true }:
                return Panel.Regrade;
            case "s" when !alert.IsSystem:
                return Panel.Shelve;
            case "Escape":
                return Panel.None;
            default:
                return null;
        }
    }
}
