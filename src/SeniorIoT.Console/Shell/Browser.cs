using Microsoft.JSInterop;

namespace SeniorIoT.Console.Shell;

/// <summary>Everything asked of the browser itself, through one small module (<c>js/console.js</c>).</summary>
public sealed class Browser(IJSRuntime js)
{
    private Task<IJSObjectReference>? _module;

    /// <summary>Plays a pattern (<c>P1</c>, <c>P2</c>, <c>P3</c>, <c>lost</c>); false: the browser does not let us make sound yet.</summary>
    public async Task<bool> PlayAsync(string pattern) => await (await ModuleAsync()).InvokeAsync<bool>("play", pattern);

    /// <summary>Asks for permission to make sound; must be called from a click or key.</summary>
    public async Task<bool> EnableSoundAsync() => await (await ModuleAsync()).InvokeAsync<bool>("enable");

    /// <summary>Sends keys pressed outside of text fields to a method <c>Key(string)</c> until the next call.</summary>
    public async Task ListenKeysAsync<T>(DotNetObjectReference<T>? to) where T : class => await (await ModuleAsync()).InvokeVoidAsync("listenKeys", to);

    /// <summary>Tells <c>Hover(bool)</c> whether a mouse is being moved over the element.</summary>
    public async Task WatchHoverAsync<T>(string elementId, DotNetObjectReference<T> to) where T : class =>
        await (await ModuleAsync()).InvokeVoidAsync("watchHover", elementId, to);

    /// <summary>Tells <c>Narrow(bool)</c> now and at every change whether the screen is a phone's.</summary>
    public async Task WatchWidthAsync<T>(DotNetObjectReference<T> to) where T : class => await (await ModuleAsync()).InvokeVoidAsync("watchWidth", to);

    /// <summary>Puts the focus on an element if it is there.</summary>
    public async Task FocusAsync(string elementId) => await (await ModuleAsync()).InvokeVoidAsync("focusOn", elementId);

    /// <summary>As <see cref="FocusAsync"/>, and remembers where the focus was.</summary>
    public async Task FocusIntoAsync(string elementId) => await (await ModuleAsync()).InvokeVoidAsync("focusInto", elementId);

    /// <summary>Gives the focus back to where it was, or to another element if that is gone; unless a person has moved it already.</summary>
    public async Task FocusBackAsync(string elseElementId) => await (await ModuleAsync()).InvokeVoidAsync("focusBack", elseElementId);

    /// <summary>Scrolls a list so that its row is visible.</summary>
    public async Task RevealAsync(string elementId, int row, int rowHeight) =>
        await (await ModuleAsync()).InvokeVoidAsync("reveal", elementId, row, rowHeight);

    /// <summary>Scrolls no further than needed to show the element that a selector finds, if it is there.</summary>
    public async Task ShowAsync(string selector) => await (await ModuleAsync()).InvokeVoidAsync("show", selector);

    /// <summary>Copies text; false where the browser forbids it.</summary>
    public async Task<bool> CopyAsync(string text) => await (await ModuleAsync()).InvokeAsync<bool>("copy", text);

    /// <summary>Hands the person a text as a file.</summary>
    public async Task DownloadAsync(string fileName, string text) => await (await ModuleAsync()).InvokeVoidAsync("download", fileName, text);

    /// <summary>Sets an attribute of the document: <c>lang</c> or <c>data-theme</c>.</summary>
    public async Task MarkDocumentAsync(string attribute, string value) => await (await ModuleAsync()).InvokeVoidAsync("markDocument", attribute, value);

    /// <summary>Reads what an earlier visit kept.</summary>
    public ValueTask<string?> RecallAsync(string key) => js.InvokeAsync<string?>("localStorage.getItem", "senioriot." + key);

    /// <summary>Keeps a small text; empty forgets it.</summary>
    public ValueTask KeepAsync(string key, string value) => value.Length == 0
        ? js.InvokeVoidAsync("localStorage.removeItem", "senioriot." + key)
        : js.InvokeVoidAsync("localStorage.setItem", "senioriot." + key, value);

    private Task<IJSObjectReference> ModuleAsync() => _module ??= js.InvokeAsync<IJSObjectReference>("import", "./js/console.js").AsTask();
}
