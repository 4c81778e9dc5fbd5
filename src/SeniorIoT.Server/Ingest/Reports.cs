using System.Collections.Immutable;
using System.Diagnostics;
using System.IO.Hashing;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Server.Ingest;

/// <summary>From what a device wrote to what it means. Pure: the same bytes received at the same instant are the same report.</summary>
internal static class Reports
{
    /// <summary>Maps a decoded message.</summary>
    /// <param name="message">What the codec understood.</param>
    /// <param name="receivedAt">Stamped at the door.</param>
    /// <param name="payload">The bytes it was decoded from: their hash identifies a message that carries no id of its own.</param>
    public static Report From(DeviceMessage message, DateTimeOffset receivedAt, ReadOnlySpan<byte> payload)
    {
        var envelope = message.Envelope;
        var (at, isSuspect) = Judge(envelope, envelope.MeasuredAt, receivedAt);
        var body = message is DeviceMessage.Water water ? Water(water, receivedAt, ref at, ref isSuspect) : Body(message);
        return new Report(
            Key(message, receivedAt, payload), receivedAt, at, envelope.IsHistory, isSuspect, envelope.BatteryPercent, envelope.RssiDbm, body);
    }

    /// <summary>
    /// The device's own identity of the message. Without one, the bytes are the identity as long as they name a time; a press
    /// that carries neither can not be told from the next one, and a repeat on an open alert is better than a press that is lost. So it is
    /// with a reading that carries neither: the same register an hour later is another reading.
    /// </summary>
    private static string Key(DeviceMessage message, DateTimeOffset receivedAt, ReadOnlySpan<byte> payload)
    {
        if (message.Envelope.Key() is { } own) return own;
        var hash = $"h:{XxHash64.HashToUInt64(payload):x16}";
        var namesTime = message.Envelope.MeasuredAt is not null || (message is DeviceMessage.Water water && water.Samples.All(sample => sample.MeasuredAt is not null));
        return namesTime ? hash : $"{hash}@{receivedAt.ToUnixTimeMilliseconds()}";
    }

    private static (DateTimeOffset At, bool IsSuspect) Judge(Envelope envelope, DateTimeOffset? claimed, DateTimeOffset receivedAt) =>
        MeasuredTime.Judge(claimed, envelope.Clock != DeviceClock.None, envelope.AgeSeconds, receivedAt);

    private static ReportBody.Water Water(DeviceMessage.Water water, DateTimeOffset receivedAt, ref DateTimeOffset latest, ref bool isSuspect)
    {
        var readings = ImmutableArray.CreateBuilder<Reading>(water.Samples.Count);
        foreach (var sample in water.Samples)
        {
            var (at, isSampleSuspect) = Judge(water.Envelope, sample.MeasuredAt ?? water.Envelope.MeasuredAt, receivedAt);
            latest = readings.Count == 0 || at > latest ? at : latest;
            isSuspect |= isSampleSuspect;
            readings.Add(new Reading(at, sample.TotalMillilitres));
        }

        return new ReportBody.Water(readings.MoveToImmutable(), water.ResolutionMillilitres);
    }

    private static ReportBody Body(DeviceMessage message) => message switch
    {
        DeviceMessage.Heartbeat => new ReportBody.Heartbeat(),
        DeviceMessage.Status status => new ReportBody.Status(status.IsOnline),
        DeviceMessage.WaterEvent e => e.Type switch
        {
            WaterEventType.Leak => new ReportBody.WaterEvent(WaterEventKind.Leak),
            WaterEventType.Burst => new ReportBody.WaterEvent(WaterEventKind.Burst),
            WaterEventType.MeterSwap => new ReportBody.WaterEvent(WaterEventKind.MeterSwap),
            WaterEventType.Backflow => new ReportBody.FaultSeen(DeviceFault.Backflow),
            WaterEventType.Tamper => new ReportBody.FaultSeen(DeviceFault.Tamper),
            WaterEventType.Blocked => new ReportBody.FaultSeen(DeviceFault.Fault),
            WaterEventType.LowBattery => new ReportBody.FaultSeen(DeviceFault.LowBattery),
            _ => throw new UnreachableException(),
        },
        DeviceMessage.SmokeEvent e => e.Type switch
        {
            SmokeEventType.Alarm => new ReportBody.Smoke(SmokeEventKind.Alarm),
            SmokeEventType.Clear => new ReportBody.Smoke(SmokeEventKind.Clear),
            SmokeEventType.Test => new ReportBody.Smoke(SmokeEventKind.Test),
            SmokeEventType.Hush => new ReportBody.Smoke(SmokeEventKind.Hush),
            SmokeEventType.Fault => new ReportBody.FaultSeen(DeviceFault.Fault),
            SmokeEventType.LowBattery => new ReportBody.FaultSeen(DeviceFault.LowBattery),
            SmokeEventType.EndOfLife or SmokeEventType.Contaminated => new ReportBody.FaultSeen(DeviceFault.EndOfLife),
            SmokeEventType.Tamper => new ReportBody.FaultSeen(DeviceFault.Tamper),
            _ => throw new UnreachableException(),
        },
        DeviceMessage.ButtonEvent e => e.Type switch
        {
            ButtonEventType.Press => new ReportBody.Button(ButtonEventKind.Press, Use(e.Button)),
            ButtonEventType.Cancel => new ReportBody.Button(ButtonEventKind.Cancel, Use(e.Button)),
            ButtonEventType.Fall => new ReportBody.Button(ButtonEventKind.Fall, Use(e.Button)),
            ButtonEventType.Location or ButtonEventType.Voice => new ReportBody.Button(ButtonEventKind.Note, Use(e.Button)),
            ButtonEventType.LowBattery => new ReportBody.FaultSeen(DeviceFault.LowBattery),
            _ => throw new UnreachableException(),
        },
        _ => throw new UnreachableException(),
    };

    private static ButtonUse Use(ButtonFunction button) => button switch
    {
        ButtonFunction.Emergency => ButtonUse.Emergency,
        ButtonFunction.Service => ButtonUse.Service,
        ButtonFunction.Taxi => ButtonUse.Taxi,
        ButtonFunction.Register => ButtonUse.Register,
        ButtonFunction.Consult => ButtonUse.Consult,
        _ => throw new UnreachableException(),
    };
}
