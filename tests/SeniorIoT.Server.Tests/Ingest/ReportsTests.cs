using System.Text;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Ingest;
using Xunit;

namespace SeniorIoT.Server.Tests.Ingest;

public sealed class ReportsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"mid":"x","boot":3,"seq":9,"battery_pct":5}""", "3/9")]
    [InlineData("""{"mid":"x","boot":3,"battery_pct":5}""", "m:x")]
    [InlineData("""{"mid":"3/9","battery_pct":5}""", "m:3/9")]
    public void A_message_is_known_by_boot_and_seq_or_else_by_its_mid(string json, string key) =>
        Assert.Equal(key, From(DeviceKind.Water, Channel.Telemetry, json).Key);

    [Fact]
    public void A_message_without_any_id_is_known_by_its_bytes()
    {
        var once = From(DeviceKind.Water, Channel.Telemetry, """{"battery_pct":5}""").Key;
        Assert.StartsWith("h:", once);
        Assert.Equal(once, From(DeviceKind.Water, Channel.Telemetry, """{"battery_pct":5}""").Key);
        Assert.NotEqual(once, From(DeviceKind.Water, Channel.Telemetry, """{"battery_pct":6}""").Key);
    }

    [Theory]
    [InlineData("""{"sos":{"type":"press"}}""", false)]
    [InlineData("""{"ts":"2026-03-01T07:59:00Z","sos":{"type":"press"}}""", true)]
    [InlineData("""{"mid":"x","sos":{"type":"press"}}""", true)]
    public void A_press_that_names_neither_itself_nor_its_time_is_a_new_press_each_time_it_comes(string json, bool isTheSame)
    {
        var topic = new Topic(DeviceKind.Sos, "b1", Channel.Event);
        var payload = Encoding.UTF8.GetBytes(json);
        Assert.True(Codec.TryDecode(topic, payload, out var message, out _));
        var (first, later) = (Reports.From(message, Now, payload).Key, Reports.From(message, Now.AddHours(1), payload).Key);
        Assert.Equal(isTheSame, first == later);
        Assert.Equal(first, Reports.From(message, Now, payload).Key); // and it is itself again when the journal is replayed
    }

    [Fact]
    public void A_batch_keeps_each_time_and_counts_as_measured_when_its_latest_was()
    {
        var report = From(DeviceKind.Water, Channel.Telemetry, """
            {"hist":true,"water":{"resolution_l":10,"samples":[
                {"ts":"2026-03-01T07:00:00Z","total_l":30},{"ts":"2026-03-01T05:00:00Z","total_l":10},{"ts":"2026-03-01T06:00:00Z","total_l":20}]}}
            """);
        var water = Assert.IsType<ReportBody.Water>(report.Body);
        Assert.Equal([(7, 30_000L), (5, 10_000L), (6, 20_000L)], water.Readings.Select(reading => (reading.At.Hour, reading.TotalMillilitres)));
        Assert.Equal((10_000, Now.AddHours(-1), true, false), (water.ResolutionMillilitres, report.MeasuredAt, report.IsHistory, report.IsClockSuspect));
    }

    [Theory]
    [InlineData("""{"ts":"2026-03-01T08:09:00Z","battery_pct":5}""", 9, false)]
    [InlineData("""{"ts":"2026-03-01T08:11:00Z","battery_pct":5}""", 0, true)]
    [InlineData("""{"ts":"1970-01-01T00:00:07Z","battery_pct":5}""", 0, true)]
    [InlineData("""{"ts":"1970-01-01T00:00:07Z","clock":"none","age_s":120,"battery_pct":5}""", -2, false)]
    [InlineData("""{"age_s":60,"battery_pct":5}""", -1, false)]
    public void A_time_that_cannot_be_is_flagged_and_the_receive_time_counts(string json, int minutes, bool isSuspect)
    {
        var report = From(DeviceKind.Water, Channel.Telemetry, json);
        Assert.Equal((Now.AddMinutes(minutes), isSuspect), (report.MeasuredAt, report.IsClockSuspect));
    }

    [Fact]
    public void Every_event_of_the_contract_has_a_meaning()
    {
        var meanings = new StringBuilder();
        Add<WaterEventType>("water", type => new DeviceMessage.WaterEvent(Envelope, type));
        Add<SmokeEventType>("smoke", type => new DeviceMessage.SmokeEvent(Envelope, type));
        Add<ButtonEventType>("button", type => new DeviceMessage.ButtonEvent(Envelope, type, ButtonFunction.Taxi));
        Assert.Equal(
            """
            water Leak -> WaterEvent { Kind = Leak }
            water Burst -> WaterEvent { Kind = Burst }
            water Backflow -> FaultSeen { Fault = Backflow }
            water Tamper -> FaultSeen { Fault = Tamper }
            water Blocked -> FaultSeen { Fault = Fault }
            water LowBattery -> FaultSeen { Fault = LowBattery }
            water MeterSwap -> WaterEvent { Kind = MeterSwap }
            smoke Alarm -> Smoke { Kind = Alarm }
            smoke Clear -> Smoke { Kind = Clear }
            smoke Test -> Smoke { Kind = Test }
            smoke Hush -> Smoke { Kind = Hush }
            smoke Fault -> FaultSeen { Fault = Fault }
            smoke LowBattery -> FaultSeen { Fault = LowBattery }
            smoke EndOfLife -> FaultSeen { Fault = EndOfLife }
            smoke Contaminated -> FaultSeen { Fault = EndOfLife }
            smoke Tamper -> FaultSeen { Fault = Tamper }
            button Press -> Button { Kind = Press, Use = Taxi }
            button Cancel -> Button { Kind = Cancel, Use = Taxi }
            button Fall -> Button { Kind = Fall, Use = Taxi }
            button LowBattery -> FaultSeen { Fault = LowBattery }
            button Location -> Button { Kind = Note, Use = Taxi }
            button Voice -> Button { Kind = Note, Use = Taxi }

            """, meanings.ToString());

        void Add<T>(string kind, Func<T, DeviceMessage> message) where T : struct, Enum
        {
            foreach (var type in Enum.GetValues<T>()) meanings.Append($"{kind} {type} -> {Reports.From(message(type), Now, []).Body}\n");
        }
    }

    private static readonly Envelope Envelope = new("m", null, null, null, null, DeviceClock.Synced, false, null, null, null, 0);

    private static Report From(DeviceKind kind, Channel channel, string json)
    {
        var payload = Encoding.UTF8.GetBytes(json);
        Assert.True(Codec.TryDecode(new Topic(kind, "d", channel), payload, out var message, out var refusal), refusal?.Detail);
        return Reports.From(message!, Now, payload);
    }
}
