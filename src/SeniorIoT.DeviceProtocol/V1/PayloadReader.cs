using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using static SeniorIoT.DeviceProtocol.V1.Vocabulary;

namespace SeniorIoT.DeviceProtocol.V1;

/// <summary>
/// One pass over one payload. Broken JSON surfaces as <see cref="JsonException"/>; everything else is a refusal.
/// Null means absent, unknown fields are counted, and in an event a broken optional field is treated as unknown:
/// a press with a nonsensical battery value is still a press.
/// </summary>
internal ref partial struct PayloadReader(Topic topic, ReadOnlySpan<byte> payload)
{
    private readonly Topic _topic = topic;
    private readonly bool _isEvent = topic.Channel == Channel.Event;
    private Utf8JsonReader _json = new(payload, new JsonReaderOptions { MaxDepth = Codec.DepthMax });
    private Refusal? _refusal;
    private int _unknownFields;

    // Where we are, for the path in a refusal: -1 outside a body or a sample.
    private int _body = -1;
    private int _sample = -1;

    private string? _mid;
    private string? _firmware;
    private long? _boot;
    private long? _seq;
    private DateTimeOffset? _at;
    private double? _age;
    private int _clock;
    private bool _isHistory;
    private int? _battery;
    private int? _rssi;
    private bool? _isOnline;

    private bool _hasBody;
    private int _foreignBody = -1;
    private int _type = -1;
    private int _button;
    private long? _total;
    private long _resolution = Codec.ResolutionMillilitresDefault;
    private List<WaterSample>? _samples;

    private readonly RootField OwnBody => RootField.Water + (int)_topic.Kind;

    /// <summary>Reads the payload to its end.</summary>
    /// <exception cref="JsonException">It is not one well-formed JSON value.</exception>
    public bool TryRead([NotNullWhen(true)] out DeviceMessage? message, [NotNullWhen(false)] out Refusal? refusal)
    {
        message = ReadRoot() && IsComplete() ? Build() : null;
        refusal = _refusal;
        return message is not null;
    }

    private bool ReadRoot()
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject) return Refuse("payload", "The payload is not a JSON object; send one, at least {}.");
        uint seen = 0;
        while (Next(Root, ref seen, out var field))
        {
            if (!ReadField((RootField)field)) return false;
        }

        // The reader throws if anything but white space follows.
        return _refusal is null && !_json.Read();
    }

    private bool ReadField(RootField field) => field switch
    {
        RootField.Mid => ReadText(field, lengthMin: 1, ref _mid),
        RootField.Boot => ReadCounter(field, ref _boot),
        RootField.Seq => ReadCounter(field, ref _seq),
        RootField.Ts => ReadTime(ref _at),
        RootField.Age => ReadAge(),
        RootField.Clock => ReadWord("clock", Clocks, ref _clock),
        RootField.Hist => ReadFlag(field, ref _isHistory),
        RootField.Battery => ReadRounded(field, 0, 100, ref _battery),
        RootField.Rssi => ReadRounded(field, -200, 0, ref _rssi),
        RootField.Firmware => ReadText(field, lengthMin: 0, ref _firmware),
        RootField.Status or RootField.Online => _topic.Channel == Channel.Status ? ReadStatus(field) : Drop(),
        _ => ReadBody(field),
    };

    private bool ReadBody(RootField field)
    {
        if (field != OwnBody)
        {
            _foreignBody = (int)field;
            return Drop();
        }

        if (_topic.Channel == Channel.Status) return Refuse(Root[(int)field], "A status says nothing but the connection; publish this on telemetry or event.");
        if (_topic.Channel == Channel.Telemetry && _topic.Kind != DeviceKind.Water)
            return Refuse(Root[(int)field], "Telemetry of this kind is a heartbeat only; publish an event on the event topic.");
        if (_json.TokenType != JsonTokenType.StartObject) return Refuse(Root[(int)field], "This must be an object.");

        (_hasBody, _body) = (true, (int)field);
        uint seen = 0;
        while (Next(Body, ref seen, out var member))
        {
            if (!ReadMember((BodyField)member)) return false;
        }

        _body = -1;
        return _refusal is null;
    }

    private bool ReadMember(BodyField member) => (member, _topic.Kind, _isEvent) switch
    {
        (BodyField.Type, _, true) => ReadType(),
        (BodyField.Type, _, false) => Refuse(Path("type"), "Telemetry is not an event; publish this on the event topic."),
        (BodyField.Button, DeviceKind.Sos, true) => ReadWord("button", Buttons, ref _button),
        (BodyField.Total, DeviceKind.Water, false) => ReadTotal(ref _total),
        (BodyField.Resolution, DeviceKind.Water, false) => ReadResolution(),
        (BodyField.Samples, DeviceKind.Water, false) => ReadSamples(),
        _ => Drop(),
    };

    private bool ReadSamples()
    {
        if (_json.TokenType != JsonTokenType.StartArray) return Refuse(Path("samples"), "This must be an array of samples.");
        _samples = [];
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_samples.Count == Codec.SamplesMax) return Refuse(Path("samples"), $"More than {Codec.SamplesMax} samples; send several messages.");
            _sample = _samples.Count;
            if (!ReadSample()) return false;
            _sample = -1;
        }

        return true;
    }

    private bool ReadSample()
    {
        if (_json.TokenType != JsonTokenType.StartObject) return Refuse(Path(null), "A sample must be an object with ts and total_l.");
        DateTimeOffset? at = null;
        long? total = null;
        uint seen = 0;
        while (Next(Sample, ref seen, out var field))
        {
            if (!(field == 0 ? ReadTime(ref at) : ReadTotal(ref total))) return false;
        }

        if (_refusal is not null) return false;
        if (total is null) return Refuse(Path("total_l"), "The sample has no total; send the register in litres.");
        _samples!.Add(new(at, total.Value));
        return true;
    }

    /// <summary>Judges what only the whole payload shows.</summary>
    private bool IsComplete()
    {
        var own = Root[(int)OwnBody];
        if (_foreignBody >= 0 && !(_isEvent && _hasBody))
            return Refuse(Root[_foreignBody], $"This topic is of kind {own}; send {own}, or publish on the topic of the device that this is about.");
        if (_isEvent)
        {
            if (!_hasBody) return Refuse(own, $"An event on this topic needs {own} with its type.");
            return _type >= 0 || Refuse($"{own}.type", $"The event has no type; send one of {EventsOf(_topic.Kind)}.");
        }

        if (!_hasBody) return true;
        return (_total, _samples) switch
        {
            (null, null) => Refuse("water.total_l", "The reading has no total; send the register in litres, or samples."),
            (not null, not null) => Refuse("water.samples", "There is a total_l as well; send either one total or samples."),
            (_, { Count: 0 }) => Refuse("water.samples", "The batch is empty; send at least one sample, or leave water out."),
            _ => true,
        };
    }

    private readonly DeviceMessage Build()
    {
        var envelope = new Envelope(_mid, _boot, _seq, _at, _age, (DeviceClock)_clock, _isHistory, _battery, _rssi, _firmware, _unknownFields);
        return (_topic.Channel, _topic.Kind) switch
        {
            (Channel.Status, _) => new DeviceMessage.Status(envelope, _isOnline),
            (Channel.Event, DeviceKind.Water) => new DeviceMessage.WaterEvent(envelope, (WaterEventType)_type),
            (Channel.Event, DeviceKind.Smoke) => new DeviceMessage.SmokeEvent(envelope, (SmokeEventType)_type),
            (Channel.Event, _) => new DeviceMessage.ButtonEvent(envelope, (ButtonEventType)_type, (ButtonFunction)_button),
            _ when !_hasBody => new DeviceMessage.Heartbeat(envelope),
            _ when _total is { } total => new DeviceMessage.Water(envelope, new[] { new WaterSample(null, total) }, _resolution),
            _ => new DeviceMessage.Water(envelope, _samples!, _resolution),
        };
    }
}
