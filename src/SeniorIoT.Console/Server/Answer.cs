namespace SeniorIoT.Console.Server;

/// <summary>What came of a request: a value, or why not. A refusal is something a person can meet, so it is a value.</summary>
public readonly record struct Answer<T>(T? Value, Problem? Problem)
{
    /// <summary>The value of a request that succeeded.</summary>
    public bool Ok(out T value)
    {
        value = Value!;
        return Problem is null;
    }
}

/// <summary>Why a request failed.</summary>
/// <param name="Status">HTTP status; 0 when the server was not reached.</param>
/// <param name="Sentence">What a person should read; null when not even the server said anything.</param>
/// <param name="Errors">Messages by field of a form.</param>
public sealed record Problem(int Status, string? Sentence, IReadOnlyDictionary<string, string[]> Errors)
{
    /// <summary>What another person did who was faster, where that is why.</summary>
    public Winner? Winner { get; init; }

    public const int Unreachable = 0;
    public const int Forbidden = 403;
    public const int Conflict = 409;

    internal static Problem NotReached { get; } = new(Unreachable, null, new Dictionary<string, string[]>());

    /// <summary>
    /// What is wrong with the fields, all together, so that nothing is lost for want of a field to show it at; else the
    /// server's own sentence, else ours for the status.
    /// </summary>
    public string Say(Words.Wording words) => Errors.Count > 0 ? words.Say("problem.fields", string.Join(" ", Errors.Values.SelectMany(texts => texts).Select(words.FromServer)))
        : Status == Forbidden ? words["problem.forbidden"]
        : Sentence is not null ? words.FromServer(Sentence) : (Status == Unreachable ? words["problem.unreachable"] : words.Say("problem.status", Status));

    /// <summary>The messages of one field, by its path in the body, e.g. <c>contacts[0].phone</c>.</summary>
    public string? Of(string field) => Errors.FirstOrDefault(error => error.Key.Equals(field, StringComparison.OrdinalIgnoreCase)).Value is { } messages
        ? string.Join(" ", messages)
        : null;
}

/// <summary>Problem details (RFC 9457) as the server sends them.</summary>
internal sealed record ProblemBody(string? Title, string? Detail, int? Status, Dictionary<string, string[]>? Errors)
{
    public string? By { get; init; }

    public DateTimeOffset? At { get; init; }

    public string? Kind { get; init; }
}

/// <summary>Who was faster, when, with what.</summary>
public sealed record Winner(string By, DateTimeOffset At, string Kind);
