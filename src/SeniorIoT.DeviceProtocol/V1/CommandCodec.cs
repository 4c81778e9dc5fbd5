using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace SeniorIoT.DeviceProtocol.V1;

/// <summary>
/// Commands, version 1: <c>{"id":"c-…","ts":"…","expires":"…","command":{"type":"interval","seconds":900}}</c>. Pure; decoding does
/// not throw on any input. The server encodes; decoding is what a device does, and serves simulators and tests.
/// </summary>
public static class CommandCodec
{
    /// <summary>Longest payload of a command, in bytes.</summary>
    public const int BytesMax = 4 * 1024;

    /// <summary>Longest id, in characters.</summary>
    public const int IdLengthMax = 32;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Codec.DepthMax, AllowDuplicateProperties = false };

    /// <summary>Encodes a command with its envelope.</summary>
    /// <exception cref="ArgumentException">The command is <see cref="DeviceCommand.Unknown"/>, which cannot be sent.</exception>
    public static byte[] Encode(CommandMessage message) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("id", message.Id);
        json.WriteString("ts", Seconds(message.OrderedAt));
        json.WriteString("expires", Seconds(message.ExpiresAt));
        json.WritePropertyName("command");
        Write(json, message.Command);
        json.WriteEndObject();
    });

    /// <summary>Encodes the command alone, for keeping it.</summary>
    /// <exception cref="ArgumentException">The command is <see cref="DeviceCommand.Unknown"/>, which cannot be sent.</exception>
    public static byte[] Encode(DeviceCommand command) => Write(json => Write(json, command));

    /// <summary>
    /// Decodes what came on a command topic. Unknown fields are ignored, and a command of a type that is not known is
    /// <see cref="DeviceCommand.Unknown"/>. False when it cannot be a command: <paramref name="refusal"/> names the field.
    /// </summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, [NotNullWhen(true)] out CommandMessage? message, [NotNullWhen(false)] out Refusal? refusal)
    {
        (message, refusal) = (null, null);
        if (payload.Length > BytesMax)
        {
            refusal = Refuse("payload", $"Longer than {BytesMax} bytes.");
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(payload, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) refusal = Refuse("payload", "Must be one JSON object.");
            else if (!TryText(root, "id", out var id) || id.Length is 0 or > IdLengthMax) refusal = Refuse("id", $"Must be a text of 1 to {IdLengthMax} characters.");
            else if (!TryInstant(root, "ts", out var at)) refusal = Refuse("ts", "Must be an ISO 8601 instant with offset.");
            else if (!TryInstant(root, "expires", out var expires)) refusal = Refuse("expires", "Must be an ISO 8601 instant with offset.");
            else if (!root.TryGetProperty("command", out var body) || !TryDecode(body, out var command, out refusal)) refusal ??= Refuse("command", "Is required: an object with a type.");
            else message = new CommandMessage(id, at, expires, command);
        }
        catch (JsonException)
        {
            refusal = Refuse("payload", "Not valid JSON, or a field stands there twice.");
        }

        return message is not null;
    }

    /// <summary>Decodes what <see cref="Encode(DeviceCommand)"/> wrote.</summary>
    public static bool TryDecode(JsonElement body, [NotNullWhen(true)] out DeviceCommand? command, [NotNullWhen(false)] out Refusal? refusal)
    {
        command = null;
        if (body.ValueKind != JsonValueKind.Object || !TryText(body, "type", out var type))
        {
            refusal = Refuse("command.type", "Is required: the name of the command.");
            return false;
        }

        int? seconds = body.TryGetProperty("seconds", out var said) && said.ValueKind == JsonValueKind.Number && said.TryGetInt32(out var number) ? number : null;
        if (DeviceCommand.TryCreate(type, seconds, out command, out refusal)) return true;
        refusal = refusal with { Field = "command." + refusal.Field };
        return false;
    }

    private static void Write(Utf8JsonWriter json, DeviceCommand command)
    {
        if (command is DeviceCommand.Unknown) throw new ArgumentException("Only a command that this version knows can be sent.", nameof(command));
        json.WriteStartObject();
        json.WriteString("type", command.Type);
        if (command is DeviceCommand.Interval interval) json.WriteNumber("seconds", interval.Seconds);
        json.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(160);
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        return buffer.WrittenSpan.ToArray();
    }

    // Whole seconds: nothing here needs more, and small parsers like it.
    private static DateTime Seconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()).UtcDateTime;

    private static bool TryText(JsonElement parent, string name, out string text)
    {
        var isText = parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;
        try
        {
            text = isText ? value.GetString()! : "";
        }
        catch (InvalidOperationException)
        {
            // An escape such as half a surrogate pair stands for no text.
            (isText, text) = (false, "");
        }

        return isText;
    }

    private static bool TryInstant(JsonElement parent, string name, out DateTimeOffset at)
    {
        at = default;
        return TryText(parent, name, out _) && parent.GetProperty(name).TryGetDateTimeOffset(out at) && at != default;
    }

    private static Refusal Refuse(string field, string detail) => new(RefusalReason.PayloadFormatInvalid, field, detail);
}
