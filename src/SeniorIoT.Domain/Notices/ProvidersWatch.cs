using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Domain.Notices;

/// <summary>When the administrator is told that no text goes out at all.</summary>
public static class ProvidersWatch
{
    /// <summary>So long all of them must have been out of order: a hiccup is none.</summary>
    public static readonly TimeSpan DownFor = TimeSpan.FromSeconds(60);

    /// <summary>Since when no provider takes texts; null: one does, or none is set up.</summary>
    /// <param name="texts">How the providers of texts are.</param>
    public static DateTimeOffset? DownSince(IReadOnlyCollection<ProviderCondition> texts) =>
        texts.Count > 0 && texts.All(one => one.IsDown) ? texts.Max(one => one.Since) : null;

    /// <summary>Decides what is to be told: a raise, a clearing, or nothing. A trouble that goes on is told again after somebody closed its alert.</summary>
    /// <param name="texts">How the providers of texts are, by name.</param>
    /// <param name="waiting">How many texts wait for one of them.</param>
    /// <param name="standing">The newest alert of <see cref="Rule.ProvidersDown"/>; null when there never was one.</param>
    /// <param name="now">The moment.</param>
    public static Finding? Decide(IReadOnlyDictionary<string, ProviderCondition> texts, int waiting, Alert? standing, DateTimeOffset now)
    {
        var rule = Rule.ProvidersDown;
        var isStanding = standing is { IsClosed: false, ClearedAt: null };
        if (DownSince([.. texts.Values]) is not { } since) return isStanding ? new Finding.Cleared(rule, now, "A provider takes texts again.") : null;
        if (isStanding || now - since < DownFor) return null;
        var said = string.Join(' ', texts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"The provider {pair.Key} is down. {pair.Value.Problem}"));
        var note = string.Create(CultureInfo.InvariantCulture, $"No provider takes texts. Texts that wait: {waiting}. Call people by phone until one does; what is still needed goes out then. {said}");
        return new Finding.Raised(rule, since, $"{Rule.SystemSubject}/{rule}/{since.ToUnixTimeMilliseconds()}/{now.ToUnixTimeMilliseconds()}", new Evidence(Note: note));
    }
}
