namespace SeniorIoT.Server.Duty;

/// <summary>Who is told when, in numbers.</summary>
internal sealed class DutyOptions
{
    /// <summary>Households that one volunteer may look after.</summary>
    public int PairingMax { get; set; } = 5;

    /// <summary>Days without a receipt, although texts were sent, after which a person counts as out of reach. More than a month, the time between two test texts.</summary>
    public int ReceiptDays { get; set; } = 35;

    /// <summary>So many texts in a row that did not arrive mean that none does.</summary>
    public int FailuresMax { get; set; } = 3;

    /// <summary>Days ahead in which gaps of rotas are looked for.</summary>
    public int GapDays { get; set; } = 14;

    /// <summary>Whether everybody who may be told gets a test text a month. Nothing is sent while no provider is set.</summary>
    public bool TestTexts { get; set; } = true;

    /// <summary>Names of these settings as options of <c>serve</c>, with a word of help.</summary>
    public static IReadOnlyList<(string Option, string Key, string Help)> Named { get; } =
    [
        ("pairing-max", "Duty:PairingMax", "households that one volunteer may look after (default: 5)"),
        ("receipt-days", "Duty:ReceiptDays", "days without a receipt, although texts were sent, after which a person counts as out of reach (default: 35)"),
        ("failures-max", "Duty:FailuresMax", "texts in a row that did not arrive, after which a person counts as out of reach (default: 3)"),
        ("gap-days", "Duty:GapDays", "days ahead in which gaps of rotas are looked for (default: 14)"),
        ("test-texts", "Duty:TestTexts", "whether everybody who may be told gets a test text a month: true or false (default: true)"),
    ];

    /// <summary>Everything wrong, each with the setting and the remedy.</summary>
    public IEnumerable<string> Errors()
    {
        if (PairingMax is < 1 or > 1000) yield return "pairing-max: must be 1 to 1000.";
        if (ReceiptDays is < 32 or > 366) yield return "receipt-days: must be 32 to 366, so that a monthly test text comes within it.";
        if (FailuresMax is < 1 or > 20) yield return "failures-max: must be 1 to 20.";
        if (GapDays is < 1 or > 60) yield return "gap-days: must be 1 to 60.";
    }
}
