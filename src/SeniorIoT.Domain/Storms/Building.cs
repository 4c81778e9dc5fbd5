using System.Text.RegularExpressions;

namespace SeniorIoT.Domain.Storms;

/// <summary>The building of an address: what loses its power, water or network at once.</summary>
public static partial class Building
{
    /// <summary>
    /// The address up to its building: to the last 号楼, 幢, 栋 or 座 with its number, else to the last 号 that is not a room's, else to the
    /// last numbered 楼. <c>江苏路100弄38号1070室</c> is in <c>江苏路100弄38号</c>. Null when the address names none: such a home
    /// belongs to no building. Blanks and full-width digits make no difference. Asked of its own answer, it answers the same.
    /// </summary>
    public static string? Of(string address)
    {
        var written = string.Concat(address.Where(c => !char.IsWhiteSpace(c)).Select(Narrow));
        foreach (var mark in (Regex[])[Block(), Number(), Floors()])
            if (mark.Match(written) is { Success: true } found) return written[..(found.Index + found.Length)];
        return null;
    }

    /// <summary>Whether <see cref="Of"/> an address is <paramref name="building"/>: quick for those that are elsewhere, so that a city can be asked.</summary>
    public static bool Holds(string building, string address)
    {
        var at = 0;
        for (var i = 0; i < address.Length && at < building.Length; i++)
        {
            if (char.IsWhiteSpace(address[i])) continue;
            if (Narrow(address[i]) != building[at++]) return false;
        }

        return at == building.Length && Of(address) == building;
    }

    // Full-width forms stand one behind the other as the narrow ones do. (Normalization needs cultures, which the server does without.)
    private static char Narrow(char c) => c is >= '！' and <= '～' ? (char)(c - '！' + '!') : c;

    [GeneratedRegex("[0-9A-Za-z一二三四五六七八九十甲乙丙丁东南西北](号楼|幢|栋|座)", RegexOptions.RightToLeft)]
    private static partial Regex Block();

    [GeneratedRegex("[0-9A-Za-z一二三四五六七八九十甲乙丙丁]号(?!室|房|信箱)", RegexOptions.RightToLeft)]
    private static partial Regex Number();

    [GeneratedRegex("[0-9一二三四五六七八九十]楼", RegexOptions.RightToLeft)]
    private static partial Regex Floors();
}
