using System.Text.Json.Serialization.Metadata;
using SeniorIoT.Api;
using SeniorIoT.Console.Server;

namespace SeniorIoT.Console.Shell;

/// <summary>A list the server hands out in pages: what is here, whether there is more, and why not.</summary>
public sealed class Listing<T>(ServerApi api, JsonTypeInfo<Page<T>> type)
{
    private string _path = "";
    private string? _next;

    /// <summary>Rows fetched so far; null before the first answer.</summary>
    public List<T>? Items { get; private set; }

    /// <summary>Why the last fetch failed.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>Whether the server has more.</summary>
    public bool HasMore => _next is not null;

    /// <summary>Begins anew. An answer that comes after a newer question is dropped.</summary>
    public async Task FetchAsync(string path)
    {
        _path = path;
        var answer = await api.GetAsync(path, type);
        if (path != _path)
            return;
        Problem = answer.Problem;
        if (answer.Ok(out var page))
            (Items, _next) = ([.. page.Items], page.Next);
    }

    /// <summary>The next page.</summary>
    public async Task FetchMoreAsync()
    {
        var path = _path;
        var answer = await api.GetAsync(ServerApi.Query(path, ("cursor", _next)), type);
        if (path != _path)
            return;
        Problem = answer.Problem;
        if (!answer.Ok(out var page))
            return;
        Items!.AddRange(page.Items);
        _next = page.Next;
    }
}
