namespace SeniorIoT.Server.Ingest;

/// <summary>Packets of version 5, with the last will as one, as far as a client may send them with properties.</summary>
[Flags]
internal enum Bearers
{
    None = 0,
    Connect = 1,
    Will = 2,
    Publish = 4,
    Acknowledgement = 8,
    Subscribe = 16,
    Unsubscribe = 32,
    Disconnect = 64,
    All = 127,
}

/// <summary>The properties of version 5: what each holds, where it may stand, how often, and within which range.</summary>
internal static class PacketProperties
{
    public const int AuthenticationMethod = 0x15, AuthenticationData = 0x16, SubscriptionId = 0x0B, TopicAlias = 0x23;

    private const int UserProperty = 0x26;

    private enum Holds
    {
        Nothing,
        Flag,
        UInt16,
        NotZero16,
        UInt32,
        NotZero32,
        Variable,
        Pair,
        Text,
        Binary,
    }

    private static readonly (Holds Holds, Bearers In)[] Known = Table();

    /// <summary>Reads the properties and their length before them. Returns the ids that were there, as bits.</summary>
    public static ulong Read(scoped ref PacketReader packet, Bearers bearer)
    {
        var length = packet.Variable();
        if (length == 0) return 0;
        var reader = new PacketReader(packet.Take(length));
        var seen = 0UL;
        while (reader.Left > 0)
        {
            // An id is a variable length number too, but all there are take one byte.
            var id = reader.Byte();
            var (holds, bearers) = id < Known.Length ? Known[id] : default;
            if (holds == Holds.Nothing) throw PacketViolation.Malformed($"There is no property 0x{id:X2}.");
            ReadValue(ref reader, id, holds);
            if ((bearers & bearer) == 0) throw PacketViolation.Malformed($"Property 0x{id:X2} does not belong to this packet.");
            if (Has(seen, id) && id != UserProperty) throw PacketViolation.Protocol($"Property 0x{id:X2} is there twice.");
            seen |= 1UL << id;
        }

        return seen;
    }

    /// <summary>Whether an id is among those that <see cref="Read"/> returned.</summary>
    public static bool Has(ulong seen, int id) => (seen & (1UL << id)) != 0;

    private static void ReadValue(scoped ref PacketReader reader, int id, Holds holds)
    {
        const string Field = "text of a property";
        var isInRange = true;
        switch (holds)
        {
            case Holds.Flag: isInRange = reader.Byte() <= 1; break;
            case Holds.UInt16: reader.UInt16(); break;
            case Holds.NotZero16: isInRange = reader.UInt16() != 0; break;
            case Holds.UInt32: reader.UInt32(); break;
            case Holds.NotZero32: isInRange = reader.UInt32() != 0; break;
            case Holds.Variable: isInRange = reader.Variable() != 0; break;
            case Holds.Text: reader.Text(Field); break;
            case Holds.Binary: reader.Binary(); break;
            default:
                reader.Text(Field);
                reader.Text(Field);
                break;
        }

        if (!isInRange) throw PacketViolation.Protocol($"Property 0x{id:X2} is out of its range.");
    }

    private static (Holds Holds, Bearers In)[] Table()
    {
        const Bearers Message = Bearers.Publish | Bearers.Will;
        var table = new (Holds, Bearers)[0x2B];
        table[0x01] = (Holds.Flag, Message);
        table[0x02] = (Holds.UInt32, Message);
        table[0x03] = (Holds.Text, Message);
        table[0x08] = (Holds.Text, Message);
        table[0x09] = (Holds.Binary, Message);
        table[SubscriptionId] = (Holds.Variable, Bearers.Subscribe | Bearers.Publish);
        table[0x11] = (Holds.UInt32, Bearers.Connect | Bearers.Disconnect);
        table[0x12] = (Holds.Text, Bearers.None);
        table[0x13] = (Holds.UInt16, Bearers.None);
        table[AuthenticationMethod] = (Holds.Text, Bearers.Connect);
        table[AuthenticationData] = (Holds.Binary, Bearers.Connect);
        table[0x17] = (Holds.Flag, Bearers.Connect);
        table[0x18] = (Holds.UInt32, Bearers.Will);
        table[0x19] = (Holds.Flag, Bearers.Connect);
        table[0x1A] = (Holds.Text, Bearers.None);
        table[0x1C] = (Holds.Text, Bearers.Disconnect);
        table[0x1F] = (Holds.Text, Bearers.Acknowledgement | Bearers.Disconnect);
        table[0x21] = (Holds.NotZero16, Bearers.Connect);
        table[0x22] = (Holds.UInt16, Bearers.Connect);
        // What an alias of 0 means is said with its own code, by whoever refuses all of them.
        table[TopicAlias] = (Holds.UInt16, Bearers.Publish);
        table[UserProperty] = (Holds.Pair, Bearers.All);
        table[0x27] = (Holds.NotZero32, Bearers.Connect);
        foreach (var answer in (int[])[0x24, 0x25, 0x28, 0x29, 0x2A]) table[answer] = (Holds.Flag, Bearers.None);
        return table;
    }
}
