using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Notices;

/// <summary>How to reach Aliyun's SMS service. Without <see cref="AccessKeyId"/> it sends nothing.</summary>
internal sealed class AliyunOptions
{
    private const int SecretLengthMin = 16;

    /// <summary>Id of an access key that may send texts, and nothing else.</summary>
    public string? AccessKeyId { get; set; }

    /// <summary>Its secret.</summary>
    public string? AccessKeySecret { get; set; }

    /// <summary>The registered signature, without its brackets. It stands before every text in place of the sub-district's name.</summary>
    public string? SignName { get; set; }

    /// <summary>
    /// Codes of the registered templates, by the ids that <c>sms-templates</c> lists. <c>note</c> and <c>note-long</c> stand in for those left out, and must be there.
    /// </summary>
    public Dictionary<string, string> Templates { get; set; } = [];

    /// <summary>Where the API is; another address in tests.</summary>
    public Uri BaseUrl { get; set; } = new("https://dysmsapi.aliyuncs.com");

    /// <summary>
    /// Secret in the addresses that Aliyun calls: <c>/api/v1/sms/aliyun/receipt?key=…</c> and <c>…/inbound?key=…</c>. Aliyun signs nothing, so whoever
    /// knows it is believed. Null: nobody is, and no receipts are waited for.
    /// </summary>
    public string? CallbackKey { get; set; }

    /// <summary>Texts in a second; Aliyun takes thousands.</summary>
    public double TextsPerSecond { get; set; } = 50;

    /// <summary>Texts that a number may get in a day; 0: any number; null: the table of <see cref="SendBudget"/>.</summary>
    public int? TextsADay { get; set; }

    /// <summary>Every error, each with the setting and the remedy.</summary>
    public IEnumerable<string> Errors()
    {
        if (AccessKeyId is null) yield break;
        if (string.IsNullOrEmpty(AccessKeySecret)) yield return "Aliyun:AccessKeySecret is missing: copy it from the Aliyun console.";
        if (string.IsNullOrEmpty(SignName)) yield return "Aliyun:SignName is missing: the registered signature, such as 江苏路街道.";
        else if (SignName.Length > 12) yield return "Aliyun:SignName has more than 12 characters, which Aliyun does not register.";
        foreach (var template in (NoticeTemplate[])[NoticeTemplate.Note, NoticeTemplate.LongNote])
            if (!Templates.ContainsKey(template.Id)) yield return $"Aliyun:Templates:{template.Id} is missing: set it to a registered code SMS_…; see `sms-templates`.";
        foreach (var id in Templates.Keys.Where(id => NoticeTemplate.All.All(template => template.Id != id)))
            yield return $"Aliyun:Templates:{id}: there is no such template; use {string.Join(", ", NoticeTemplate.All.Select(template => template.Id))}.";
        if (CallbackKey is { Length: < SecretLengthMin }) yield return $"Aliyun:CallbackKey must have at least {SecretLengthMin} characters: it is a password.";
        if (TextsPerSecond is < 0.1 or > 5000) yield return "Aliyun:TextsPerSecond must be 0.1 to 5000.";
        if (TextsADay is < 0 or > 10_000) yield return "Aliyun:TextsADay must be 0 (any number) to 10000; leave it out for the usual limits.";
    }
}
