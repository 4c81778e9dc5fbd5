using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Polly;
using Polly.CircuitBreaker;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Notices;

/// <summary>What all providers that speak HTTP have in common: what a failure means, and how long they ask us to wait.</summary>
internal static class ProviderHttp
{
    private const int SaidLengthMax = 200;

    /// <summary>Sends and reads; a failure of the network becomes a result. The caller's own cancellation throws.</summary>
    public static async Task<SendResult> TryAsync(HttpClient http, HttpRequestMessage request, Func<HttpResponseMessage, Task<SendResult>> read, CancellationToken cancel)
    {
        try
        {
            using var response = await http.SendAsync(request, cancel);
            return await read(response);
        }
        catch (Exception error) when (IsOfNetwork(error, cancel))
        {
            return Of(error);
        }
    }

    /// <summary>
    /// The body as text. Providers speak UTF-8, whatever a proxy says that answers in their place: a page in a charset that we do not know must not be more than a page.
    /// </summary>
    public static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancel) => Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancel));

    /// <summary>Whether it is the network's failure, or the answer's, and not ours.</summary>
    public static bool IsOfNetwork(Exception error, CancellationToken cancel) =>
        error is HttpRequestException or IOException or JsonException or ExecutionRejectedException || (error is OperationCanceledException && !cancel.IsCancellationRequested);

    /// <summary>What an answer means that does not say itself what is wrong.</summary>
    public static SendResult OfStatus(HttpResponseMessage response, string said) => response.StatusCode switch
    {
        HttpStatusCode.TooManyRequests => new SendResult.Refused(SendFault.TooFast, said, After(response.Headers.RetryAfter)),
        HttpStatusCode.ServiceUnavailable => new SendResult.Refused(SendFault.Down, said, After(response.Headers.RetryAfter)),
        // Whoever answered may have handed it on before.
        HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new SendResult.Unknown(said),
        // No provider sends us elsewhere: somebody between us and it does, and nothing has reached it.
        (>= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest) or HttpStatusCode.ProxyAuthenticationRequired => new SendResult.Refused(SendFault.Down, said),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new SendResult.Refused(SendFault.Account, said),
        _ => new SendResult.Refused(SendFault.Content, said),
    };

    /// <summary>Somebody else's words, short and on one line.</summary>
    public static string Short(string said)
    {
        var line = string.Join(' ', said.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= SaidLengthMax ? line : line[..SaidLengthMax] + "…";
    }

    private static SendResult Of(Exception error) => error is BrokenCircuitException
        or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError }
        ? new SendResult.Refused(SendFault.Down, Short(error.Message)) // nothing has left the house
        : new SendResult.Unknown(Short(error.Message));

    private static TimeSpan? After(RetryConditionHeaderValue? retryAfter) =>
        retryAfter?.Delta is { } delta ? TimeSpan.FromSeconds(Math.Clamp(delta.TotalSeconds, 1, 120)) : null;
}
