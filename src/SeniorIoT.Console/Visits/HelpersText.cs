using System.Globalization;
using SeniorIoT.Api;

namespace SeniorIoT.Console.Visits;

/// <summary>Whoever else was at a visit, as people type it in one line: <c>李四 30, 王五 13800000001 20</c>. The last number of at most three digits is minutes, a longer one the phone.</summary>
internal static class HelpersText
{
    private const int MinutesDigitsMax = 3;

    /// <summary>The people of a line; empty for an empty one.</summary>
    public static IReadOnlyList<VisitHelper> Read(string line) =>
    [
        .. line.Split([',', '，', ';', '；', '、'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(one =>
        {
            var words = one.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
            int? minutes = words.Count > 1 && words[^1].Length <= MinutesDigitsMax && int.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : null;
            if (minutes is not null) words.RemoveAt(words.Count - 1);
            var phone = words.Count > 1 && words[^1].Count(char.IsAsciiDigit) > MinutesDigitsMax ? words[^1] : null;
            if (phone is not null) words.RemoveAt(words.Count - 1);
            return new VisitHelper(string.Join(' ', words), minutes) { Phone = phone };
        }),
    ];

    /// <summary>The line of people, which <see cref="Read"/> reads.</summary>
    public static string Write(IEnumerable<VisitHelper> helpers) =>
        string.Join(", ", helpers.Select(helper => string.Join(' ', ((string?[])[helper.Name, helper.Phone, helper.Minutes?.ToString(CultureInfo.InvariantCulture)]).OfType<string>())));
}
