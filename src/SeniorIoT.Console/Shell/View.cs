using Microsoft.AspNetCore.Components;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Shell;

/// <summary>A component with words: it renders again when the language changes, and keeps its state.</summary>
public abstract class View : ComponentBase, IDisposable
{
    [Inject] public required Wording Words { get; set; }

    [Inject] public required LinkState Link { get; set; }

    protected override void OnInitialized() => Words.Changed += Refresh;

    /// <summary>Renders again, from any thread or timer.</summary>
    protected void Refresh() => _ = InvokeAsync(StateHasChanged);

    protected string Moment(DateTimeOffset? at) => at is { } known ? Times.Moment(known, Link.Now) : "–";

    public void Dispose()
    {
        Words.Changed -= Refresh;
        Leave();
        GC.SuppressFinalize(this);
    }

    /// <summary>Unsubscribes from what the component subscribed to.</summary>
    protected virtual void Leave()
    {
    }
}
