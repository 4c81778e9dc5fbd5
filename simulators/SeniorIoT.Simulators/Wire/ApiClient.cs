using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using SeniorIoT.DeviceProtocol;

namespace SeniorIoT.Simulators.Wire;

/// <summary>The server said no, or nothing. The message says what was asked and what came back.</summary>
internal sealed class ApiException(string message) : Exception(message);

/// <summary>
/// The platform's public HTTP API. Every call is tried again a few times while the server is busy (429, 503) or cannot be reached;
/// any other refusal is an <see cref="ApiException"/>.
/// </summary>
internal sealed class ApiClient(Uri address, string user, string password, TimeProvider clock) : IDisposable
{
    private const int TriesMax = 5;
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The bearer token, after <see cref="LoginAsync"/>.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Where the API is.</summary>
    public Uri Address => address;

    /// <summary>Waits until the server answers, then logs in.</summary>
    /// <exception cref="ApiException">It does not answer in time, or the login is refused.</exception>
    public async Task LoginAsync(TimeSpan patience, CancellationToken cancellation)
    {
        for (var until = clock.GetUtcNow() + patience; ; await Task.Delay(TimeSpan.FromMilliseconds(500), clock, cancellation))
        {
            try
            {
                using var answer = await _http.PostAsJsonAsync("api/v1/login", new LoginBody(user, password), ApiJson.Default.LoginBody, cancellation);
                if (answer.StatusCode == HttpStatusCode.Unauthorized)
                {
                    throw new ApiException($"{address} refuses the login of {user}: check --user and --password (or SENIORIOT_ADMIN_PASSWORD).");
                }

                if (answer.IsSuccessStatusCode)
                {
                    Token = (await answer.Content.ReadFromJsonAsync(ApiJson.Default.LoginAnswer, cancellation))!.AccessToken;
                    _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
                    return;
                }
            }
            catch (HttpRequestException) when (clock.GetUtcNow() < until)
            {
                // Not up yet.
                continue;
            }
            catch (HttpRequestException e)
            {
                throw new ApiException($"{address} does not answer ({e.Message}): is the server running there?");
            }

            if (clock.GetUtcNow() >= until)
            {
                throw new ApiException($"{address} is not ready for a login: see the server's own output.");
            }
        }
    }

    /// <summary>Enrols a household. False when it exists already.</summary>
    public async Task<bool> TryEnrolHouseholdAsync(HouseholdBody household, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Post, "api/v1/households", Body(household, ApiJson.Default.HouseholdBody), [HttpStatusCode.Conflict], cancellation);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Enrols a device, or, when it is enrolled already and its secret is lost, gives it a new one.</summary>
    public async Task<MqttLogin> EnrolDeviceAsync(string deviceId, DeviceKind kind, string householdId, CancellationToken cancellation)
    {
        var body = new DeviceBody(deviceId, Topic.SegmentOf(kind), householdId);
        using var answer = await SendAsync(HttpMethod.Post, "api/v1/devices", Body(body, ApiJson.Default.DeviceBody), [HttpStatusCode.Conflict], cancellation);
        if (answer.IsSuccessStatusCode)
        {
            return await ReadLoginAsync(answer, deviceId, cancellation);
        }

        using var rotated = await SendAsync(HttpMethod.Post, $"api/v1/devices/{deviceId}/credentials", null, [], cancellation);
        return await ReadLoginAsync(rotated, deviceId, cancellation);
    }

