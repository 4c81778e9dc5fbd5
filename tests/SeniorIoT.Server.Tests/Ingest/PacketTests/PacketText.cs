using System.Buffers.Binary;
using System.Text;

namespace SeniorIoT.Server.Tests.Ingest.PacketTests;

/// <summary>
/// A packet as text: blank-separated hex bytes, 'text', and numbers with a letter for their width: <c>i</c> 8 bits; <c>H k m s</c> 16; <c>L</c> 32;
/// <c>r v</c> of variable length, which may be more than the standard allows. <c>r</c> alone is the length of all that follows.
/// </summary>
internal static class PacketText
{
    public static byte[] Parse(string text)
    {
        var bytes = new List<byte>();
        int? lengthAt = null;
        foreach (var token in Tokens(text))
        {
            if (token == "r") lengthAt = bytes.Count;
            else bytes.AddRange(ParseToken(token));
        }

        if (lengthAt is { } at) bytes.InsertRange(at, Variable(bytes.Count - at));
        return [.. bytes];
    }

    private static byte[] ParseToken(string token)
    {
        if (token[0] == '\'') return Encoding.UTF8.GetBytes(token[1..^1]);
        if (char.IsAsciiHexDigit(token[0])) return Convert.FromHexString(token);
        var number = long.Parse(token[1..], System.Globalization.CultureInfo.InvariantCulture);
        var wide = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(wide, (uint)number);
        return token[0] switch
        {
            'i' => wide[3..],
            'H' or 'k' or 'm' or 's' => wide[2..],
            'L' => wide,
            'r' or 'v' => Variable(number),
            _ => throw new FormatException($"What is {token}?"),
        };
    }

    private static byte[] Variable(long number)
    {
        var bytes = new List<byte>();
        do
        {
            bytes.Add((byte)((number & 0x7F) + (number > 0x7F ? 0x80 : 0)));
            number >>= 7;
        }
        while (number > 0);
        return [.. bytes];
    }

    private static IEnumerable<string> Tokens(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == ' ')
            {
                at++;
                continue;
            }

            var end = text.IndexOf(text[at] == '\'' ? '\'' : ' ', at + 1);
            end = end < 0 ? text.Length : text[at] == '\'' ? end + 1 : end;
            yield return text[at..end];
            at = end;
        }
    }
}
