namespace SeniorIoT.Server.Notices;

/// <summary>How texts are sent, whoever carries them.</summary>
internal sealed class SmsOptions
{
    /// <summary>Names of the providers in the order in which they are asked; one that is not set up is passed over.</summary>
    public string Order { get; set; } = "aliyun,twilio";

    /// <summary>So long a P1 text may be without a receipt, in seconds; then the next provider sends it, and the next step of the ladder is told.</summary>
    public int ReceiptSecondsUrgent { get; set; } = 60;

    /// <summary>The same for P2.</summary>
    public int ReceiptSecondsOther { get; set; } = 300;

    /// <summary>Providers in order.</summary>
    public IReadOnlyList<string> Providers => Order.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Every error, each with the setting and the remedy.</summary>
    public IEnumerable<string> Errors()
    {
        foreach (var name in Providers.Where(name => name is not ("twilio" or "aliyun"))) yield return $"sms-order: there is no provider '{name}'; use aliyun and twilio, separated by a comma.";
        if (ReceiptSecondsUrgent is < 10 or > 3600) yield return "Sms:ReceiptSecondsUrgent must be 10 to 3600.";
        if (ReceiptSecondsOther is < 10 or > 86_400) yield return "Sms:ReceiptSecondsOther must be 10 to 86400.";
    }
}
