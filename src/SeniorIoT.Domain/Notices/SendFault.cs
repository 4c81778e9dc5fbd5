namespace SeniorIoT.Domain.Notices;

/// <summary>Why a text did not arrive, in terms of what helps.</summary>
public enum SendFault
{
    /// <summary>Nothing of ours or theirs: the text itself is not taken (content, template, signature, region). Another provider may.</summary>
    Content,

    /// <summary>The number cannot receive texts (none, or a landline). Nobody else's network changes that.</summary>
    BadNumber,

    /// <summary>The person wants no more texts from this sender. Never again, until the person says START.</summary>
    Unsubscribed,

    /// <summary>The phone is off or out of reach. Trying again later is meaningful; telling somebody else at once is more so.</summary>
    Unreachable,

    /// <summary>It waited for longer than it may.</summary>
    Expired,

    /// <summary>Too many at once: the same provider takes it a little later.</summary>
    TooFast,

    /// <summary>Too many to this number in the provider's own count.</summary>
    BudgetSpent,

    /// <summary>The provider does not know us, or we did not pay: it takes nothing from us until a person mends that.</summary>
    Account,

    /// <summary>The provider is out of reach or out of order.</summary>
    Down,
}

/// <summary>What providers' codes mean.</summary>
public static class SendFaults
{
    // Twilio's error dictionary, the codes that a text can meet.
    private static readonly Dictionary<int, SendFault> Twilio = new()
    {
        [20003] = SendFault.Account, [20404] = SendFault.Account, [20005] = SendFault.Account, [20008] = SendFault.Account, [21606] = SendFault.Account, [30002] = SendFault.Account,
        [20500] = SendFault.Down, [20503] = SendFault.Down,
        [30001] = SendFault.TooFast, [20429] = SendFault.TooFast, [21611] = SendFault.TooFast, [14107] = SendFault.TooFast, [30022] = SendFault.TooFast,
        [21211] = SendFault.BadNumber, [21217] = SendFault.BadNumber, [21614] = SendFault.BadNumber, [21635] = SendFault.BadNumber, [30005] = SendFault.BadNumber, [30006] = SendFault.BadNumber,
        [21610] = SendFault.Unsubscribed,
        [30003] = SendFault.Unreachable,
        [30036] = SendFault.Expired,
        [30004] = SendFault.Content, [30007] = SendFault.Content, [30008] = SendFault.Content, [21408] = SendFault.Content, [21612] = SendFault.Content, [21617] = SendFault.Content,
    };

    // Aliyun's return codes of SendSms and error codes of receipts, by their beginnings; the first that fits counts. Limits of a day or a month are
    // those that the district set for its account: nobody gets a text until a person raises them.
    private static readonly (string Start, SendFault Fault)[] Aliyun =
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", SendFault.BadNumber), ("MOBILE_NUMBER_ILLEGAL", SendFault.BadNumber), ("isv.MOBILE_COUNT_OVER_LIMIT", SendFault.BadNumber), ("MOBILE_NOT_EXIST", SendFault.BadNumber),
        ("isv.BUSINESS_LIMIT_CONTROL", SendFault.BudgetSpent), ("MOBILE_SEND_LIMIT", SendFault.BudgetSpent), ("MOBILE_FREQUENCY", SendFault.BudgetSpent),
        ("isv.DAY_LIMIT_CONTROL", SendFault.Account), ("isv.MONTH_LIMIT_CONTROL", SendFault.Account),
        ("isv.AMOUNT_NOT_ENOUGH", SendFault.Account), ("isv.OUT_OF_SERVICE", SendFault.Account), ("isv.PRODUCT_UN_SUBSCRIPT", SendFault.Account), ("isv.PRODUCT_UNSUBSCRIBE", SendFault.Account),
        ("isv.ACCOUNT_", SendFault.Account), ("isv.DENY_IP_RANGE", SendFault.Account), ("isv.SIGN_STATE_ILLEGAL", SendFault.Account), ("isv.SMS_SIGN", SendFault.Account), ("isv.INTERFACE_OFFLINE", SendFault.Account),
        ("isp.RAM_PERMISSION_DENY", SendFault.Account), ("NoPermission", SendFault.Account), ("Forbidden", SendFault.Account), ("InvalidAccessKeyId", SendFault.Account),
        ("IncompleteSignature", SendFault.Account), ("SignatureDoesNotMatch", SendFault.Account), ("InvalidTimeStamp", SendFault.Account),
        ("SignatureNonceUsed", SendFault.Down), ("Throttling", SendFault.TooFast), ("isp.", SendFault.Down), ("ServiceUnavailable", SendFault.Down), ("InternalError", SendFault.Down),
        ("MOBILE_IN_BLACK", SendFault.Unsubscribed), ("isv.BLACK_KEY", SendFault.Content), ("USER_REJECT", SendFault.Unsubscribed),
        ("MOBILE_NOT_ON_SERVICE", SendFault.Unreachable), ("MOBILE_ACCOUNT_ABNORMAL", SendFault.Unreachable), ("MOBILE_TERMINAL_ERROR", SendFault.Unreachable),
        ("USER_NOT_ON_SERVICE", SendFault.Unreachable), ("UNDELIV", SendFault.Unreachable), ("EXPIRED", SendFault.Expired),
    ];

    /// <summary>What a code of Twilio means; one that is not in the table is <see cref="SendFault.Content"/>.</summary>
    public static SendFault OfTwilio(int code) => Twilio.GetValueOrDefault(code, SendFault.Content);

    /// <summary>What a code of Aliyun means; one that is not in the table is <see cref="SendFault.Content"/>.</summary>
    public static SendFault OfAliyun(string code) =>
        Aliyun.Where(row => code.StartsWith(row.Start, StringComparison.OrdinalIgnoreCase)).Select(row => row.Fault).FirstOrDefault(SendFault.Content);

    /// <summary>Whether the number is to blame: no provider and no repeat will help.</summary>
    public static bool IsOfNumber(this SendFault fault) => fault is SendFault.BadNumber or SendFault.Unsubscribed;

    /// <summary>Whether the provider is to blame, and every text would meet the same.</summary>
    public static bool IsOfProvider(this SendFault fault) => fault is SendFault.Account or SendFault.Down;

    /// <summary>Whether it is a passing trouble of the provider's, not of this text: as long as the text is needed, it is tried again.</summary>
    public static bool PassesWithProvider(this SendFault fault) => fault is SendFault.TooFast || fault.IsOfProvider();

    /// <summary>Whether the same provider may take the same text later.</summary>
    public static bool MayPass(this SendFault fault) => fault is SendFault.TooFast or SendFault.Down or SendFault.Account or SendFault.Unreachable;

    /// <summary>In words, with what the provider said.</summary>
    public static string Words(this SendFault fault, string said) => fault switch
    {
        SendFault.BadNumber => "This number receives no texts; correct it in the household or the list of responders",
        SendFault.Unsubscribed => "The person has unsubscribed; only START from that phone ends that",
        SendFault.Unreachable => "The phone is off or out of reach",
        SendFault.Expired => "The text waited for too long and was given up",
        SendFault.TooFast => "The provider asks us to go slower",
        SendFault.BudgetSpent => "The provider lets no more texts through to this number",
        SendFault.Account => "The provider refuses our account",
        SendFault.Down => "The provider does not answer as it should",
        _ => "The provider refuses the text",
    } + $" ({said}).";
}
