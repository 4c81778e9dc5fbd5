using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using SeniorIoT.Api;

namespace SeniorIoT.EndToEnd.Parts;

/// <summary>The HTTP API as anyone's client would use it.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    private ApiClient(Uri address) => _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    public string Token { get; private set; } = "";

    public HttpClient Http => _http;

    public static ApiClient Anonymous(Uri address) => new(address);

    public static async Task<ApiClient> LoginAsync(Uri address, string user, string password)
    {
        var client = new ApiClient(address);
        using var answer = await client._http.PostAsJsonAsync("api/v1/login", new LoginRequest(user, password));
        client.Token = (await ReadAsync<LoginResponse>(answer)).AccessToken;
        client._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", client.Token);
        return client;
    }

    public async Task<T> GetAsync<T>(string path)
    {
        using var answer = await _http.GetAsync("api/v1/" + path);
        return await ReadAsync<T>(answer);
    }

    public async Task<T> PostAsync<T>(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync("api/v1/" + path, body);
        return await ReadAsync<T>(answer);
    }

    public async Task<string> TextAsync(string path) => await _http.GetStringAsync(path);

    /// <summary>Every item of a list, page by page.</summary>
    public async Task<List<T>> ListAsync<T>(string path)
    {
        List<T> all = [];
        for (string? cursor = null; ;)
        {
            var page = await GetAsync<Page<T>>(cursor is null ? path : $"{path}{(path.Contains('?') ? '&' : '?')}cursor={Uri.EscapeDataString(cursor)}");
            all.AddRange(page.Items);
            if ((cursor = page.Next) is null) return all;
        }
    }

    /// <summary>A household with a volunteer and somebody on duty, and one device in it.</summary>
    public async Task<Enrolled> EnrolAsync(string kind, string id, string committee = "江苏路居委会", string subDistrict = "江苏路街道")
    {
        var household = new NewHousehold(
            "home-" + id, $"{subDistrict}{id}弄1号", committee, subDistrict,
            [new Resident("王秀英", 1941, true)],
            [new Contact("李志强", "+8613800000001", "volunteer"), new Contact("居委值班", "+8613800000002", "committee_duty")]);
        await PostAsync<Household>("households", household);
        return await EnrolDeviceAsync(kind, id, household.HouseholdId);
    }

    public async Task<Enrolled> EnrolDeviceAsync(string kind, string id, string? householdId)
    {
        var device = await PostAsync<EnrolledDevice>("devices", new NewDevice(id, kind, householdId));
        return new Enrolled(kind, id, householdId ?? "", device.Mqtt.Password);
    }

    /// <summary>All alerts of a household, newest first.</summary>
    public Task<List<Alert>> AlertsAsync(string householdId, string? rule = null) =>
        ListAsync<Alert>($"alerts?householdId={householdId}{(rule is null ? "" : "&rule=" + rule)}");

    public Task<AlertDetail> AlertAsync(string alertId) => GetAsync<AlertDetail>("alerts/" + alertId);

    /// <summary>A connection to the hub, not started.</summary>
    public HubConnection Hub() => new HubConnectionBuilder()
        .WithUrl(new Uri(_http.BaseAddress!, AlertsHubNames.Path), options => options.AccessTokenProvider = () => Task.FromResult<string?>(Token)).Build();

    public void Dispose() => _http.Dispose();

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri} answered {(int)answer.StatusCode}: {text}");
        return JsonSerializer.Deserialize<T>(text, JsonSerializerOptions.Web)!;
    }
}

/// <summary>A device as its installer knows it.</summary>
internal sealed record Enrolled(string Kind, string Id, string HouseholdId, string Password)
{
    public string Topic(string channel) => $"senioriot/v1/{Kind}/{Id}/{channel}";
}
