using System.Globalization;

namespace SeniorIoT.Server.Access;

/// <summary>Instants in query strings.</summary>
internal static class Instants
{
    /// <summary>ISO 8601 with an offset; null when left out. What is wrong goes to <paramref name="faults"/>.</summary>
    public static DateTimeOffset? Read(string field, string? text, Faults faults)
    {
        if (string.IsNullOrEmpty(text)) return null;
        // A plus sign that was not escaped arrives as a blank.
        if (DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            && at.Year is >= 2000 and < 2100) return at;
        faults.Add(field, "Must be an ISO 8601 instant such as 2026-01-02T03:04:05Z, in the years 2000 to 2099.");
        return null;
    }
}
