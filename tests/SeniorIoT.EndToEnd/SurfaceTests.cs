using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>The public surface that is fixed: routes, shapes, errors, who may see what.</summary>
public sealed class SurfaceTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    private static readonly string[] Routes =
    [
        "post /api/v1/login", "post /api/v1/households", "get /api/v1/households", "get /api/v1/households/{id}", "patch /api/v1/households/{id}",
        "delete /api/v1/households/{id}", "post /api/v1/devices", "get /api/v1/devices", "get /api/v1/devices/{id}", "patch /api/v1/devices/{id}",
        "delete /api/v1/devices/{id}", "get /api/v1/devices/{id}/series", "post /api/v1/households/{id}/away", "delete /api/v1/households/{id}/away",
        "get /api/v1/alerts", "get /api/v1/alerts/{id}", "post /api/v1/alerts/{id}/acknowledge", "post /api/v1/alerts/{id}/dispatch",
        "post /api/v1/alerts/{id}/note", "post /api/v1/alerts/{id}/close", "get /api/v1/notices", "get /api/v1/quarantine", "get /api/v1/kpi",
        "post /api/v1/sms/twilio/receipt", "post /api/v1/sms/twilio/inbound",
    ];

    [Fact]
    public async Task The_OpenAPI_document_lists_every_route()
    {
        using var document = JsonDocument.Parse(await server.Api.TextAsync("openapi/v1.json"));
        var listed = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(verb => $"{verb.Name} {path.Name}")).ToHashSet();
        Assert.DoesNotContain(Routes, route => !listed.Contains(route));
    }

    [Theory]
    [InlineData("households")]
    [InlineData("devices")]
    [InlineData("alerts")]
    [InlineData("alerts?state=&priority=&committee=")]
    [InlineData("notices")]
    [InlineData("quarantine")]
    [InlineData("users")]
    [InlineData("audit")]
    [InlineData("service-requests")]
    [InlineData("digests")]
    public async Task Every_list_has_items_and_next(string list)
    {
        using var answer = JsonDocument.Parse(await server.Api.TextAsync("api/v1/" + list));
        Assert.Equal(JsonValueKind.Array, answer.RootElement.GetProperty("items").ValueKind);
        Assert.True(answer.RootElement.TryGetProperty("next", out _));
    }

    [Fact]
    public async Task A_list_is_read_page_by_page_to_its_end()
    {
        for (var i = 0; i < 7; i++) await server.Api.EnrolAsync("sos", $"page-{i}");
        var devices = await server.Api.ListAsync<Device>("devices?q=page-&limit=3");
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"page-{i}"), devices.Select(device => device.DeviceId));
    }

    [Theory]
    [InlineData("GET", "api/v1/households/nowhere", null, 404)]
    [InlineData("GET", "api/v1/no-such-route", null, 404)]
    [InlineData("GET", "api/v1/alerts?state=perhaps", null, 400)]
    [InlineData("POST", "api/v1/households", "{\"householdId\":\"no spaces please\"}", 400)]
    [InlineData("POST", "api/v1/households", "{", 400)]
    [InlineData("POST", "api/v1/devices", "{\"deviceId\":\"x\",\"kind\":\"toaster\",\"householdId\":null}", 400)]
    [InlineData("POST", "api/v1/alerts/nothing/acknowledge", "{}", 404)]
    public async Task Errors_are_problem_details(string method, string path, string? body, int status)
    {
        var (code, type, text) = await SendAsync(server.Api, method, path, body);
        Assert.Equal(((HttpStatusCode)status, "application/problem+json"), (code, type));
        using var problem = JsonDocument.Parse(text);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("health/live")]
    [InlineData("health/ready")]
    public async Task It_says_that_it_is_well(string path)
    {
        using var anyone = ApiClient.Anonymous(server.Address);
        Assert.Equal("Healthy", await anyone.TextAsync(path));
    }

    [Fact]
    public async Task Prometheus_finds_the_metrics()
    {
        using var anyone = ApiClient.Anonymous(server.Address);
        var device = await server.Api.EnrolAsync("water", "metrics");
        await Mosquitto.PublishAsync(server.MqttPort, device, "telemetry", Payload.Heartbeat("h1", Payload.Now));
        var text = await anyone.TextAsync("metrics");
        foreach (var name in new[] { "senioriot_ingest_messages", "senioriot_ingest_connections", "senioriot_journal_depth", "senioriot_journal_oldest_age", "senioriot_journal_commit_duration" })
            Assert.Contains($"# TYPE {name}", text);
        Assert.DoesNotContain(device.Id, text);
    }

    [Fact]
    public async Task A_wrong_password_or_no_token_is_401()
    {
        using var anyone = ApiClient.Anonymous(server.Address);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(anyone, "POST", "api/v1/login", "{\"user\":\"admin\",\"password\":\"wrong\"}")).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(anyone, "GET", "api/v1/alerts", null)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(anyone, "GET", "api/v1/devices", null)).Code);

        await using var hub = anyone.Hub();
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => hub.StartAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_committee_sees_its_own_homes_and_no_others()
    {
        var own = await server.Api.EnrolAsync("sos", "own-sos", committee: "江苏路居委会");
        var foreign = await server.Api.EnrolAsync("sos", "foreign-sos", committee: "华阳路居委会", subDistrict: "华阳路街道");
        await server.Api.PostAsync<User>("users", new NewUser("duty", "duty-password-1", Roles.Committee, "江苏路居委会"));
        using var duty = await ApiClient.LoginAsync(server.Address, "duty", "duty-password-1");
        var heard = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var hub = duty.Hub();
        hub.On<Alert>(AlertsHubNames.AlertChanged, alert => heard.Enqueue(alert.HouseholdId));
        await hub.StartAsync(TestContext.Current.CancellationToken);

        await Mosquitto.PublishAsync(server.MqttPort, foreign, "event", Payload.Press("p1", Payload.Now));
        await Mosquitto.PublishAsync(server.MqttPort, own, "event", Payload.Press("p1", Payload.Now));
        await Wait.UntilAsync("both presses are alerts", async () => (await server.Api.ListAsync<Alert>("alerts?rule=sos")).Count >= 2);
        await Wait.UntilAsync("the committee hears of its own", () => Task.FromResult(!heard.IsEmpty));

        Assert.All(heard, id => Assert.Equal(own.HouseholdId, id));
        Assert.All(await duty.ListAsync<Alert>("alerts"), alert => Assert.Equal("江苏路居委会", alert.Committee));
        Assert.All(await duty.ListAsync<Household>("households"), home => Assert.Equal("江苏路居委会", home.Committee));
        Assert.Contains(await duty.ListAsync<Device>("devices"), device => device.DeviceId == own.Id);
        Assert.DoesNotContain(await duty.ListAsync<Device>("devices"), device => device.DeviceId == foreign.Id);
        var unseen = (await server.Api.AlertsAsync(foreign.HouseholdId)).Single().AlertId;
        foreach (var path in new[] { $"households/{foreign.HouseholdId}", $"devices/{foreign.Id}", $"alerts/{unseen}", $"notices?alertId={unseen}" })
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(duty, "GET", "api/v1/" + path, null)).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(duty, "POST", $"api/v1/alerts/{unseen}/acknowledge", "{}")).Code);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(duty, "GET", "api/v1/users", null)).Code);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(duty, "POST", "api/v1/devices", "{\"deviceId\":\"x\",\"kind\":\"sos\",\"householdId\":null}")).Code);
    }

    private static async Task<(HttpStatusCode Code, string? Type, string Text)> SendAsync(ApiClient client, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.Http.SendAsync(request);
        return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync());
    }
}
