using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Api;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Access;
using Xunit;

namespace SeniorIoT.Server.Tests.Households;

// Requests go to a server in this process and end with it: a token on each call would only be noise.
#pragma warning disable xUnit1051

public sealed class AbsenceTests : IAsyncLifetime
{
    /// <summary>A Friday, 11 o'clock in Shanghai.</summary>
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 0, 0, TimeSpan.Zero);

    private static readonly NewAbsence Sundays = new("sunday", null, "08:00", "20:00", null, "2026-06-30", "daughter");

    private readonly FakeTimeProvider _clock = new(Start);
    private RegistryHost _host = null!;
    private HttpClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(clock: _clock);
        _admin = await _host.LoginAsync();
        await _admin.EnrolAsync(Homes.Household("H1"), Homes.Household("S1", "South"));
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Several_absences_of_both_kinds_are_planned_shown_and_ended()
    {
        using var duty = await _host.LoginAsAsync(_admin, Roles.Committee, "North");
        var holiday = await duty.PostOkAsync("/api/v1/households/H1/away", new { from = "2026-05-01T08:00:00+08:00", until = "2026-05-06T20:00:00+08:00", reason = "travel" });
        Assert.Equal("travel", holiday.GetProperty("reason").GetString());
        await duty.PostOkAsync("/api/v1/households/H1/away", new { from = "2026-06-08T08:00:00+08:00", until = "2026-06-20T20:00:00+08:00", reason = "hospital" });
        using var answer = await duty.PostAsJsonAsync("/api/v1/households/H1/absences", Sundays);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var weekly = (await answer.Content.ReadFromJsonAsync<Absence>())!;
        Assert.EndsWith($"/api/v1/households/H1/absences/{weekly.AbsenceId}", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal((At("2026-01-04T08:00:00+08:00"), At("2026-01-04T20:00:00+08:00"), "daughter"), (weekly.From, weekly.Until, weekly.Reason));
        Assert.Equal(("sunday", "08:00", "20:00", new DateOnly(2026, 1, 2), new DateOnly(2026, 6, 30)),
            (Assert.Single(weekly.Weekly!.Weekdays), weekly.Weekly.From, weekly.Weekly.Until, weekly.Weekly.StartsOn, weekly.Weekly.EndsOn));

        var all = await ListAsync("H1");
        Assert.Equal(["daughter", "travel", "hospital"], all.Select(absence => absence.Reason));
        Assert.Equal(At("2026-01-04T08:00:00+08:00"), (await HouseholdAsync("H1")).Away!.From);

        await NoContentAsync(duty.DeleteAsync($"/api/v1/households/H1/absences/{weekly.AbsenceId}"));
        await NoContentAsync(duty.DeleteAsync($"/api/v1/households/H1/absences/{all[1].AbsenceId}"));
        Assert.Equal("hospital", Assert.Single(await ListAsync("H1")).Reason);
        Assert.Equal("hospital", (await HouseholdAsync("H1")).Away!.Reason);
    }

    [Fact]
    public async Task Whoever_comes_back_early_ends_this_sunday_and_not_the_next()
    {
        await _admin.PostOkAsync("/api/v1/households/H1/absences", Sundays);
        _clock.SetUtcNow(At("2026-01-04T15:00:00+08:00"));
        _admin.Dispose();
        _admin = await _host.LoginAsync(); // the first login is two days old
        using var duty = await _host.LoginAsAsync(_admin, Roles.Committee, "North");
        Assert.True((await HouseholdAsync("H1")).Away!.From < _clock.GetUtcNow());
        await NoContentAsync(duty.DeleteAsync("/api/v1/households/H1/away"));
        Assert.Equal(At("2026-01-11T08:00:00+08:00"), (await HouseholdAsync("H1")).Away!.From);
        _host.Services.GetRequiredService<HouseholdDirectory>().TryGet("H1", out var entry);
        var known = entry!.Absences.Around(_clock.GetUtcNow(), _host.Services.GetRequiredService<TimeZoneInfo>());
        Assert.NotNull(known.At(At("2026-01-04T14:59:00+08:00")));
        Assert.Null(known.At(_clock.GetUtcNow()));
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_named_at_once()
    {
        Assert.Equal(["weekday", "from", "until", "endsOn"], (await RefusedAsync(new())).Fields());
        Assert.Equal(["weekdays", "from", "until", "startsOn", "endsOn", "reason"],
            (await RefusedAsync(new(null, ["sunday", "someday"], "8:00", "24:00", "today", "2026-13-01", new string('x', 201)))).Fields());
        Assert.Equal(["weekday"], (await RefusedAsync(Sundays with { Weekdays = ["monday"] })).Fields());
        Assert.Equal(["until"], (await RefusedAsync(Sundays with { Until = "08:00" })).Fields());
        Assert.Equal(["startsOn"], (await RefusedAsync(Sundays with { StartsOn = "2025-12-20" })).Fields());
        Assert.Equal(["endsOn"], (await RefusedAsync(Sundays with { EndsOn = "2027-01-04" })).Fields());
        Assert.Equal(["endsOn"], (await RefusedAsync(Sundays with { EndsOn = "2026-01-01" })).Fields());
        Assert.Equal(["endsOn"], (await RefusedAsync(Sundays with { EndsOn = "2026-01-03" })).Fields()); // no Sunday until then
        Assert.Equal(["until", "reason"], (await _admin.RefusedAsync("/api/v1/households/H1/away", new { until = Start, reason = new string('x', 201) })).Fields());
        Assert.Empty(await ListAsync("H1"));
    }

    [Fact]
    public async Task A_household_has_at_most_twenty_absences_that_are_not_over()
    {
        for (var day = 0; day < 20; day++)
            await _admin.PostOkAsync("/api/v1/households/H1/away", new { from = Start.AddDays(day), until = Start.AddDays(day).AddHours(1) });
        Assert.Equal(["endsOn"], (await RefusedAsync(Sundays)).Fields());
        _clock.Advance(TimeSpan.FromHours(2));
        using var again = await _host.LoginAsync();
        await again.PostOkAsync("/api/v1/households/H1/absences", Sundays);
    }

    [Fact]
    public async Task A_committee_sees_and_changes_the_absences_of_its_own_households_only()
    {
        await _admin.PostOkAsync("/api/v1/households/S1/absences", Sundays);
        var id = Assert.Single(await ListAsync("S1")).AbsenceId;
        using var north = await _host.LoginAsAsync(_admin, Roles.Committee, "North");
        await (await north.GetAsync("/api/v1/households/S1/absences")).ProblemAsync(HttpStatusCode.NotFound);
        await north.RefusedAsync("/api/v1/households/S1/absences", Sundays, HttpStatusCode.NotFound);
        await (await north.DeleteAsync($"/api/v1/households/S1/absences/{id}")).ProblemAsync(HttpStatusCode.NotFound);
        await (await north.DeleteAsync($"/api/v1/households/H1/absences/{id}")).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Single(await ListAsync("S1"));
    }

    [Fact]
    public async Task Who_entered_and_ended_absences_is_in_the_audit_without_the_reason()
    {
        using var duty = await _host.LoginAsAsync(_admin, Roles.Committee, "North");
        await duty.PostOkAsync("/api/v1/households/H1/absences", Sundays);
        await NoContentAsync(duty.DeleteAsync("/api/v1/households/H1/away"));
        var audit = _host.Services.GetRequiredService<Registry>().File.Read(connection => connection.Rows(
            "SELECT action || ' ' || subject || ' ' || user || coalesce(detail, '') FROM audit WHERE action LIKE 'household.%' ORDER BY id", row => row.GetString(0)));
        Assert.Collection(audit[^2..],
            line => Assert.StartsWith("household.away H1 committee-", line, StringComparison.Ordinal),
            line => Assert.StartsWith("household.back H1 committee-", line, StringComparison.Ordinal));
        Assert.DoesNotContain(audit, line => line.Contains("daughter", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_household_that_is_deleted_takes_its_absences_and_their_deadlines_with_it()
    {
        await _admin.PostOkAsync("/api/v1/households/H1/absences", Sundays with { Reason = "dialysis of H1" });
        await NoContentAsync(_admin.DeleteAsync("/api/v1/households/H1"));
        Assert.Empty(_host.Services.GetRequiredService<DeadlineTable>().Due(Start.AddYears(9), 10));
        Assert.Empty(_host.Services.GetRequiredService<Registry>().File.Read(connection => connection.Rows("SELECT absence_id FROM absences", row => row.GetInt64(0))));
    }

    [Fact]
    public async Task An_absence_of_an_older_program_carries_over_with_its_deadline()
    {
        var folder = Directory.CreateTempSubdirectory("senioriot-").FullName;
        await using (var old = new SqliteFile(Path.Combine(folder, "registry.db"), [.. RegistrySchema.Migrations.Take(2)]))
            await old.WriteAsync(connection =>
            {
                connection.Run("INSERT INTO households VALUES('H1', 'Lane 1', 'North', 'Hill', @from, @until, 'travel', 'An', @from)", ("@from", Start), ("@until", Start.AddDays(3)));
                connection.Run("INSERT INTO households VALUES('H2', 'Lane 2', 'North', 'Hill', NULL, NULL, NULL, NULL, @from)", ("@from", Start));
            });
        await using (var host = await RegistryHost.StartAsync(folder, _clock))
        {
            using var admin = await host.LoginAsync();
            Assert.Equal(new Away(Start, Start.AddDays(3), "travel", "An"), (await admin.GetFromJsonAsync<Household>("/api/v1/households/H1"))!.Away);
            Assert.Null((await admin.GetFromJsonAsync<Household>("/api/v1/households/H2"))!.Away);
            Assert.Equal([new Deadline("household/H1", "absence", Start.AddDays(3))], host.Services.GetRequiredService<DeadlineTable>().Due(Start.AddDays(3), 10));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task NoContentAsync(Task<HttpResponseMessage> answer) => Assert.Equal(HttpStatusCode.NoContent, (await answer).StatusCode);

    private async Task<IReadOnlyList<Absence>> ListAsync(string id) => (await _admin.GetFromJsonAsync<Page<Absence>>($"/api/v1/households/{id}/absences"))!.Items;

    private async Task<Household> HouseholdAsync(string id) => (await _admin.GetFromJsonAsync<Household>($"/api/v1/households/{id}"))!;

    private Task<JsonElement> RefusedAsync(NewAbsence absence) => _admin.RefusedAsync("/api/v1/households/H1/absences", absence);
}
