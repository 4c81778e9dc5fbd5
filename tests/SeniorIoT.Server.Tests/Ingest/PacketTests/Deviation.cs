using System.Text.RegularExpressions;

namespace SeniorIoT.Server.Tests.Ingest.PacketTests;

/// <summary>Packet tests of Mosquitto's that end differently here, and why. Group and name are regular expressions for the whole text.</summary>
internal sealed record Deviation(string File, string Group, string Name, string Reason)
{
    private const string
        PropertyElsewhere = "A property that belongs to another packet makes this one malformed (0x81), says the standard in 2.2.2.2; Mosquitto calls it a protocol error.",
        Flags = "Wrong flags in the fixed header make every packet malformed (0x81), says the standard in 2.1.3; Mosquitto judges the packet first.",
        RoutesNothing = "Nothing is routed from one client to another, and a device may subscribe to its own command topic only.",
        OurTopics = "The topic is not one of the contract: acknowledged with 0x90, where a broker says 0x10 for want of subscribers.",
        NoQos2 = "QoS 2 is not offered: 0x9B, and version 3 is closed.",
        NoAlias = "Topic aliases are not offered (maximum 0): each is answered with 0x94.",
        NoPassword = "The test sends a CONNECT of its own without a password, which lets nobody in here.";

    public static readonly Deviation[] All =
    [
        new("AUTH", "v5.0 AUTH", "F[1248]", Flags),
        new("CONNACK", "v5.0 CONNACK", "2[1248]|issue 2163 v5", Flags),
        new("DISCONNECT", "v5.0 DISCONNECT", @"E[1248] \[.*", Flags),
        new("PUBREL", "v5.0 PUBREL", "6[346A] unsolicited", Flags),
        new("PUB(ACK|COMP|REC|REL)|DISCONNECT", "v5.0 .* DISALLOWED PROPERTIES", "(?!.*-property 0x).*(?<! missing)", PropertyElsewhere),
        new("PUBLISH", "v5.0 PUBLISH DISALLOWED PROPERTIES", @"(?!(2\*)?subscription-identifier[= ]|.*-property 0x).*(?<! missing)", PropertyElsewhere),
        new("FLOW", "v3.1.1 FLOW", ".*", RoutesNothing),
        new("FLOW", "v5.0 FLOW", "(?!.*PUBREL\\(.\\)).*", RoutesNothing),
        new("FLOW", "v5.0 FLOW WITH PROPERTIES", ".*", RoutesNothing),
        new("OTHER", ".*", ".*", RoutesNothing),
        new("UNSUBSCRIBE", ".*", @"A2 \(with subscribe\) .*", RoutesNothing),
        new("PUBLISH", "v5.0 PUBLISH ALLOWED PROPERTIES", "content-type is preserved\\?", RoutesNothing),
        new("PUBLISH", "v5.0 PUBLISH", "3[2A] QoS 1 Dup .", OurTopics),
        new("PUBLISH", ".*", "3[4C] QoS 2 (Dup|repeated).*|PUBLISH with \\$ topic.*", NoQos2),
        new("FLOW", "v5.0 FLOW", ".*", NoQos2),
        new("PUBLISH", "v5.0 PUBLISH ALLOWED PROPERTIES", @"topic-alias \(two byte integer\)( no topic)?", NoAlias),
        new("PUBLISH", "v5.0 PUBLISH ALLOWED PROPERTIES", "maximum packet size", NoPassword),
        new("DISCONNECT", "v5.0 DISCONNECT", "E0 non-zero session expiry", NoPassword),
        new("PUBLISH", "v5.0 PUBLISH ALLOWED PROPERTIES", @"(?!2|topic)[a-z-]+( \(.*\))?( empty.*)?|payload-format-indicator=[01] .*|message-expiry-interval=. .*|2\*user-property", OurTopics),
        new("PUBLISH", "v5.0 PUBLISH", "30 topic 0", "A PUBLISH without topic and alias is a protocol error (0x82), says the standard in 3.3.2.1; Mosquitto calls it malformed."),
        new("UNSUBSCRIBE", "v5.0 UNSUBSCRIBE", "A2 zero mid", "A packet id of 0 is a protocol error (0x82) here in every packet; in this one Mosquitto calls it malformed."),
        new("FORBIDDEN", "v5.0 FORBIDDEN", "00 remaining length 5 bytes", "A length of five bytes is malformed (0x81), whatever the packet."),
        new("FORBIDDEN", "v5.0 FORBIDDEN", "0A with illegal length C0", "A packet is judged when its fixed header is complete; one that never completes it ends with the keep-alive."),
    ];

    /// <summary>The first line that lists a test for a broker; null when none does.</summary>
    public static Deviation? Of(PacketTest test) =>
        All.FirstOrDefault(line => Matches("broker/(" + line.File + ")", test.File) && Matches(line.Group, test.Group) && Matches(line.Name, test.Name));

    private static bool Matches(string pattern, string text) => Regex.IsMatch(text, $"^(?:{pattern})$");
}
