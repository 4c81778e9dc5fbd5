using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Api;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Tests.Access;
using Xunit;

namespace SeniorIoT.Server.Tests.Devices;

public sealed class CommandApiTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_command_is_ordered_listed_and_withdrawn_with_its_traces_in_the_audit()
    {
        await using var host = await RegistryHost.StartAsync(clock: new FakeTimeProvider(Start));
        using var admin = await DistrictAsync(host);
        var told = new List<string>();
        host.Services.GetRequiredService<CommandQueue>().Ordered += told.Add;

        using var answer = await admin.PostAsJsonAsync("/api/v1/devices/W1/commands", new NewCommand("interval", 900, 0.5), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var first = (await answer.Content.ReadFromJsonAsync<OrderedCommand>(TestContext.Current.CancellationToken))!;
        Assert.Equal(new OrderedCommand(first.CommandId, "W1", "interval", 900, "waiting", "admin", Start, Start.AddMinutes(30), 0, null), first);
        Assert.EndsWith("/api/v1/devices/W1/commands/" + first.CommandId, answer.Headers.Location!.ToString());
        var second = await admin.PostOkAsync("/api/v1/devices/W1/commands", new NewCommand("report"));
        Assert.Equal(Start.AddDays(7), second.GetProperty("expiresAt").GetDateTimeOffset());

        var page = (await ListAsync(admin, "?limit=1"))!;
        Assert.Equal("report", Assert.Single(page.Items).Command);
        Assert.Equal([first], (await ListAsync(admin, $"?limit=1&cursor={page.Next}"))!.Items);
        await (await admin.DeleteAsync($"/api/v1/devices/W1/commands/{first.CommandId}", TestContext.Current.CancellationToken)).OkAsync();
        Assert.Equal(["waiting", "withdrawn"], (await ListAsync(admin, ""))!.Items.Select(command => command.State));
        await (await admin.DeleteAsync($"/api/v1/devices/W1/commands/{first.CommandId}", TestContext.Current.CancellationToken)).ProblemAsync(HttpStatusCode.Conflict);
        await (await admin.DeleteAsync($"/api/v1/devices/S1/commands/{first.CommandId}", TestContext.Current.CancellationToken)).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(["W1", "W1"], told);

        var audit = (await admin.GetOkAsync("/api/v1/audit?subject=W1")).GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("action").GetString());
        Assert.Equal(["device.command.withdraw", "device.command", "device.command", "device.enrol"], audit);
    }

    [Theory]
    [InlineData("W1", """{"command":"reboot"}""", "command")]
    [InlineData("W1", """{"command":"test"}""", "command")]
    [InlineData("W1", """{}""", "command")]
    [InlineData("G1", """{"command":"report"}""", "command")]
    [InlineData("W1", """{"command":"interval"}""", "seconds")]
    [InlineData("W1", """{"command":"interval","seconds":59}""", "seconds")]
    [InlineData("W1", """{"command":"interval","seconds":86401}""", "seconds")]
    [InlineData("W1", """{"command":"report","seconds":60}""", "seconds")]
    [InlineData("W1", """{"command":"report","expiresInHours":0.01}""", "expiresInHours")]
    [InlineData("W1", """{"command":"report","expiresInHours":721}""", "expiresInHours")]
    public async Task What_cannot_be_ordered_is_refused_by_field_with_the_remedy(string device, string body, string field)
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await DistrictAsync(host);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var problem = await (await admin.PostAsync($"/api/v1/devices/{device}/commands", content, TestContext.Current.CancellationToken)).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal([field], problem.Fields());
    }

    [Fact]
    public async Task Only_operators_and_administrators_of_the_area_order()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await DistrictAsync(host);
        using var own = await host.LoginAsAsync(admin, Roles.Operator, "North");
        using var other = await host.LoginAsAsync(admin, Roles.Operator, "South");
        using var viewer = await host.LoginAsAsync(admin, Roles.Committee, "North");
        using var stranger = host.Anonymous();
        await own.PostOkAsync("/api/v1/devices/W1/commands", new NewCommand("report"));
        await other.RefusedAsync("/api/v1/devices/W1/commands", new NewCommand("report"), HttpStatusCode.NotFound);
        await (await other.GetAsync("/api/v1/devices/W1/commands", TestContext.Current.CancellationToken)).ProblemAsync(HttpStatusCode.NotFound);
        await viewer.RefusedAsync("/api/v1/devices/W1/commands", new NewCommand("report"), HttpStatusCode.Forbidden);
        await stranger.RefusedAsync("/api/v1/devices/W1/commands", new NewCommand("report"), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_queue_of_a_device_is_bounded_and_what_expired_or_was_withdrawn_makes_room()
    {
        var clock = new FakeTimeProvider(Start);
        await using var host = await RegistryHost.StartAsync(clock: clock);
        using var admin = await DistrictAsync(host);
        for (var i = 0; i < CommandQueue.WaitingMax; i++)
            await admin.PostOkAsync("/api/v1/devices/W1/commands", new NewCommand("report", ExpiresInHours: i == 0 ? 1 : null));
        var problem = await admin.RefusedAsync("/api/v1/devices/W1/commands", new NewCommand("report"), HttpStatusCode.Conflict);
        Assert.Contains("Withdraw one", problem.GetProperty("detail").GetString());
        await admin.PostOkAsync("/api/v1/devices/S1/commands", new NewCommand("test"));

        clock.Advance(TimeSpan.FromHours(1));
        await admin.PostOkAsync("/api/v1/devices/W1/commands", new NewCommand("report"));
        await admin.RefusedAsync("/api/v1/devices/W1/commands", new NewCommand("report"), HttpStatusCode.Conflict);
        var all = (await ListAsync(admin, ""))!.Items;
        Assert.Equal(1, all.Count(command => command.State == "expired"));
        await (await admin.DeleteAsync($"/api/v1/devices/W1/commands/{all[0].CommandId}", TestContext.Current.CancellationToken)).OkAsync();
        await admin.PostOkAsync("/api/v1/devices/W1/commands", new NewCommand("report"));
    }

    [Fact]
    public async Task A_device_that_is_deleted_leaves_no_commands_to_the_next_one_of_its_name_and_a_retired_one_takes_none()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await DistrictAsync(host);
        await admin.PostOkAsync("/api/v1/devices/W1/commands", new NewCommand("report"));
        await (await admin.DeleteAsync("/api/v1/devices/W1", TestContext.Current.CancellationToken)).OkAsync();
        await admin.PostOkAsync("/api/v1/devices", new NewDevice("W1", "water", "H1"));
        Assert.Empty((await ListAsync(admin, ""))!.Items);
        await (await admin.PatchAsJsonAsync("/api/v1/devices/W1", new { retired = true }, TestContext.Current.CancellationToken)).OkAsync();
        await admin.RefusedAsync("/api/v1/devices/W1/commands", new NewCommand("report"), HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task What_ended_is_forgotten_after_ninety_days_and_what_waits_survives_a_restart()
    {
        var clock = new FakeTimeProvider(Start);
        await using var host = await RegistryHost.StartAsync(clock: clock);
        using var admin = await DistrictAsync(host);
        await admin.PostOkAsync("/api/v1/devices/W1/commands", new NewCommand("report", ExpiresInHours: 1));
        await admin.PostOkAsync("/api/v1/devices/S1/commands", new NewCommand("report"));
        var file = host.Services.GetRequiredService<Registry>().File;
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var queue = new CommandQueue(file, meters.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), clock);
        Assert.True(queue.MayWait("W1") && queue.MayWait("S1") && !queue.MayWait("G1"));

        clock.Advance(CommandQueue.KeptFor + TimeSpan.FromHours(1));
        await queue.SweepAsync();
        Assert.Equal(2, file.Read(connection => CommandStore.List(connection, "W1", long.MaxValue, 9).Count + CommandStore.List(connection, "S1", long.MaxValue, 9).Count));
        clock.Advance(TimeSpan.FromSeconds(1));
        await queue.SweepAsync();
        Assert.Empty(file.Read(connection => CommandStore.List(connection, "W1", long.MaxValue, 9)));
        Assert.Equal("expired", Assert.Single(file.Read(connection => CommandStore.List(connection, "S1", long.MaxValue, 9))).State);
    }

    private static async Task<HttpClient> DistrictAsync(RegistryHost host)
    {
        var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        await admin.PostOkAsync("/api/v1/devices", new NewDevice("W1", "water", "H1"));
        await admin.PostOkAsync("/api/v1/devices", new NewDevice("S1", "smoke", "H1"));
        await admin.PostOkAsync("/api/v1/devices", new NewDevice("G1", "gateway", null));
        return admin;
    }

    private static Task<Page<OrderedCommand>?> ListAsync(HttpClient client, string query) =>
        client.GetFromJsonAsync<Page<OrderedCommand>>("/api/v1/devices/W1/commands" + query, TestContext.Current.CancellationToken);
}
