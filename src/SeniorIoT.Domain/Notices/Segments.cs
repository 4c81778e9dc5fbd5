namespace SeniorIoT.Domain.Notices;

/// <summary>How networks count a text: in segments, each of which costs, and each of which can get lost.</summary>
/// <param name="IsUcs2">One character outside the GSM 7-bit alphabet (any Chinese one, a curly quote) turns the whole text into 16-bit units.</param>
/// <param name="Units">Length in units of its encoding: septets, of which extension characters take two, or UTF-16 code units.</param>
/// <param name="Count">Segments: 160 septets or 70 units in one, 153 or 67 in each of several.</param>
public readonly record struct Segments(bool IsUcs2, int Units, int Count)
{
    // 3GPP TS 23.038, 6.2.1: the default alphabet and its extension table.
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Extension = "\f^{}\\[~]|€";

    /// <summary>Counts a text. An empty one is one segment, because it is sent as one.</summary>
    public static Segments Of(string text)
    {
        var septets = 0;
        var spills = 0; // units that the ends of segments leave free
        foreach (var c in text)
        {
            var width = Basic.Contains(c) ? 1 : Extension.Contains(c) ? 2 : 0;
            if (width == 0) return Of16(text);
            // The two septets of an extension character are never parted.
            if (width == 2 && (septets + spills) % 153 == 152) spills++;
            septets += width;
        }

        return new(false, septets, septets <= 160 ? 1 : (septets + spills + 152) / 153);
    }

    private static Segments Of16(string text)
    {
        var spills = 0;
        for (var i = 0; i < text.Length; i++)
            // Nor are the halves of a rare character.
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && (i + spills) % 67 == 66) spills++;
        return new(true, text.Length, text.Length <= 70 ? 1 : (text.Length + spills + 66) / 67);
    }
}
