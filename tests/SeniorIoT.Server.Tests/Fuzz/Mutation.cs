namespace SeniorIoT.Server.Tests.Fuzz;

/// <summary>Ways to spoil bytes that were good.</summary>
internal static class Mutation
{
    private static readonly byte[] Telling = [0x00, 0x01, 0x02, 0x7F, 0x80, 0xC0, 0xED, 0xF5, 0xFE, 0xFF, (byte)'#', (byte)'+', (byte)'/', (byte)'"', (byte)'{', (byte)'}', (byte)'e', (byte)'-', (byte)'9'];

    /// <summary>One to four mutations, one upon the other. <paramref name="others"/> are what pieces are taken from.</summary>
    public static byte[] Spoil(byte[] bytes, Random chance, IReadOnlyList<byte[]> others)
    {
        for (var times = chance.Next(1, 5); times > 0; times--) bytes = Once(bytes, chance, others);
        return bytes;
    }

    private static byte[] Once(byte[] bytes, Random chance, IReadOnlyList<byte[]> others)
    {
        if (bytes.Length == 0) return Piece(chance, others);
        var at = chance.Next(bytes.Length);
        var end = Math.Min(bytes.Length, at + chance.Next(1, 16));
        switch (chance.Next(9))
        {
            case 0: return Changed(at, (byte)(bytes[at] ^ (1 << chance.Next(8))));
            case 1: return Changed(at, Telling[chance.Next(Telling.Length)]);
            case 2: return bytes[..at];
            case 3: return [.. bytes[..at], .. bytes[end..]];
            case 4: return [.. bytes[..end], .. bytes[at..]];
            case 5: return [.. bytes[..at], .. Piece(chance, others), .. bytes[at..]];
            case 6: return [.. bytes[..at], .. Piece(chance, others)];
            case 7: return [.. bytes[..at], .. Noise(chance), .. bytes[end..]];
            default: // a length that lies, wherever it stands
                var lie = chance.Next(4) switch { 0 => 0, 1 => 0xFFFF, 2 => bytes.Length, _ => chance.Next(0x10000) };
                return at + 1 < bytes.Length ? [.. bytes[..at], (byte)(lie >> 8), (byte)lie, .. bytes[(at + 2)..]] : bytes;
        }

        byte[] Changed(int index, byte value)
        {
            var copy = bytes.ToArray();
            copy[index] = value;
            return copy;
        }
    }

    private static byte[] Piece(Random chance, IReadOnlyList<byte[]> others)
    {
        var other = others[chance.Next(others.Count)];
        if (other.Length == 0) return other;
        var at = chance.Next(other.Length);
        return other[at..Math.Min(other.Length, at + chance.Next(1, 64))];
    }

    private static byte[] Noise(Random chance)
    {
        var noise = new byte[chance.Next(1, 32)];
        chance.NextBytes(noise);
        return noise;
    }
}
