using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Proof;

/// <summary>How the server proves that it works.</summary>
internal sealed class ProofOptions
{
    /// <summary>Minutes between two presses of the server's own button; 0: none.</summary>
    public int ProbeMinutes { get; set; } = 15;

    /// <summary>Who gets the text of such a press; null: none is sent.</summary>
    public string? ProbeNumber { get; set; }

    /// <summary>Asked for with GET while all is well; null: nobody is.</summary>
    public Uri? HeartbeatUrl { get; set; }

    /// <summary>Seconds between two of these.</summary>
    public int HeartbeatSeconds { get; set; } = 60;

    /// <summary>Names of the settings that are options of <c>serve</c>, with a word of help.</summary>
    public static IReadOnlyList<(string Option, string Key, string Help)> Named { get; } =
    [
        ("probe-minutes", "Proof:ProbeMinutes", "minutes between two presses of the server's own button, which show that a call comes through; 0 for none (default: 15)"),
        ("probe-number", "Proof:ProbeNumber", "number that gets the text of such a press; without it no text is sent"),
        ("heartbeat-url", "Proof:HeartbeatUrl", "address that is asked for while all is well; whoever is behind it calls for help when it is not"),
        ("heartbeat-seconds", "Proof:HeartbeatSeconds", "seconds between two of these (default: 60)"),
    ];

    /// <summary>Every error, each with the setting and the remedy.</summary>
    public IEnumerable<string> Errors()
    {
        if (ProbeMinutes is < 0 or > 1440) yield return "probe-minutes: must be 0 (none) to 1440.";
        if (ProbeNumber is not null && PhoneNumber.ToE164(ProbeNumber) is null) yield return $"probe-number: '{ProbeNumber}' is not a phone number such as +8613800000001.";
        if (HeartbeatUrl is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https")))
            yield return $"heartbeat-url: '{url}' is not an address such as https://example.org/ping/4711.";
        if (HeartbeatSeconds is < 5 or > 3600) yield return "heartbeat-seconds: must be 5 to 3600.";
    }
}
