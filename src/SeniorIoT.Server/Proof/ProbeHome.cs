using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using Alert = SeniorIoT.Api.Alert;

namespace SeniorIoT.Server.Proof;

/// <summary>
/// The household of the server's own button. It takes the way of every call and is in no list, count or report: the registry does not
/// know it, nobody responsible for a place is responsible for it, and its alerts are forgotten once they were measured.
/// </summary>
internal sealed class ProbeHome
{
    /// <summary>Ids of households hold no @, so none can be taken for it.</summary>
    public const string HouseholdId = "@probe";

    /// <summary>The button. Nobody can enrol a device of this id.</summary>
    public const string DeviceId = "senioriot-self-probe";

    private readonly Responder[] _told;

    public ProbeHome(DeviceDirectory devices, HouseholdDirectory households, ProofOptions options, TimeProvider clock)
    {
        _told = options.ProbeNumber is { } number ? [new Responder("self-probe", number, Role.Volunteer)] : [];
        Number = options.ProbeNumber;
        devices.SetOwn(new DirectoryEntry(DeviceId, DeviceKind.Sos, HouseholdId, null, DeviceSecret.Hash(Secret), false));
        households.SetOwn(new HouseholdEntry(
            HouseholdId, "自检,无需上门", "自检", "自检", [], [], AbsencePlan.Empty, [new InstalledDevice(DeviceId, nameof(DeviceKind.Sos), clock.GetUtcNow())]));
    }

    /// <summary>Raised when a change of the button's alert was sent to consoles.</summary>
    public event Action<Alert>? Heard;

    /// <summary>The button's password: new at every start, and never on disk.</summary>
    public string Secret { get; } = DeviceSecret.Create();

    /// <summary>Who gets its texts; null: nobody.</summary>
    public string? Number { get; }

    /// <summary>Its key among alerts.</summary>
    public static string AlertKey => $"{HouseholdId}/{Rule.Sos}";

    /// <summary>Who hears of an alert: of the button's nobody, and it is sent all the same.</summary>
    public static IReadOnlyList<string> HubGroupsOf(Alert alert) => alert.HouseholdId == HouseholdId ? [HouseholdId] : AreaScope.HubGroupsOf(new Domain.Households.Area(alert.SubDistrict, alert.Committee));

    /// <summary>Takes note of an alert that was sent to consoles.</summary>
    public void Hear(Alert alert)
    {
        if (alert.HouseholdId == HouseholdId) Heard?.Invoke(alert);
    }

    /// <summary>The same surroundings, but of the button's alerts nobody else is told than the probe's number, by the product's own ladder.</summary>
    public AlertSurroundings Around(AlertSurroundings others) => others with
    {
        RespondersOf = (place, at) => place.Household.Value == HouseholdId ? _told : others.RespondersOf(place, at),
        LadderOf = (place, priority) => place.Household.Value == HouseholdId ? Ladder.For(priority) : others.LadderOf(place, priority),
    };
}
