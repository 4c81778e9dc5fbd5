using System.Diagnostics.CodeAnalysis;

namespace SeniorIoT.DeviceProtocol;

/// <summary>What a device can be asked to do. Version 1 grows only by addition, so a device meets types that it does not know.</summary>
public abstract record DeviceCommand
{
    /// <summary>Shortest report interval that can be asked for, in seconds.</summary>
    public const int IntervalSecondsMin = 60;

    /// <summary>Longest report interval that can be asked for, in seconds: a device that is not heard for 25 h counts as silent.</summary>
    public const int IntervalSecondsMax = 86_400;

    private DeviceCommand(string type) => Type = type;

    /// <summary>Its name on the wire.</summary>
    public string Type { get; }

    /// <summary><c>report</c>: send the present reading, or a heartbeat, now.</summary>
    public sealed record Report() : DeviceCommand("report");

    /// <summary><c>interval</c>: report so often from now on, until the next such command.</summary>
    /// <param name="Seconds"><see cref="IntervalSecondsMin"/> to <see cref="IntervalSecondsMax"/>.</param>
    public sealed record Interval(int Seconds) : DeviceCommand("interval");

    /// <summary><c>test</c>: do the self-test of a smoke detector and send its <c>test</c> event.</summary>
    public sealed record Test() : DeviceCommand("test");

    /// <summary>A type that this version does not know: the device acknowledges it and does nothing.</summary>
    /// <param name="Name">Its name on the wire.</param>
    public sealed record Unknown(string Name) : DeviceCommand(Name);

    /// <summary>Types that devices of a kind understand, as they stand on the wire.</summary>
    public static IReadOnlyList<string> TypesFor(DeviceKind kind) => kind == DeviceKind.Smoke ? ["report", "interval", "test"] : ["report", "interval"];

    /// <summary>Makes a command from what a person or a payload says. On failure <paramref name="refusal"/> names the field and the remedy.</summary>
    /// <param name="type">The type on the wire; one that is not known gives <see cref="Unknown"/>.</param>
    /// <param name="seconds">For <c>interval</c>; null when it was not said.</param>
    /// <param name="command">The command.</param>
    /// <param name="refusal">What is wrong.</param>
    public static bool TryCreate(string type, int? seconds, [NotNullWhen(true)] out DeviceCommand? command, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = null;
        command = type switch
        {
            "report" => new Report(),
            "test" => new Test(),
            "interval" when seconds is >= IntervalSecondsMin and <= IntervalSecondsMax => new Interval(seconds.Value),
            "interval" => null,
            _ => new Unknown(type),
        };
        if (command is null)
            refusal = new(RefusalReason.PayloadFormatInvalid, "seconds", $"An interval must say its seconds: a whole number, {IntervalSecondsMin} to {IntervalSecondsMax}.");
        return command is not null;
    }
}

/// <summary>A command as it goes down to a device.</summary>
/// <param name="Id">1 to 32 characters, never used again. A device that has seen it before acknowledges and does nothing.</param>
/// <param name="OrderedAt">When it was ordered.</param>
/// <param name="ExpiresAt">From when on it must not be carried out any more.</param>
/// <param name="Command">What to do.</param>
public sealed record CommandMessage(string Id, DateTimeOffset OrderedAt, DateTimeOffset ExpiresAt, DeviceCommand Command);
