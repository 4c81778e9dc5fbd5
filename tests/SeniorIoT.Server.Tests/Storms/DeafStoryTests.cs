using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Access;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Storms;

public sealed class DeafStoryTests
{
    private static readonly string[] Children = ["k1", "k2", "k3"];

    [Fact]
    public async Task A_silent_gateway_is_one_finding_and_its_devices_are_none_until_it_is_back_and_they_are_not()
    {
        await using var district = await StartAsync();
        await HearAsync(district, Children);
        await district.PassAsync(TimeSpan.FromHours(3), TimeSpan.FromMinutes(20));
        var gateway = Assert.Single(district.Alerts("gateway-silent"));
        Assert.Contains("3 devices: k1 k2 k3.", gateway.Evidence.Note, StringComparison.Ordinal);
        Assert.Equal(("@gw", "万航居委会"), (gateway.Place.Household.Value, gateway.Place.Committee));
        await district.PassAsync(TimeSpan.FromHours(60), TimeSpan.FromHours(1));
        Assert.Empty(Silent(district));

        await HearAsync(district, ["k1"]); // through the gateway, which is back
        await district.PassAsync(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        Assert.NotNull(Assert.Single(district.Alerts("gateway-silent")).ClearedAt);
        for (var hour = 0; hour < 24; hour++)
        {
            await district.PassAsync(TimeSpan.FromHours(1), TimeSpan.FromHours(1));
            await HearAsync(district, ["k1"]);
        }

        Assert.Empty(Silent(district));
        await HearAsync(district, ["k1"]);
        await district.PassAsync(TimeSpan.FromHours(2), TimeSpan.FromHours(1));
        Assert.Equal(["k2", "k3"], Silent(district));
    }

    [Fact]
    public async Task Silence_that_we_made_ourselves_is_not_theirs()
    {
        var district = await StartAsync(withGateway: false);
        await HearAsync(district, Children);
        await district.PassAsync(TimeSpan.FromHours(20), TimeSpan.FromHours(1));
        await using var later = district = await district.RestartAsync(withCheckpoint: true, TimeSpan.FromHours(6));
        await LoadAsync(district);
        await district.PassAsync(TimeSpan.FromHours(24), TimeSpan.FromHours(1));
        Assert.Empty(district.Alerts());
        await district.PassAsync(TimeSpan.FromHours(3), TimeSpan.FromHours(1));
        Assert.Equal(Children, Silent(district));
    }

    private static IEnumerable<string> Silent(District district) =>
        district.Alerts("silent").Where(alert => alert.ClearedAt is null && Children.Contains(alert.Device.Value)).Select(alert => alert.Device.Value).Order();

    // Three homes of one meter each behind a gateway; all of them in the registry, as people enrolled them.
    private static async Task<District> StartAsync(bool withGateway = true)
    {
        var district = await District.StartAsync();
        await district.Get<Registry>().ChangeAsync((connection, touched) =>
        {
            if (withGateway) DeviceStore.TryInsert(connection, new DeviceRow("gw", "gateway", null, null, District.Start, null), []);
            touched.Devices.Add("gw");
            foreach (var (child, i) in Children.Select((child, i) => (child, i)))
            {
                HouseholdStore.TryInsert(connection, Homes.Household("K" + i) with { Address = $"万航渡路88号{i}02室", Committee = "万航居委会", SubDistrict = "江苏路街道" }, District.Start);
                DeviceStore.TryInsert(connection, new DeviceRow(child, nameof(DeviceKind.Water).ToLowerInvariant(), "K" + i, withGateway ? "gw" : null, District.Start, null), []);
                touched.Devices.Add(child);
                touched.Households.Add("K" + i);
            }

            return true;
        });
        // The homes every district begins with are another story.
        foreach (var id in (string[])["w1", "f1", "b1"]) await district.Get<DeadlineTable>().RemoveAsync(id, DeviceStore.SilentDeadline);
        return district;
    }

    private static async Task LoadAsync(District district)
    {
        await district.Get<Registry>().LoadAsync();
        district.Get<DeviceLiveTable>().Load();
        foreach (var id in (string[])["w1", "f1", "b1"]) await district.Get<DeadlineTable>().RemoveAsync(id, DeviceStore.SilentDeadline);
    }

    private static async Task HearAsync(District district, string[] devices)
    {
        var now = district.Clock.GetUtcNow();
        foreach (var device in devices)
            await district.Get<IGrainFactory>().GetGrain<IWaterMeterGrain>(device).Receive([new Report($"{now.Ticks}", now, now, false, false, null, null, new ReportBody.Heartbeat())]);
    }
}
