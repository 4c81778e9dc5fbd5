using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeniorIoT.Domain.Alerts;

/// <summary>How urgent an alert is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Priority>))]
public enum Priority
{
    /// <summary>A person calls, falls, or there is smoke: several people are told at once.</summary>
    P1 = 1,

    /// <summary>Something may have happened to the person: answered within the hour.</summary>
    P2 = 2,

    /// <summary>A technical finding: the console and the daily digest.</summary>
    P3 = 3,
}

/// <summary>What a rule is about, which decides how alerts are keyed and who hears of them.</summary>
public enum RuleScope
{
    /// <summary>The household: one alert however many devices say so.</summary>
    Household,

    /// <summary>One device: each device of a household has its own alert.</summary>
    Device,

    /// <summary>The platform itself: one alert in all, about no household, seen by users of the whole district only.</summary>
    System,
}

/// <summary>A rule id of design section 6. The text is the API's and the database's: never rename one.</summary>
/// <param name="Id">Lower case words joined by hyphens.</param>
/// <param name="Priority">Priority of the alerts it raises.</param>
/// <param name="Scope">What the alert is keyed by.</param>
[JsonConverter(typeof(ById))]
public sealed record Rule(string Id, Priority Priority, RuleScope Scope)
{
    /// <summary>Press of an emergency button.</summary>
    public static readonly Rule Sos = new("sos", Priority.P1, RuleScope.Household);

    /// <summary>A fall felt by the button.</summary>
    public static readonly Rule Fall = new("fall", Priority.P1, RuleScope.Household);

    /// <summary>Smoke.</summary>
    public static readonly Rule Smoke = new("smoke", Priority.P1, RuleScope.Household);

    /// <summary>Less water than the limit over a proven time.</summary>
    public static readonly Rule NoWater = new("no-water", Priority.P2, RuleScope.Household);

    /// <summary>Very high flow.</summary>
    public static readonly Rule Burst = new("burst", Priority.P2, RuleScope.Household);

    /// <summary>Water never stops.</summary>
    public static readonly Rule Leak = new("leak", Priority.P3, RuleScope.Household);

    /// <summary>More water in a day than the limit.</summary>
    public static readonly Rule ExcessWater = new("excess-water", Priority.P3, RuleScope.Household);

    /// <summary>Water was used while the home is said to be empty.</summary>
    public static readonly Rule UseWhileAway = new("use-while-away", Priority.P3, RuleScope.Household);

    /// <summary>The home seems to be empty, and nobody has said so: a proposal to the committee, which changes nothing by itself.</summary>
    public static readonly Rule LikelyAway = new("likely-away", Priority.P3, RuleScope.Household);

    /// <summary>More water at night than is usual for this person.</summary>
    public static readonly Rule NightUse = new("night-use", Priority.P3, RuleScope.Household);

    /// <summary>Less and less water over weeks.</summary>
    public static readonly Rule LessWater = new("less-water", Priority.P3, RuleScope.Household);

    /// <summary>No device of the household is heard: power or network, or somebody unplugged them. One finding in place of one for each device.</summary>
    public static readonly Rule HomeSilent = new("home-silent", Priority.P3, RuleScope.Household);

    /// <summary>The detector rings often, and at the same hours: cooking rather than fire.</summary>
    public static readonly Rule SmokeNuisance = new("smoke-nuisance", Priority.P3, RuleScope.Device);

    /// <summary>The device was not tested for too long, so nobody knows whether a call would come through.</summary>
    public static readonly Rule Untested = new("untested", Priority.P3, RuleScope.Device);

    /// <summary>No data beyond the device's expected interval.</summary>
    public static readonly Rule Silent = new("silent", Priority.P3, RuleScope.Device);

    /// <summary>A gateway is not heard, and with it all that speaks through it: one finding that lists them.</summary>
    public static readonly Rule GatewaySilent = new("gateway-silent", Priority.P3, RuleScope.Device);

    /// <summary>A finding of the device came and went so often that its raises are gathered here.</summary>
    public static readonly Rule Flapping = new("flapping", Priority.P3, RuleScope.Device);

