using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SeniorIoT.Console.Shell;

namespace SeniorIoT.Console.Server;

/// <summary>The HTTP API. Never throws for a failed request: the answer carries the problem. Safe to repeat are GET, PUT and DELETE only.</summary>
public sealed class ServerApi(HttpClient http, Session session)
{
    private const string Root = "api/v1/";

    /// <summary>Reads.</summary>
    public Task<Answer<T>> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Get, path, null, type, cancel);

    /// <summary>Sends a body and reads the answer.</summary>
    public Task<Answer<T>> PostAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type) =>
        SendAsync(HttpMethod.Post, path, JsonContent.Create(body, bodyType), type);

    /// <summary>Sends a body whose answer says nothing new; null when it succeeded.</summary>
    public async Task<Problem?> TellAsync<TBody>(HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType) =>
        (await SendAsync<object>(method, path, JsonContent.Create(body, bodyType), null)).Problem;

    /// <summary>A request without a body; null when it succeeded.</summary>
    public async Task<Problem?> TellAsync(HttpMethod method, string path) => (await SendAsync<object>(method, path, null, null)).Problem;

    /// <summary>Sends any request; <paramref name="type"/> null: the answer's body is not read.</summary>
    public async Task<Answer<T>> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T>? type, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(method, Root + path) { Content = content };
        if (session.Current is { } login)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", login.AccessToken);
        try
        {
            using var response = await http.SendAsync(request, cancel);
            if (response.IsSuccessStatusCode)
                return new(type is null ? default : await response.Content.ReadFromJsonAsync(type, cancel), null);
            if (response.StatusCode == HttpStatusCode.Unauthorized)
                await session.ExpireAsync();
            return new(default, await ReadProblemAsync(response, cancel));
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or OperationCanceledException)
        {
            // Not reached, cut off, or something that is not our server answered: all mean that nothing is known to have happened.
            return new(default, Problem.NotReached);
        }
    }

    /// <summary>A path with its query; empty values are left out.</summary>
    public static string Query(string path, params ReadOnlySpan<(string Name, string? Value)> values)
    {
        var query = path;
        foreach (var (name, value) in values)
            if (!string.IsNullOrEmpty(value))
                query += $"{(query.Contains('?') ? '&' : '?')}{name}={Uri.EscapeDataString(value)}";
        return query;
    }

    private static async Task<Problem> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        ProblemBody? body = null;
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
            body = await response.Content.ReadFromJsonAsync(ConsoleJson.Default.ProblemBody, cancel);
        return new((int)response.StatusCode, body?.Detail ?? body?.Title, body?.Errors ?? [])
        {
            Winner = body is { By: { } by, At: { } at, Kind: { } kind } ? new Winner(by, at, kind) : null,
        };
    }
}
