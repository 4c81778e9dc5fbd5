using SeniorIoT.Api;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storms;
using SeniorIoT.Server.Tests.Alerts;
using Alert = SeniorIoT.Domain.Alerts.Alert;
using Incident = SeniorIoT.Domain.Storms.Incident;

namespace SeniorIoT.Server.Tests.Storms;

/// <summary>A building with twelve homes, T1 to T12, or several such side by side, each home with a meter, and their committee's people.</summary>
internal static class Tower
{
    public const int Homes = 12;

    public static readonly Area Committee = new("江苏路街道", "万航居委会");

    public static async Task<District> StartAsync(int buildings = 1, Notices.Provider? provider = null)
    {
        var district = await District.StartAsync(twilio: provider?.Options);
        Enrol(district, buildings);
        return district;
    }

    /// <summary>Enrols the homes; again after a restart, because they are in memory only.</summary>
    public static void Enrol(District district, int buildings = 1)
    {
        for (var i = 1; i <= Homes * buildings; i++)
        {
            district.Get<DeviceDirectory>().Set(new DirectoryEntry($"w-t{i}", DeviceKind.Water, $"T{i}", null, [], false));
            district.Get<HouseholdDirectory>().Set(new HouseholdEntry(
                $"T{i}", $"万航渡路{88 + ((i - 1) / Homes)}号{i}02室", "万航居委会", "江苏路街道", [new Resident("李桂兰", 1938, true)], [new Contact("Vol" + i, $"138000001{i:00}", Role.Volunteer)],
                AbsencePlan.Empty, [new InstalledDevice($"w-t{i}", "Water", District.Start)]));
        }

        district.Get<HouseholdDirectory>().SetResponders(Committee, [new Contact("duty", "13900000001", Role.CommitteeDuty), new Contact("head", "13900000002", Role.CommitteeHead)]);
        district.Get<HouseholdDirectory>().SetResponders(Area.District, [new Contact("supervisor", "13900000003", Role.Supervisor)]);
    }

    public static string Key(int home, Rule rule) => AlertKey.Of(rule, new HouseholdId($"T{home}"), new DeviceId($"w-t{home}"));

    /// <summary>A finding of a home's meter; the same <paramref name="times"/> is the same occurrence.</summary>
    public static Task RaiseAsync(District district, int home, Rule rule, int times = 1) => district.Alert(Key(home, rule)).Raise(
        new Finding.Raised(rule, district.Clock.GetUtcNow(), $"w-t{home}/{rule.Id}/{times}", new Domain.Detection.Evidence(Note: "as tested")), new DeviceId($"w-t{home}"), new HouseholdId($"T{home}"));

    public static Task ClearAsync(District district, int home, Rule rule) =>
        district.Alert(Key(home, rule)).Handle(new AlertCommand.Clear(district.Clock.GetUtcNow(), "over"));

    public static Alert AlertOf(District district, int home, Rule rule) => district.Alerts(rule.Id).First(alert => alert.Place.Household.Value == $"T{home}");

    public static IReadOnlyList<Incident> Incidents(District district) => [.. district.Get<IncidentStore>().List(null, null, long.MaxValue, 100).Select(row => row.Incident)];

    /// <summary>Everything that was or is to be sent of an alert or an incident, or of all of them.</summary>
    public static IReadOnlyList<Api.Notice> Texts(District district, string? id = null) =>
    [
        .. district.Alerts().Select(alert => alert.Id.Value).Concat(Incidents(district).Select(incident => incident.Id)).Where(one => id is null || one == id)
            .SelectMany(district.Get<Server.Notices.NoticeStore>().ReadOf).Where(notice => notice.Channel == "sms"),
    ];

    public static IIncidentGrain Incident(District district, string id = "I0001") => district.Get<IGrainFactory>().GetGrain<IIncidentGrain>(id);

    /// <summary>What an incident's timeline says.</summary>
    public static IReadOnlyList<string> Lines(District district, string id = "I0001") => [.. district.Get<AlertQueries>().TimelineOf(id).Select(line => $"{line.Kind} {line.Text}")];
}
