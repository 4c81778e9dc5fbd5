using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Tests.Access;
using Xunit;
using Absence = SeniorIoT.Domain.Households.Absence;

namespace SeniorIoT.Server.Tests.Alerts;

public sealed class AbsenceStoryTests
{
    // Every Sunday at the daughter's. The story begins on Saturday, 10 January, at noon in Shanghai.
    private static readonly Absence Sundays = new Absence.Weekly(Weekdays.Sunday, new(8, 0), new(20, 0), new(2026, 1, 1), new(2026, 6, 30)) { Reason = "daughter" };

    private static readonly DateTimeOffset Sunday = new(2026, 1, 11, 0, 0, 0, TimeSpan.FromHours(8));

    private long _litres = 100;

    [Fact]
    public async Task Sunday_at_the_daughters_stays_quiet_and_a_monday_without_water_does_not()
    {
        await using var district = await StartAsync();
        await PassAsync(district, Sunday.AddHours(7), uses: true);
        await PassAsync(district, Sunday.AddHours(31), uses: false);
        Assert.Empty(Alerts(district));
        await PassAsync(district, Sunday.AddHours(32), uses: false); // Monday, 08:00

        var alert = Assert.Single(Alerts(district));
        Assert.Equal((Rule.NoWater, Sunday.AddHours(20)), (alert.Rule, alert.Evidence.FromAt));
        Assert.StartsWith("The absence ended 01-11 20:00; since then nothing shows that somebody is back.", alert.Evidence.Note, StringComparison.Ordinal);
        Assert.Contains(district.Notices(alert), notice => notice.Recipient == "Li");
        Assert.Equal([("absence-ended", Sunday.AddHours(20))], History(district));
    }

    [Fact]
    public async Task Back_on_sunday_evening_the_history_says_so_week_by_week_and_nobody_is_called()
    {
        await using var district = await StartAsync();
        foreach (var sunday in (DateTimeOffset[])[Sunday, Sunday.AddDays(7)])
        {
            await PassAsync(district, sunday.AddHours(7), uses: true);
            await PassAsync(district, sunday.AddHours(21), uses: false);
            await PassAsync(district, sunday.AddHours(22), uses: true);
        }

        Assert.Empty(Alerts(district));
        Assert.Equal(
            [("returned", Sunday.AddHours(22 + 168)), ("absence-ended", Sunday.AddHours(20 + 168)), ("returned", Sunday.AddHours(22)), ("absence-ended", Sunday.AddHours(20))],
            History(district));
    }

    [Fact]
    public async Task A_press_and_smoke_are_heard_whoever_is_away()
    {
        await using var district = await StartAsync();
        await PassAsync(district, Sunday.AddHours(7), uses: true);
        await PassAsync(district, Sunday.AddHours(10), uses: false);
        await district.DeliverAsync("b9", district.Button());
        Assert.Equal(Priority.P1, Assert.Single(Alerts(district)).Priority);
        await district.DeliverAsync("f9", new Report("3/1", district.Clock.GetUtcNow(), district.Clock.GetUtcNow(), false, false, null, null, new ReportBody.Smoke(SmokeEventKind.Alarm)));
        Assert.Equal([Rule.Smoke, Rule.Sos], Alerts(district).Select(alert => alert.Rule));
    }

    [Fact]
    public async Task The_end_of_an_absence_is_written_down_also_when_the_server_was_down_then_and_only_once()
    {
        var district = await StartAsync();
        district.Clock.SetUtcNow(Sunday.AddHours(19));
        await district.SweepAsync();
        Assert.Empty(History(district));
        await using var later = district = await district.RestartAsync(withCheckpoint: true, TimeSpan.FromDays(1));
        await district.SweepAsync();
        await district.SweepAsync();
        Assert.Equal([("absence-ended", Sunday.AddHours(20))], History(district));
    }

    [Fact]
    public async Task An_absence_that_no_rule_looks_back_on_any_more_is_forgotten()
    {
        await using var district = await StartAsync(new Absence.Once(new AwayPeriod(District.Start, District.Start.AddHours(5))) { Reason = "hospital" });
        await district.PassAsync(TimeSpan.FromDays(100), TimeSpan.FromDays(1));
        Assert.Equal([("absence-ended", District.Start.AddHours(5))], History(district));
        Assert.True(district.Get<HouseholdDirectory>().TryGet("H9", out var household));
        Assert.Same(AbsencePlan.Empty, household.Absences);
    }

    // A home that is in the registry, as one that people enrolled.
    private static async Task<District> StartAsync(Absence? absence = null)
    {
        var district = await District.StartAsync();
        await district.Get<Registry>().ChangeAsync((connection, touched) =>
        {
            HouseholdStore.TryInsert(connection, Homes.Household("H9"), District.Start);
            foreach (var (id, kind) in ((string, DeviceKind)[])[("w9", DeviceKind.Water), ("b9", DeviceKind.Sos), ("f9", DeviceKind.Smoke)])
            {
                DeviceStore.TryInsert(connection, new DeviceRow(id, kind.ToString().ToLowerInvariant(), "H9", null, District.Start, null), DeviceSecret.Hash("secret"));
                touched.Devices.Add(id);
            }

            AbsenceStore.Replace(connection, "H9", AbsencePlan.Empty.With(absence ?? Sundays), District.Start, district.Get<TimeZoneInfo>());
            return touched.Households.Add("H9");
        });
        return district;
    }

    // That the other devices say nothing is told too, and is another story.
    private static IEnumerable<Domain.Alerts.Alert> Alerts(District district) =>
        district.Alerts().Where(alert => alert.Place.Household.Value == "H9" && alert.Rule != Rule.Silent);

    // Hour by hour, each with a reading of the meter.
    private async Task PassAsync(District district, DateTimeOffset until, bool uses)
    {
        while (district.Clock.GetUtcNow() < until)
        {
            await district.PassAsync(TimeSpan.FromHours(1), TimeSpan.FromHours(1));
            if (uses && district.Clock.GetUtcNow().Hour % 2 == 0) _litres += 8;
            await district.DeliverAsync("w9", district.Water([(0, _litres)]));
        }
    }

    private static IEnumerable<(string Kind, DateTimeOffset At)> History(District district) =>
        district.Get<HistoryStore>().List("H9", "", 50).Select(entry => (entry.Kind, entry.At));
}
