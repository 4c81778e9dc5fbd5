using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;

namespace SeniorIoT.EndToEnd.Crash;

/// <summary>A home with a button and a smoke detector, both behind a gateway or both on their own.</summary>
internal sealed class Home(string id, Enrolled button, Enrolled detector, string? gatewayId)
{
    private int _made;

    public string Id { get; } = id;

    public Enrolled Button { get; } = button;

    public Enrolled Detector { get; } = detector;

    /// <summary>Where one of its devices' messages go.</summary>
    public string Topic(Enrolled device, string channel) =>
        gatewayId is null ? device.Topic(channel) : $"senioriot/v1/gateway/{gatewayId}/{device.Kind}/{device.Id}/{channel}";

    /// <summary>A number that no other message of this home has.</summary>
    public int NextNumber() => ++_made;
}

/// <summary>The homes, meters and the gateway of one server. A home is in one hand at a time: a device has one connection.</summary>
internal sealed class Homes
{
    private const int BehindGateway = 6, Meters = 2;

    private Homes(Enrolled gateway, IReadOnlyList<Enrolled> meters) => (Gateway, MetersOnTheirOwn) = (gateway, meters);

    public ConcurrentQueue<Home> OnTheirOwn { get; } = new();

    /// <summary>Homes of the gateway.</summary>
    public ConcurrentQueue<Home> Children { get; } = new();

    public Enrolled Gateway { get; }

    public IReadOnlyList<Enrolled> MetersOnTheirOwn { get; }

    /// <summary>Imports so many homes; every sixth is behind the gateway.</summary>
    public static async Task<Homes> ImportAsync(ApiClient api, int count)
    {
        var gateway = await api.EnrolDeviceAsync("gateway", "gw", null);
        var file = new StringBuilder("household_id,address,committee,sub_district,resident_name,birth_year,lives_alone,contact1_name,contact1_phone,contact1_role,contact2_name,contact2_phone,contact2_role,device_id,kind,gateway_id\n");
        for (var i = 0; i < count; i++)
        {
            var behind = IsBehindGateway(i) ? "gw" : "";
            file.AppendLine($"home-{i},{i} Yuyuan Road,江苏路居委会,江苏路街道,王秀英,1941,yes,李志强,+8613800000001,volunteer,居委值班,+8613800000002,committee_duty,sos-{i},sos,{behind}");
            file.AppendLine($"home-{i},,,,,,,,,,,,,sd-{i},smoke,{behind}");
            if (i < Meters) file.AppendLine($"home-{i},,,,,,,,,,,,,wm-{i},water,");
        }

        using var body = new StringContent(file.ToString(), Encoding.UTF8);
        body.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var answer = await api.Http.PostAsync("api/v1/import", body);
        var report = (await answer.Content.ReadFromJsonAsync<ImportReport>())!;
        if (!report.Written) throw new InvalidOperationException($"The import failed: {string.Join("; ", report.Errors.Take(3))}");
        var devices = report.Credentials.ToDictionary(one => one.DeviceId, one => new Enrolled(one.Kind, one.DeviceId, one.HouseholdId ?? "", one.Mqtt.Password));

        var homes = new Homes(gateway, [.. Enumerable.Range(0, Meters).Select(i => devices[$"wm-{i}"])]);
        for (var i = 0; i < count; i++)
        {
            var home = new Home($"home-{i}", devices[$"sos-{i}"], devices[$"sd-{i}"], IsBehindGateway(i) ? gateway.Id : null);
            (IsBehindGateway(i) ? homes.Children : homes.OnTheirOwn).Enqueue(home);
        }

        return homes;
    }

    private static bool IsBehindGateway(int i) => i % BehindGateway == BehindGateway - 1;
}
