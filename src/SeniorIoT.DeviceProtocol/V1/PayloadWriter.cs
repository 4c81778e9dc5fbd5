using System.Text.Json;

namespace SeniorIoT.DeviceProtocol.V1;

/// <summary>Writes a message in the shortest form that says the same: defaults and absent fields are left out.</summary>
internal static class PayloadWriter
{
    public static void Write(Utf8JsonWriter json, DeviceMessage message)
    {
        json.WriteStartObject();
        WriteEnvelope(json, message.Envelope);
        switch (message)
        {
            case DeviceMessage.Water water:
                WriteWater(json, water);
                break;
            case DeviceMessage.WaterEvent e:
                WriteEvent(json, RootField.Water, Vocabulary.WaterEvents, (int)e.Type);
                break;
            case DeviceMessage.SmokeEvent e:
                WriteEvent(json, RootField.Smoke, Vocabulary.SmokeEvents, (int)e.Type);
                break;
            case DeviceMessage.ButtonEvent e:
                WriteEvent(json, RootField.Sos, Vocabulary.ButtonEvents, (int)e.Type, e.Button);
                break;
            case DeviceMessage.Status { IsOnline: { } isOnline }:
                json.WriteString(Name(RootField.Status), Vocabulary.Statuses.Encoded(isOnline ? 1 : 0));
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteEnvelope(Utf8JsonWriter json, Envelope envelope)
    {
        if (envelope.Mid is { } mid) json.WriteString(Name(RootField.Mid), mid);
        if (envelope.Boot is { } boot) json.WriteNumber(Name(RootField.Boot), boot);
        if (envelope.Seq is { } seq) json.WriteNumber(Name(RootField.Seq), seq);
        if (envelope.MeasuredAt is { } at) json.WriteString(Name(RootField.Ts), at.UtcDateTime);
        if (envelope.AgeSeconds is { } age) json.WriteNumber(Name(RootField.Age), age);
        if (envelope.Clock != DeviceClock.Synced) json.WriteString(Name(RootField.Clock), Vocabulary.Clocks.Encoded((int)envelope.Clock));
        if (envelope.IsHistory) json.WriteBoolean(Name(RootField.Hist), true);
        if (envelope.BatteryPercent is { } battery) json.WriteNumber(Name(RootField.Battery), battery);
        if (envelope.RssiDbm is { } rssi) json.WriteNumber(Name(RootField.Rssi), rssi);
        if (envelope.Firmware is { } firmware) json.WriteString(Name(RootField.Firmware), firmware);
    }

    private static void WriteWater(Utf8JsonWriter json, DeviceMessage.Water water)
    {
        json.WriteStartObject(Name(RootField.Water));
        if (water.Samples is [{ MeasuredAt: null } only])
        {
            json.WriteNumber(Name(BodyField.Total), Litres(only.TotalMillilitres));
        }
        else
        {
            json.WriteStartArray(Name(BodyField.Samples));
            foreach (var sample in water.Samples)
            {
                json.WriteStartObject();
                if (sample.MeasuredAt is { } at) json.WriteString(Name(RootField.Ts), at.UtcDateTime);
                json.WriteNumber(Name(BodyField.Total), Litres(sample.TotalMillilitres));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteNumber(Name(BodyField.Resolution), Litres(water.ResolutionMillilitres));
        json.WriteEndObject();
    }

    private static void WriteEvent(Utf8JsonWriter json, RootField member, Words types, int type, ButtonFunction? button = null)
    {
        json.WriteStartObject(Name(member));
        json.WriteString(Name(BodyField.Type), types.Encoded(type));
        if (button is { } key) json.WriteString(Name(BodyField.Button), Vocabulary.Buttons.Encoded((int)key));
        json.WriteEndObject();
    }

    private static decimal Litres(long millilitres) => millilitres % 1_000 == 0 ? millilitres / 1_000 : millilitres / 1_000m;

    private static JsonEncodedText Name(RootField field) => Vocabulary.Root.Encoded((int)field);

    private static JsonEncodedText Name(BodyField field) => Vocabulary.Body.Encoded((int)field);
}