    /// <summary>Enrols what a file for the import says. What each device logs in with.</summary>
    /// <exception cref="ApiException">A row is refused; nothing was enrolled.</exception>
    public async Task<IReadOnlyList<EnrolledAnswer>> ImportAsync(string csv, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Post, "api/v1/import", () => new StringContent(csv, Encoding.UTF8, "text/csv"), [], cancellation);
        var report = (await answer.Content.ReadFromJsonAsync(ApiJson.Default.ImportAnswer, cancellation))!;
        return report.Written ? report.Credentials : throw new ApiException($"The import is refused: {(report.Errors is [var first, ..] ? first : "there is nothing to enrol.")}");
    }

    /// <summary>Replaces the people told for every home of an area.</summary>
    public async Task PutRespondersAsync(RespondersBody responders, CancellationToken cancellation)
    {
        var path = $"api/v1/responders/{Uri.EscapeDataString(responders.Area)}";
        using var answer = await SendAsync(HttpMethod.Put, path, Body(responders, ApiJson.Default.RespondersBody), [], cancellation);
    }

    /// <summary>Says that nobody is at home.</summary>
    public async Task PostAwayAsync(string householdId, AwayBody away, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"api/v1/households/{householdId}/away", Body(away, ApiJson.Default.AwayBody), [], cancellation);
    }

    /// <summary>When the server last took a measurement of the device for true; null when it never did.</summary>
    public async Task<DateTimeOffset?> LastMeasuredAtAsync(string deviceId, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"api/v1/devices/{deviceId}", null, [], cancellation);
        return (await answer.Content.ReadFromJsonAsync(ApiJson.Default.DeviceAnswer, cancellation))!.LastMeasuredAt;
    }

    /// <summary>Every open alert of a household, oldest page first as the server lists them.</summary>
    public async Task<IReadOnlyList<AlertAnswer>> OpenAlertsAsync(string householdId, CancellationToken cancellation)
    {
        List<AlertAnswer> found = [];
        string? cursor = null;
        do
        {
            var path = "api/v1/alerts?state=open" + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}");
            using var answer = await SendAsync(HttpMethod.Get, path, null, [], cancellation);
            var page = (await answer.Content.ReadFromJsonAsync(ApiJson.Default.AlertsAnswer, cancellation))!;
            found.AddRange(page.Items.Where(alert => alert.HouseholdId == householdId));
            cursor = page.Next;
        }
        while (cursor is not null);
        return found;
    }

    /// <summary>Answers and closes an alert. One that is closed already stays so.</summary>
    public async Task CloseAlertAsync(string alertId, string outcome, string note, CancellationToken cancellation)
    {
        var alreadySo = new[] { HttpStatusCode.Conflict };
        using var acknowledged = await SendAsync(HttpMethod.Post, $"api/v1/alerts/{alertId}/acknowledge", Body(new(), ApiJson.Default.AlertActionBody), alreadySo, cancellation);
        var body = Body(new AlertActionBody(note, outcome), ApiJson.Default.AlertActionBody);
        using var closed = await SendAsync(HttpMethod.Post, $"api/v1/alerts/{alertId}/close", body, alreadySo, cancellation);
    }

    /// <summary>Takes a device or household away. One that does not exist is fine.</summary>
    public async Task DeleteAsync(string path, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Delete, path, null, [HttpStatusCode.NotFound, HttpStatusCode.Conflict], cancellation);
    }

    public void Dispose() => _http.Dispose();

    private static Func<HttpContent> Body<T>(T value, JsonTypeInfo<T> type) => () => JsonContent.Create(value, type);

    private static async Task<MqttLogin> ReadLoginAsync(HttpResponseMessage answer, string deviceId, CancellationToken cancellation) =>
        new(deviceId, (await answer.Content.ReadFromJsonAsync(ApiJson.Default.EnrolledAnswer, cancellation))!.Mqtt.Password);

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        Func<HttpContent>? body,
        HttpStatusCode[] accepted,
        CancellationToken cancellation)
    {
        var refusal = "";
        for (var tries = 1; tries <= TriesMax; tries++)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body?.Invoke() };
            try
            {
                var answer = await _http.SendAsync(request, cancellation);
                if (answer.IsSuccessStatusCode || accepted.Contains(answer.StatusCode))
                {
                    return answer;
                }

                using (answer)
                {
                    if (answer.StatusCode == HttpStatusCode.Unauthorized && tries == 1)
                    {
                        // The token has run out.
                        await LoginAsync(TimeSpan.FromSeconds(10), cancellation);
                        continue;
                    }

                    refusal = $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}";
                    if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
                    {
                        break;
                    }
                }
            }
            catch (HttpRequestException e)
            {
                refusal = e.Message;
            }

            await Task.Delay(Pace.BackOff(tries, 0.5), clock, cancellation);
        }

        throw new ApiException($"{method} {path}: {refusal}");
    }
}
