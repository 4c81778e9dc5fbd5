using System.Diagnostics;
using Microsoft.Playwright;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;

namespace SeniorIoT.Benchmarks.Storm;

/// <summary>What an operator feels meanwhile: how long the API takes, and how long an open console takes to obey a key.</summary>
internal sealed class StormWatcher(ApiClient api)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250), KeyLostAfter = TimeSpan.FromSeconds(30);

    /// <summary>Times in milliseconds of what was asked, by name.</summary>
    public Dictionary<string, List<double>> Times { get; } = new() { ["GET alerts"] = [], ["GET overview"] = [], ["key J"] = [] };

    /// <summary>Asks the API until it is over.</summary>
    public async Task AskAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await TimeAsync("GET alerts", () => api.GetAsync<Page<Alert>>("alerts?state=open&limit=200"));
            await TimeAsync("GET overview", () => api.GetAsync<Overview>("overview"));
            await Wait.PauseAsync(LookEvery);
        }
    }

    /// <summary>Moves through the queue by keyboard until it is over: from the key to the row that is chosen then.</summary>
    public async Task PressAsync(IPage page, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await TimeAsync("key J", () => page.EvaluateAsync(
                """
                async limit => {
                  const chosen = () => document.querySelector('[data-testid=alert-row][aria-current=true]')?.dataset.alertId;
                  const before = chosen(), started = performance.now();
                  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));
                  while (chosen() === before && performance.now() - started < limit) await new Promise(requestAnimationFrame);
                }
                """, KeyLostAfter.TotalMilliseconds));
            await Wait.PauseAsync(LookEvery);
        }
    }

    private async Task TimeAsync(string what, Func<Task> act)
    {
        var started = Stopwatch.GetTimestamp();
        await act();
        Times[what].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }
}
