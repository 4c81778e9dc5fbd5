using System.Buffers;
using System.Text;
using System.Text.Json;
using static SeniorIoT.DeviceProtocol.V1.Vocabulary;

namespace SeniorIoT.DeviceProtocol.V1;

/// <summary>How each sort of value is read, and what is said when it cannot be.</summary>
internal ref partial struct PayloadReader
{
    private const int TextLengthMax = 64;
    private const long CounterMax = (1L << 53) - 1;
    private const int AgeSecondsMax = 3_650 * 86_400;
    private const long EpochMillisecondsMax = 253_402_300_799_999;
    private const int ResolutionLitresMax = 10_000;

    private static readonly SearchValues<byte> ControlCharacters = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    /// <summary>
    /// Goes to the value of the next field that is known and not null; false at the end of the object or after a refusal.
    /// A field given twice would let two readers see two messages, so it is refused, except for what an event can do without.
    /// </summary>
    private bool Next(Words names, ref uint seen, out int field)
    {
        field = -1;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            field = TryText(out var name) ? names.Find(name) : -1;
            _json.Read();
            if (field < 0)
            {
                Drop();
                continue;
            }

            var bit = 1u << field;
            if ((seen & bit) != 0)
            {
                var isNeeded = !_isEvent || _body >= 0 || field == (int)OwnBody;
                if (isNeeded) return Refuse(Path(names[field]), "The field is given twice; send it once.");
                Drop();
                continue;
            }

            seen |= bit;
            if (_json.TokenType != JsonTokenType.Null) return true;
        }

        return false;
    }

    private bool ReadText(RootField field, int lengthMin, ref string? value)
    {
        var length = TryText(out var utf8) && !utf8.ContainsAny(ControlCharacters) ? Encoding.UTF8.GetCharCount(utf8) : -1;
        if (length < lengthMin || length > TextLengthMax)
            return Broken(Root[(int)field], $"a string of {lengthMin} to {TextLengthMax} characters without control characters");
        value = Encoding.UTF8.GetString(utf8);
        return true;
    }

    private bool ReadCounter(RootField field, ref long? value)
    {
        if (!TryNumber(out var number) || number < 0 || number > CounterMax || number != decimal.Truncate(number))
            return Broken(Root[(int)field], $"a whole number from 0 to {CounterMax}");
        value = (long)number;
        return true;
    }

    private bool ReadRounded(RootField field, int min, int max, ref int? value)
    {
        if (!TryNumber(out var number) || number < min || number > max) return Broken(Root[(int)field], $"a number from {min} to {max}");
        value = (int)decimal.Round(number, MidpointRounding.AwayFromZero);
        return true;
    }

    private bool ReadAge()
    {
        if (_json.TokenType != JsonTokenType.Number || !_json.TryGetDouble(out var seconds) || seconds is not (>= 0 and <= AgeSecondsMax))
            return Broken("age_s", $"a number of seconds from 0 to {AgeSecondsMax}");
        _age = seconds;
        return true;
    }

    private bool ReadFlag(RootField field, ref bool value)
    {
        if (_json.TokenType is not (JsonTokenType.True or JsonTokenType.False)) return Broken(Root[(int)field], "true or false");
        value = _json.GetBoolean();
        return true;
    }

    private bool ReadStatus(RootField field)
    {
        var isOnline = false;
        var word = 0;
        if (!(field == RootField.Online ? ReadFlag(field, ref isOnline) : ReadWord("status", Statuses, ref word))) return false;
        isOnline |= word == 1;
        if (_isOnline is { } other && other != isOnline) return Refuse("status", "status and online contradict each other; send one of them.");
        _isOnline = isOnline;
        return true;
    }

    /// <summary>A word of a closed list, as its index there: the value of the enum beside it.</summary>
    private bool ReadWord(string name, Words words, ref int value)
    {
        var index = TryText(out var word) ? words.Find(word) : -1;
        if (index < 0) return Broken(name, $"one of {words}");
        value = index;
        return true;
    }

    private bool ReadType()
    {
        var words = EventsOf(_topic.Kind);
        _type = TryText(out var word) ? words.Find(word) : -1;
        return _type >= 0 || Refuse(Path("type"), $"This must be one of {words}.");
    }

    /// <summary>ISO 8601 with an offset, or epoch milliseconds. A local time is refused: nobody here knows the device's zone.</summary>
    private bool ReadTime(ref DateTimeOffset? value)
    {
        if (TryNumber(out var number) && number is >= 0 and <= EpochMillisecondsMax)
        {
            value = DateTimeOffset.FromUnixTimeMilliseconds((long)number);
            return true;
        }

        if (TryText(out var text) && HasOffset(text) && _json.TryGetDateTimeOffset(out var at))
        {
            value = at.ToUniversalTime();
            return true;
        }

        return Broken("ts", "ISO 8601 with Z or an offset (2026-01-02T03:04:05Z, 2026-01-02T11:04:05+08:00), or epoch milliseconds as a number");
    }

    private static bool HasOffset(ReadOnlySpan<byte> text)
    {
        var time = text[(text.IndexOf((byte)'T') + 1)..];
        return time.Length < text.Length && time.ContainsAny("Z+-"u8);
    }

    private bool ReadTotal(ref long? millilitres)
    {
        if (!TryNumber(out var litres) || litres is < 0 or > Codec.TotalLitresMax)
            return Refuse(Path("total_l"), $"This must be a number of litres from 0 to {Codec.TotalLitresMax}, the cumulative register.");
        millilitres = Millilitres(litres);
        return true;
    }

    private bool ReadResolution()
    {
        if (!TryNumber(out var litres) || litres is < 0.001m or > ResolutionLitresMax)
            return Broken("resolution_l", $"a number of litres from 0.001 to {ResolutionLitresMax}");
        _resolution = Millilitres(litres);
        return true;
    }

    private static long Millilitres(decimal litres) => (long)decimal.Round(litres * 1_000, MidpointRounding.AwayFromZero);

    private readonly bool TryNumber(out decimal number)
    {
        number = 0;
        return _json.TokenType == JsonTokenType.Number && _json.TryGetDecimal(out number);
    }

    /// <summary>The unescaped text of a name or a string; false when it is neither, or when its escapes are half a surrogate pair.</summary>
    private readonly bool TryText(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (_json.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) return false;
        text = _json.ValueSpan;
        if (!_json.ValueIsEscaped) return true;
        try
        {
            text = Encoding.UTF8.GetBytes(_json.GetString()!);
            return true;
        }
        catch (InvalidOperationException)
        {
            // "\ud800" is well-formed JSON and no text; the reader has no other way of saying so.
            return false;
        }
    }

    /// <summary>A field that an event can do without is left out and counted there, and refuses any other message.</summary>
    private bool Broken(string name, string expected) =>
        _isEvent ? Drop() : Refuse(Path(name), $"This must be {expected}; send that, or leave the field out.");

    private bool Drop()
    {
        _unknownFields++;
        _json.Skip();
        return true;
    }

    private bool Refuse(string field, string detail)
    {
        _refusal = new(RefusalReason.PayloadFormatInvalid, field, detail);
        return false;
    }

    private readonly string Path(string? name)
    {
        var parent = _body < 0 ? "" : _sample < 0 ? Root[_body] : $"{Root[_body]}.samples[{_sample}]";
        return parent.Length == 0 ? name ?? "payload" : name is null ? parent : $"{parent}.{name}";
    }
}
