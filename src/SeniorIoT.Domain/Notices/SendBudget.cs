namespace SeniorIoT.Domain.Notices;

/// <summary>A text that was handed to a provider.</summary>
/// <param name="At">When.</param>
/// <param name="AlertId">What it was about; empty: nothing that was raised.</param>
/// <param name="Provider">Which provider had it.</param>
/// <param name="Text">The text.</param>
public sealed record PastText(DateTimeOffset At, string AlertId, string Provider, string Text);

/// <summary>So many texts within a time, and no more, to one number.</summary>
/// <param name="TextsMax">How many are let through.</param>
/// <param name="Within">The window, counted back from now.</param>
/// <param name="IsSameText">Whether only texts that are the same, letter by letter, count.</param>
public sealed record SendLimit(int TextsMax, TimeSpan Within, bool IsSameText = false);

/// <summary>
/// How many texts a provider and its networks let through to one number before they refuse, or review all that follow by hand. We hold
/// back before they do, because a number that is under review gets nothing for a day, not even a call for help.
/// </summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Prefix">Numbers that begin so; empty: all.</param>
/// <param name="Limits">Each of them holds.</param>
public sealed record SendBudget(string Provider, string Prefix, IReadOnlyList<SendLimit> Limits)
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>No limits.</summary>
    public static readonly SendBudget None = new("", "", []);

    /// <summary>
    /// The table. Aliyun: at most 50 notifications a number, signature and template in a day; counted over all templates, which is stricter.
    /// Networks of the mainland refuse the fourth identical text of a day. Through Twilio the fifth text of a day puts the number under
    /// review for 24 hours (Twilio's notes on China; undated, so the number of a day can be set).
    /// </summary>
    public static IReadOnlyList<SendBudget> Table { get; } =
    [
        new("aliyun", "+86", [new(50, Day), new(3, Day, IsSameText: true)]),
        new("twilio", "+86", [new(4, Day), new(3, Day, IsSameText: true)]),
    ];

    /// <summary>The budget for a number.</summary>
    /// <param name="provider">Who would send.</param>
    /// <param name="number">To whom, in E.164.</param>
    /// <param name="textsADay">What the contract with the provider allows a number in 24 hours in place of the table's; 0: any number; null: the table's.</param>
    public static SendBudget For(string provider, string number, int? textsADay = null)
    {
        var row = Table.FirstOrDefault(row => row.Provider == provider && number.StartsWith(row.Prefix, StringComparison.Ordinal)) ?? None;
        return textsADay switch
        {
            null => row,
            0 => row with { Limits = [.. row.Limits.Where(limit => limit.IsSameText)] },
            { } count => row with { Limits = [.. row.Limits.Where(limit => limit.IsSameText), new(count, Day)] },
        };
    }

    /// <summary>
    /// The limit that a text would break; null when it may go. The first text of a P1 alert to a person always may: better refused by the
    /// network than by us.
    /// </summary>
    /// <param name="history">What the number got; other providers' texts and those before the window do not count.</param>
    /// <param name="text">What would be sent.</param>
    /// <param name="alertId">About what.</param>
    /// <param name="isP1">Whether that is a P1 alert.</param>
    /// <param name="now">The moment of the decision.</param>
    public SendLimit? Breaks(IReadOnlyList<PastText> history, string text, string alertId, bool isP1, DateTimeOffset now)
    {
        if (isP1 && !history.Any(sent => sent.AlertId == alertId)) return null;
        return Limits.FirstOrDefault(limit =>
            history.Count(sent => sent.Provider == Provider && sent.At > now - limit.Within && sent.At <= now && (!limit.IsSameText || sent.Text == text)) >= limit.TextsMax);
    }

    /// <summary>How many more of a day are left to a number; null: as many as one likes.</summary>
    public int? LeftOfDay(IReadOnlyList<PastText> history, DateTimeOffset now) => Limits.FirstOrDefault(limit => !limit.IsSameText) is { } day
        ? Math.Max(0, day.TextsMax - history.Count(sent => sent.Provider == Provider && sent.At > now - day.Within && sent.At <= now))
        : null;
}
