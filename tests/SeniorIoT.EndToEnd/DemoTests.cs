using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>The demonstration: simulated homes live, and things can be made to happen in them.</summary>
[Collection(DistrictTests.Name)]
public sealed class DemoTests(District district)
{
    [Fact]
    public async Task A_button_pressed_on_the_control_page_is_an_alert_of_that_home()
    {
        var home = (await district.FindHomesAsync("sos-")).Last(one => one.HasButton);
        await district.MakeAsync(home.HouseholdId, "press");
        var alert = await Wait.ForAsync("the press is an alert", async () => (await district.Api.AlertsAsync(home.HouseholdId, "sos")).Find(one => one.State == "open"));
        Assert.Equal((home.Address, home.Resident, home.Committee), (alert.Address, alert.Resident, alert.Committee));
    }

    [Fact]
    public async Task Water_stopped_13_hours_ago_is_an_alert_as_soon_as_the_meter_uploads()
    {
        // In a home without water already, nothing would be new.
        var dry = (await district.Api.ListAsync<Alert>("alerts?rule=no-water&state=open&limit=200")).Where(alert => alert.ClearedAt is null).Select(alert => alert.HouseholdId).ToHashSet();
        var home = (await district.FindHomesAsync("13h")).Last(one => !one.Silent && !dry.Contains(one.HouseholdId));
        await district.MakeAsync(home.HouseholdId, "stop-water-13h");
        var alert = await Wait.ForAsync(
            "the meter's upload is an alert", async () => (await district.Api.AlertsAsync(home.HouseholdId, "no-water")).Find(one => one is { State: "open", ClearedAt: null }));
        // Its meter told of it up to a day ago. Then it may have been quiet for up to 12 h without being an alert: at one o'clock in the morning that night counts.
        Assert.InRange(alert.Evidence.CoveredHours!.Value, 12, 36);
        Assert.True(alert.Evidence.UsedLitres < 10);
    }

    [Fact]
    public async Task The_water_of_every_home_has_a_past()
    {
        var meters = (await district.Api.ListAsync<Device>("devices?kind=water&limit=200")).ToList();
        Assert.True(meters.Count >= 40, $"only {meters.Count} meters");
        var from = Uri.EscapeDataString(Payload.Now.AddDays(-7).ToString("O"));
        var series = await district.Api.GetAsync<Series>($"devices/{meters[0].DeviceId}/series?metric=use_l&every=1d&from={from}");
        Assert.True(series.Points.Count(point => point.Value > 0) >= 2, string.Join(", ", series.Points));
    }
}
