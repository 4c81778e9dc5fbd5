using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// What Aliyun tells us, as JSON arrays: <c>SmsReport</c> (receipts) and <c>SmsUp</c> (answers). It waits 700 ms for <c>{"code":0}</c>, else it says it
/// all again; so a request is kept on disk, answered, and worked off afterwards. A disk that is slower is waited for no longer than <see cref="KeepWithin"/>: the answer is
/// 503 then, which asks Aliyun to say it again in a minute, and heard twice is once. It signs nothing: the address holds a secret.
/// </summary>
internal static class AliyunApi
{
    /// <summary>Receipts.</summary>
    public const string Receipt = "aliyun-receipt";

    /// <summary>Answers.</summary>
    public const string Inbound = "aliyun-inbound";

    /// <summary>So long the disk has.</summary>
    public static readonly TimeSpan KeepWithin = TimeSpan.FromMilliseconds(500);

    private const int BodyLengthMax = 1_000_000;

    /// <summary>Maps the routes.</summary>
    public static void MapAliyun(this IEndpointRouteBuilder routes)
    {
        var aliyun = routes.MapGroup("/api/v1/sms/aliyun").WithTags("sms").AllowAnonymous().DisableAntiforgery();
        foreach (var (route, kind) in ((string, string)[])[("/receipt", Receipt), ("/inbound", Inbound)])
            aliyun.MapPost(route, (HttpContext context, AliyunOptions options, CallbackStore store, CallbackWorker worker, TimeProvider clock) =>
                KeepAsync(context, kind, options, store, worker, clock));
    }

    private static async Task<IResult> KeepAsync(HttpContext context, string kind, AliyunOptions options, CallbackStore store, CallbackWorker worker, TimeProvider clock)
    {
        if (options.CallbackKey is not { } key || !IsSame(key, context.Request.Query["key"].ToString()))
            return TypedResults.Problem("The address does not hold the key of the setting Aliyun:CallbackKey, or none is set.", statusCode: StatusCodes.Status403Forbidden);
        if (context.Request.ContentLength > BodyLengthMax) return Answer(1, $"more than {BodyLengthMax} bytes", StatusCodes.Status413PayloadTooLarge);
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        if (!IsArray(body)) return Answer(1, "the body must be a JSON array", StatusCodes.Status400BadRequest);
        var kept = KeepAsync(store, worker, kind, body, clock.GetUtcNow());
        if (await Task.WhenAny(kept, Task.Delay(KeepWithin, clock)) != kept) return Answer(1, "not kept yet, say it again", StatusCodes.Status503ServiceUnavailable);
        return await kept ? Answer(0, "received", StatusCodes.Status200OK) : Answer(1, "could not be kept, say it again", StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<bool> KeepAsync(CallbackStore store, CallbackWorker worker, string kind, string body, DateTimeOffset now)
    {
        try
        {
            await store.KeepAsync(kind, body, now);
            worker.Ring();
            return true;
        }
        catch (Exception error)
        {
            worker.LogNotKept(error);
            return false;
        }
    }

    private static IResult Answer(int code, string message, int status) => TypedResults.Json(new AliyunReceived(code, message), AliyunCallbackJson.Default.AliyunReceived, statusCode: status);

    // Of hashes, so that not even the length of the secret can be measured.
    private static bool IsSame(string one, string other) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(one)), SHA256.HashData(Encoding.UTF8.GetBytes(other)));

    private static bool IsArray(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Array;
        }
        catch (JsonException)
        {
            return false; // told to Aliyun, which says it again
        }
    }
}
