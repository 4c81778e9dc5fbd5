using System.Buffers.Text;
using System.Text;
using SeniorIoT.Api;

namespace SeniorIoT.Server.Access;

/// <summary>
/// Where a page of a list begins and how long it is. A cursor names the last row of the page before, so pages stay right
/// while rows come and go; its form is our own business.
/// </summary>
/// <param name="After">Key of the last row already seen; empty at the beginning.</param>
/// <param name="Limit">Rows on the page.</param>
internal readonly record struct PageRequest(string After, int Limit)
{
    /// <summary>Rows on a page when nobody says.</summary>
    public const int LimitDefault = 100;

    /// <summary>Most rows on a page.</summary>
    public const int LimitMax = 500;

    /// <summary>Reads the query parameters; what is wrong with them goes to <paramref name="faults"/>.</summary>
    public static PageRequest Read(string? cursor, int? limit, Faults faults)
    {
        if (limit is < 1 or > LimitMax) faults.Add("limit", $"Must be 1 to {LimitMax}; leave it out for {LimitDefault}.");
        var after = "";
        if (!string.IsNullOrEmpty(cursor) && !TryDecode(cursor, out after))
            faults.Add("cursor", "Is not a cursor of ours: pass on the `next` of the page before, or leave it out to begin anew.");
        return new PageRequest(after, limit ?? LimitDefault);
    }

    /// <summary>As <see cref="Read"/>, for lists whose key is a number that falls from page to page.</summary>
    public static (long Before, int Limit) ReadFalling(string? cursor, int? limit, Faults faults)
    {
        var page = Read(cursor, limit, faults);
        if (page.After.Length == 0) return (long.MaxValue, page.Limit);
        if (!long.TryParse(page.After, out var before)) faults.Add("cursor", "Belongs to another list; leave it out to begin anew.");
        return (before, page.Limit);
    }

    /// <summary>A page from rows read with a limit of one more than fits: the surplus one tells that there is a next page.</summary>
    public static Page<TItem> Cut<TRow, TItem>(IReadOnlyList<TRow> rows, int limit, Func<TRow, string> keyOf, Func<TRow, TItem> show) => new(
        [.. rows.Take(limit).Select(show)],
        rows.Count > limit ? Encode(keyOf(rows[limit - 1])) : null);

    /// <summary>The cursor after a row with this key.</summary>
    public static string Encode(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    private static bool TryDecode(string cursor, out string key)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(cursor.Length)];
        var isRight = cursor.Length <= 512 && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out _);
        key = isRight ? Encoding.UTF8.GetString(bytes, 0, Base64Url.DecodeFromChars(cursor, bytes)) : "";
        return isRight;
    }
}