    /// <summary>Battery low.</summary>
    public static readonly Rule LowBattery = new("low-battery", Priority.P3, RuleScope.Device);

    /// <summary>Tampered with.</summary>
    public static readonly Rule Tamper = new("tamper", Priority.P3, RuleScope.Device);

    /// <summary>Out of order.</summary>
    public static readonly Rule Fault = new("fault", Priority.P3, RuleScope.Device);

    /// <summary>To be replaced.</summary>
    public static readonly Rule EndOfLife = new("end-of-life", Priority.P3, RuleScope.Device);

    /// <summary>Water ran backwards.</summary>
    public static readonly Rule Backflow = new("backflow", Priority.P3, RuleScope.Device);

    /// <summary>The device's clock is wrong.</summary>
    public static readonly Rule Clock = new("clock", Priority.P3, RuleScope.Device);

    /// <summary>Messages cannot be made durable: no device is acknowledged, so nobody hears of a call.</summary>
    public static readonly Rule Journal = new("journal", Priority.P1, RuleScope.System);

    /// <summary>The disk is nearly full.</summary>
    public static readonly Rule DiskSpace = new("disk-space", Priority.P2, RuleScope.System);

    /// <summary>Telemetry does not get to where it is kept, or some of it was refused for ever.</summary>
    public static readonly Rule TelemetryStore = new("telemetry-store", Priority.P3, RuleScope.System);

    /// <summary>From call to answer something is missing, or was and could be mended.</summary>
    public static readonly Rule Reconciliation = new("reconciliation", Priority.P2, RuleScope.System);

    /// <summary>A press of the server's own button does not become an alert, or too slowly.</summary>
    public static readonly Rule Probe = new("probe", Priority.P1, RuleScope.System);

    /// <summary>The text of such a press does not go out, or does not arrive.</summary>
    public static readonly Rule ProbeText = new("probe-text", Priority.P2, RuleScope.System);

    /// <summary>No provider takes texts: nobody hears of a call but those who look at the console.</summary>
    public static readonly Rule ProvidersDown = new("providers-down", Priority.P1, RuleScope.System);

    /// <summary>There are households of which nobody could be told.</summary>
    public static readonly Rule NobodyToTell = new("nobody-to-tell", Priority.P3, RuleScope.System);

    /// <summary>
    /// Stands where a household or a device stands in keys and causes of <see cref="RuleScope.System"/>. Their ids hold no @, so none of
    /// them can be taken for the system.
    /// </summary>
    public static string SystemSubject => "@system";

    /// <summary>Whether it is a call of a moment, which has no end of its own: each is one more call.</summary>
    [JsonIgnore]
    public bool IsMomentary => Id is "sos" or "fall";

    /// <summary>Whether it sums up what others found: it cannot be switched off by itself.</summary>
    [JsonIgnore]
    public bool IsSummary => Id is "flapping" or "gateway-silent";

    /// <summary>All rules, in order of priority.</summary>
    public static IReadOnlyList<Rule> All { get; } =
        [Sos, Fall, Smoke, Journal, Probe, ProvidersDown, NoWater, Burst, DiskSpace, Reconciliation, ProbeText, Leak, ExcessWater, UseWhileAway, LikelyAway, NightUse, LessWater, HomeSilent, SmokeNuisance, Untested, Silent, GatewaySilent, Flapping, LowBattery, Tamper, Fault, EndOfLife, Backflow, Clock, TelemetryStore, NobodyToTell];

    /// <summary>The rule with this id. Throws <see cref="ArgumentException"/> when there is none.</summary>
    public static Rule Parse(string id) => All.FirstOrDefault(rule => rule.Id == id)
        ?? throw new ArgumentException($"There is no rule '{id}'.", nameof(id));

    /// <inheritdoc/>
    public override string ToString() => Id;

    /// <summary>JSON as the id.</summary>
    public sealed class ById : JsonConverter<Rule>
    {
        /// <inheritdoc/>
        public override Rule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString()!);

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, Rule value, JsonSerializerOptions options) => writer.WriteStringValue(value.Id);
    }
}
