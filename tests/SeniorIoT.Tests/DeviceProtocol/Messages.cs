using CsCheck;
using SeniorIoT.DeviceProtocol;

namespace SeniorIoT.Tests.DeviceProtocol;

/// <summary>Generators for everything that a device may say.</summary>
internal static class Messages
{
    private const long CounterMax = (1L << 53) - 1;
    private const string IdCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

    public static readonly Gen<string> Id = Gen.Char[IdCharacters].Array[1, 64].Select(characters => new string(characters));

    private static readonly Gen<string> Text =
        Gen.Char["abcXYZ019 _-/\\\"'<>&+中文ßé\u007f\u2028"].Array[1, 64].Select(characters => new string(characters));

    private static readonly Gen<DateTimeOffset> Time =
        Gen.Long[0, new DateTimeOffset(9999, 12, 31, 0, 0, 0, TimeSpan.Zero).Ticks].Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    private static readonly Gen<Envelope> Common = Gen.Select(
        Gen.Select(Maybe(Text), Maybe(Text)),
        Gen.Select(Gen.Long[0, CounterMax].Nullable(), Gen.Long[0, CounterMax].Nullable()),
        Gen.Select(Time.Nullable(), Gen.Double[0, 315_360_000].Nullable()),
        Gen.Select(Gen.Enum<DeviceClock>(), Gen.Bool),
        Gen.Select(Gen.Int[0, 100].Nullable(), Gen.Int[-200, 0].Nullable()),
        (texts, counters, times, clock, health) => new Envelope(
            texts.Item1, counters.Item1, counters.Item2, times.Item1, times.Item2, clock.Item1, clock.Item2, health.Item1, health.Item2, texts.Item2, 0));

    private static readonly Gen<WaterSample> Sample =
        Gen.Select(Time.Nullable(), Gen.Long[0, 1_000_000_000_000], (at, total) => new WaterSample(at, total));

    public static readonly Gen<DeviceMessage> Any = Gen.OneOf(
        Gen.Select(Common, Sample.Array[1, 20], Gen.Long[1, 10_000_000], DeviceMessage (e, samples, step) => new DeviceMessage.Water(e, samples, step)),
        Gen.Select(Common, Gen.Long[0, 1_000_000_000_000], DeviceMessage (e, total) => new DeviceMessage.Water(e, [new(null, total)], 1_000)),
        Common.Select(DeviceMessage (e) => new DeviceMessage.Heartbeat(e)),
        Gen.Select(Common, Gen.Enum<WaterEventType>(), DeviceMessage (e, type) => new DeviceMessage.WaterEvent(e, type)),
        Gen.Select(Common, Gen.Enum<SmokeEventType>(), DeviceMessage (e, type) => new DeviceMessage.SmokeEvent(e, type)),
        Gen.Select(
            Common, Gen.Enum<ButtonEventType>(), Gen.Enum<ButtonFunction>(), DeviceMessage (e, type, key) => new DeviceMessage.ButtonEvent(e, type, key)),
        Gen.Select(Common, Gen.Bool.Nullable(), DeviceMessage (e, isOnline) => new DeviceMessage.Status(e, isOnline)));

    public static readonly Gen<Topic> Topic = Gen.Select(
        Gen.Enum<DeviceKind>(), Id, Gen.Enum<Channel>(), Maybe(Id),
        (kind, id, channel, gateway) => new Topic(kind, id, channel, channel == Channel.Command ? null : gateway));

    /// <summary>A topic that <paramref name="message"/> may be published on.</summary>
    public static Topic TopicOf(DeviceMessage message) => message switch
    {
        DeviceMessage.Water => new(DeviceKind.Water, "d", Channel.Telemetry),
        DeviceMessage.Heartbeat => new(DeviceKind.Smoke, "d", Channel.Telemetry),
        DeviceMessage.WaterEvent => new(DeviceKind.Water, "d", Channel.Event),
        DeviceMessage.SmokeEvent => new(DeviceKind.Smoke, "d", Channel.Event),
        DeviceMessage.ButtonEvent => new(DeviceKind.Sos, "d", Channel.Event),
        _ => new(DeviceKind.Sos, "d", Channel.Status),
    };

    public static Gen<T> OneOf<T>(IReadOnlyList<T> values) => Gen.Int[0, values.Count - 1].Select(i => values[i]);

    private static Gen<string?> Maybe(Gen<string> gen) => Gen.Select(Gen.Bool, gen, string? (isThere, text) => isThere ? text : null);
}
