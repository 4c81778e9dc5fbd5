using System.Globalization;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Kpis;
using SeniorIoT.Server.Mails;
using SeniorIoT.Server.Visits;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Jobs;

/// <summary>
/// Mails the digest of the day that ended last to the addresses that areas set: each gets what its own area may see. Run twice it mails once.
/// </summary>
internal sealed class DigestMail(
    AreaChannels channels, Mailer mailer, AlertQueries queries, DeviceLiveTable live, DeviceDirectory devices, HouseholdDirectory households, DutyReport duty, KpiDesk kpis, VisitDesk visits, TimeZoneInfo zone, TimeProvider clock)
{
    /// <summary>Writes the mails; they are sent soon after.</summary>
    public async Task SendAsync()
    {
        var now = clock.GetUtcNow();
        var day = Edges.DayOf(now.ToUnixTimeMilliseconds(), zone).AddDays(-1);
        var name = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        foreach (var telling in channels.All.Where(telling => telling.DigestTo.Count > 0))
            await mailer.SendAsync(telling.DigestTo, $"SeniorIoT {name} 日报 daily digest · {telling.Area}", Text(telling.Area, day, now), cause: $"digest {name} {telling.Area}");
    }

    private string Text(string area, DateOnly day, DateTimeOffset now)
    {
        var isWhole = area == HouseholdDirectory.District;
        var scope = new AreaScope(isWhole ? null : area);
        var homes = households.All.Where(home => isWhole || home.Committee == area || home.SubDistrict == area).ToList();
        var ids = homes.SelectMany(home => home.Devices).Select(device => device.DeviceId).ToList();
        return DailyDigest.Text(
            day, kpis.Figures(Start(day), Start(day.AddDays(1)), scope.Area), queries.CountOpen(scope.Area), isWhole ? queries.OpenSystem() : [],
            isWhole ? live.CountSilent : ids.Count(id => live.TryGet(id, out var device) && device.IsSilent), isWhole ? devices.Count : ids.Count, AbsenceDigest.Of(homes, now, zone),
            duty.Count(scope), visits.Coverage(new DateOnly(day.Year, day.Month, 1), scope), visits.Overdue(VisitCoverage.DaysMax, scope).Count);
    }

    private DateTimeOffset Start(DateOnly day) => DateTimeOffset.FromUnixTimeMilliseconds(Edges.StartOf(day, zone));
}
