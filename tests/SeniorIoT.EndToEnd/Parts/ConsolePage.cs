using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace SeniorIoT.EndToEnd.Parts;

/// <summary>The console as these tests take hold of it.</summary>
internal static class ConsolePage
{
    extension(IPage page)
    {
        /// <summary>A row of the queue.</summary>
        public ILocator Row(string alertId) => page.Locator($"[data-testid=alert-row][data-alert-id='{alertId}']");

        /// <summary>The chosen alert.</summary>
        public ILocator Detail(string alertId) => page.Locator($"[data-testid=alert-detail][data-alert-id='{alertId}']");

        /// <summary>The state of the live link: connecting, live or lost.</summary>
        public ILocator Link(string state) => page.Locator($"[data-testid=link-state][data-state={state}]");

        /// <summary>Goes to a page through the navigation, as a person would, so that nothing is loaded again.</summary>
        public Task GoToAsync(string path) => page.Locator($"nav.side > a[href='{path}']").ClickAsync();

        /// <summary>What axe holds to be serious or critical; empty when a blind person can work here.</summary>
        public async Task<List<string>> SeriousViolationsAsync()
        {
            var result = await page.RunAxe();
            return [.. result.Violations.Where(one => one.Impact is "serious" or "critical").Select(one =>
                $"{one.Impact} {one.Id}: {one.Help}; {string.Join(" | ", one.Nodes.Take(5).Select(node => node.Html))}")];
        }
    }
}
