namespace SeniorIoT.Server.Mails;

/// <summary>The mail server. Without <see cref="Host"/> mails are written down and not sent.</summary>
internal sealed class MailOptions
{
    /// <summary>Its name or address.</summary>
    public string? Host { get; set; }

    /// <summary>Its port: 587 for submission, 465 with <see cref="Tls"/> <c>tls</c>.</summary>
    public int Port { get; set; } = 587;

    /// <summary><c>starttls</c>: the connection is encrypted after a greeting, or not used; <c>tls</c>: from the first byte; <c>none</c>: only within one house.</summary>
    public string Tls { get; set; } = "starttls";

    /// <summary>Who logs in; null: nobody has to.</summary>
    public string? User { get; set; }

    /// <summary>The password.</summary>
    public string? Password { get; set; }

    /// <summary>Where mails come from.</summary>
    public string? From { get; set; }

    /// <summary>Every error, each with the setting and the remedy.</summary>
    public IEnumerable<string> Errors()
    {
        if (Host is null) yield break;
        if (Port is < 1 or > 65535) yield return "mail-port: must be 1 to 65535.";
        if (Tls is not ("starttls" or "tls" or "none")) yield return $"mail-tls: '{Tls}' is not starttls, tls or none.";
        if (string.IsNullOrEmpty(From) || !MimeKit.MailboxAddress.TryParse(From, out _)) yield return "mail-from: must be an address such as senioriot@example.org.";
        if (User is not null && string.IsNullOrEmpty(Password)) yield return "mail-password is missing: mail-user is set.";
    }
}
