using System.CommandLine;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using SeniorIoT.Simulators.Homes;
using SeniorIoT.Simulators.Wire;
using Channel = SeniorIoT.DeviceProtocol.Channel;

namespace SeniorIoT.Simulators.Replay;

/// <summary><c>replay</c>: a real home's readings, from a file through MQTT.</summary>
internal static class ReplayCommand
{
    private static readonly TimeSpan SettlesWithin = TimeSpan.FromSeconds(15);

    private sealed record Request(string File, string Household, DateTimeOffset? From, DateTimeOffset? To, string As, bool EndsNow, int Batch);

    public static Command Create()
    {
        Option<FileInfo> file = new("--file") { Description = "CSV with the header household_id,measured_at,total_l; gzip by name (.gz).", Required = true };
        Option<string> household = new("--household") { Description = "Whose readings, as the file calls them.", Required = true };
        Option<DateTimeOffset?> from = new("--from") { Description = "Leave out readings before this instant of the file." };
        Option<DateTimeOffset?> to = new("--to") { Description = "Leave out readings after this instant of the file." };
        Option<string?> takenAs = new("--as") { Description = "Household id on the server, for a new or a second replay. Default: replay-KEY." };
        Option<string> end = new("--end") { Description = "now: times are moved so that the last reading is now. asis: as in the file.", DefaultValueFactory = _ => "now" };
        var batch = CommonOptions.Within("--batch", "Readings in a message,", 24, 1, 500);
        file.AcceptExistingOnly();
        end.AcceptOnlyFromAmong("now", "asis");
        Command command = new("replay", "Sends a recorded home's readings over MQTT, as if it were one of ours, and shows the alerts they raise.")
        {
            file, household, from, to, takenAs, end, batch,
        };
        CommonOptions common = new(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var key = parsed.GetRequiredValue(household);
            var request = new Request(
                parsed.GetRequiredValue(file).FullName,
                key,
                parsed.GetValue(from),
                parsed.GetValue(to),
                parsed.GetValue(takenAs) ?? "replay-" + string.Concat(key.Select(letter => Topic.IsId([letter]) ? letter : '-')),
                parsed.GetValue(end) == "now",
                parsed.GetValue(batch));
            using var api = common.Api(parsed);
            return await RunAsync(request, api, common.Mqtt(parsed), TimeProvider.System, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(Request request, ApiClient api, MqttAddress mqtt, TimeProvider clock, CancellationToken cancellation)
    {
        var meter = "wm-" + request.As;
        if (!Topic.IsId(meter))
        {
            throw new UsageException($"--as {request.As}: use at most 61 of A-Z, a-z, 0-9, _ and -.");
        }

        var recorded = Readings.Read(request.File, request.Household, request.From, request.To);
        var now = clock.GetUtcNow();
        var readings = request.EndsNow ? ReplayPlan.Shift(recorded, now) : recorded;
        var batches = ReplayPlan.Batches(readings, now, request.Batch);
        await api.LoginAsync(TimeSpan.FromSeconds(10), cancellation);
        var committee = Changning.Committees[0];
        var isNew = await api.TryEnrolHouseholdAsync(
            new(request.As, $"recorded home {request.Household}", committee.Name, committee.SubDistrict, [new("recorded", null, LivesAlone: true)], []),
            cancellation);
        var login = await api.EnrolDeviceAsync(meter, DeviceKind.Water, request.As, cancellation);
        Console.WriteLine(
            $"{request.Household}: {recorded.Count} readings from {recorded[0].At:u} to {recorded[^1].At:u}, sent as {readings[0].At:u} to {readings[^1].At:u}, "
            + $"to {(isNew ? "new" : "known")} household {request.As}.");

        var refusals = await SendAsync(batches, login, mqtt, clock, cancellation);
        var history = batches.Count(batch => batch.Envelope.IsHistory);
        Console.WriteLine($"{batches.Count} messages ({history} history, {batches.Count - history} live): {batches.Count - refusals.Count} acknowledged, {refusals.Count} refused.");
        foreach (var reason in refusals.Distinct())
        {
            Console.WriteLine($"refused: {reason}");
        }

        await TellAlertsAsync(api, request.As, meter, readings[^1].At, clock, cancellation);
        return refusals.Count == 0 ? 0 : 1;
    }

    private static async Task<List<string>> SendAsync(
        IReadOnlyList<DeviceMessage.Water> batches,
        MqttLogin login,
        MqttAddress mqtt,
        TimeProvider clock,
        CancellationToken cancellation)
    {
        var topic = new Topic(DeviceKind.Water, login.DeviceId, Channel.Telemetry).ToString();
        List<string> refusals = [];
        await using var publisher = new Publisher(mqtt, login, clock);
        foreach (var batch in batches)
        {
            if (await publisher.PublishAsync(new Outgoing(topic, Codec.Encode(batch)), cancellation) is { } reason)
            {
                refusals.Add(reason);
            }
        }

        return refusals;
    }

    // A PUBACK promises that the readings are kept, not that they are judged already: wait until the device shows the last one.
    private static async Task TellAlertsAsync(ApiClient api, string household, string meter, DateTimeOffset last, TimeProvider clock, CancellationToken cancellation)
    {
        var until = clock.GetUtcNow() + SettlesWithin;
        while (await api.LastMeasuredAtAsync(meter, cancellation) is var seen && (seen is null || seen < last.AddSeconds(-1)))
        {
            if (clock.GetUtcNow() >= until)
            {
                Console.WriteLine($"After {SettlesWithin.TotalSeconds} s the server shows {(seen is null ? "no reading" : $"readings until {seen:u}")}; the alerts below may be incomplete.");
                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), clock, cancellation);
        }

        var alerts = await api.OpenAlertsAsync(household, cancellation);
        Console.WriteLine(alerts.Count == 0 ? $"No open alert for {household}." : $"Open alerts for {household}:");
        foreach (var alert in alerts)
        {
            Console.WriteLine($"  {alert.AlertId}  {alert.Priority}  {alert.Rule}  raised {alert.RaisedAt:u}{(alert.ClearedAt is { } cleared ? $", cleared {cleared:u}" : "")}");
        }
    }
}
