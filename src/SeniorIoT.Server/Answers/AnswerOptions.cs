namespace SeniorIoT.Server.Answers;

/// <summary>The page on which people answer with a phone. Without <see cref="PublicUrl"/> no link is given out.</summary>
internal sealed class AnswerOptions
{
    /// <summary>This server as phones reach it, e.g. <c>https://care.example</c>; null: no links.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>How long a link opens its alert.</summary>
    public double LinkHours { get; set; } = 4;

    /// <summary>Every error, each with the setting and the remedy.</summary>
    public IEnumerable<string> Errors()
    {
        if (PublicUrl is not null && (!Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http")))
            yield return $"answer-url: '{PublicUrl}' is not an address such as https://care.example.";
        if (LinkHours is not (> 0 and <= 72)) yield return "answer-link-hours: must be more than 0 and at most 72.";
    }
}
