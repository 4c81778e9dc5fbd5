using System.Text.RegularExpressions;

namespace SeniorIoT.Server.Notices;

/// <summary>How to reach Twilio. Without <see cref="AccountSid"/> it sends nothing.</summary>
internal sealed partial class TwilioOptions
{
    /// <summary>Account, <c>AC</c> and 32 hexadecimal digits.</summary>
    public string? AccountSid { get; set; }

    /// <summary>Secret of the account; also the key of webhook signatures.</summary>
    public string? AuthToken { get; set; }

    /// <summary>Sender: an E.164 number, or a messaging service id (<c>MG…</c>).</summary>
    public string? From { get; set; }

    /// <summary>Where the API is; another address in tests.</summary>
    public Uri BaseUrl { get; set; } = new("https://api.twilio.com");

    /// <summary>This server as Twilio reaches it, for receipts; a proxy may have it below a path. Null: no receipts are asked for.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>The public address of a path of ours; null without <see cref="PublicUrl"/>.</summary>
    public string? Public(string path) => PublicUrl is { } self ? new Uri(self.AbsoluteUri.TrimEnd('/') + path).AbsoluteUri : null;

    /// <summary>Texts in a second. A long code takes 1, a toll-free number 3, a short code 100; more wait at Twilio, where P1 does not overtake.</summary>
    public double TextsPerSecond { get; set; } = 10;

    /// <summary>Texts that a number may get in a day; 0: any number; null: the table of <see cref="Domain.Notices.SendBudget"/>.</summary>
    public int? TextsADay { get; set; }

    /// <summary>Every error, each with the setting and the remedy.</summary>
    public IEnumerable<string> Errors()
    {
        if (AccountSid is null) yield break;
        if (!Account().IsMatch(AccountSid)) yield return "Twilio:AccountSid must be AC and 32 hexadecimal digits.";
        if (string.IsNullOrEmpty(AuthToken)) yield return "Twilio:AuthToken is missing: copy it from the Twilio console.";
        if (string.IsNullOrEmpty(From)) yield return "Twilio:From is missing: a sender number such as +14155550100, or a messaging service id MG….";
        else if (From.StartsWith("MG", StringComparison.Ordinal) && !Service().IsMatch(From)) yield return "Twilio:From: a messaging service id is MG and 32 hexadecimal digits.";
        if (PublicUrl is { } self && (!self.IsAbsoluteUri || self.Scheme is not ("https" or "http") || self.Query.Length > 0)) yield return $"twilio-public-url: '{self}' is not an address such as https://care.example.";
        if (TextsPerSecond is < 0.1 or > 1000) yield return "Twilio:TextsPerSecond must be 0.1 to 1000.";
        if (TextsADay is < 0 or > 10_000) yield return "Twilio:TextsADay must be 0 (any number) to 10000; leave it out for the usual limits.";
    }

    [GeneratedRegex("^AC[0-9a-fA-F]{32}$")]
    private static partial Regex Account();

    [GeneratedRegex("^MG[0-9a-fA-F]{32}$")]
    private static partial Regex Service();
}
