using SeniorIoT.Console.Shell;

namespace SeniorIoT.Console.Alerts;

/// <summary>Notes begun and not yet sent. They stay in this browser, through reconnects and reloads, until they are sent.</summary>
public sealed class Drafts(Browser browser)
{
    public async Task<string> ReadAsync(string alertId) => await browser.RecallAsync(Key(alertId)) ?? "";

    /// <summary>Keeps a draft; empty text removes it.</summary>
    public async Task KeepAsync(string alertId, string text) => await browser.KeepAsync(Key(alertId), text);

    private static string Key(string alertId) => "draft." + alertId;
}
