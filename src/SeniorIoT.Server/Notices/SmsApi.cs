using System.Text.RegularExpressions;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Duty;

namespace SeniorIoT.Server.Notices;

/// <summary>What the SMS provider tells us: receipts of what we sent, and answers of the people we wrote to.</summary>
internal static partial class SmsApi
{
    public static void MapSms(this IEndpointRouteBuilder routes)
    {
        var twilio = routes.MapGroup("/api/v1/sms/twilio").WithTags("sms").AllowAnonymous().DisableAntiforgery();
        twilio.MapPost("/receipt", ReceiptAsync);
        twilio.MapPost("/inbound", InboundAsync);
    }

    private static async Task<IResult> ReceiptAsync(HttpContext context, NoticeStore notices, Outbox outbox, TimeProvider clock)
    {
        if (await SignedFormAsync(context) is not { } form) return Refused();
        var state = form["MessageStatus"].ToString() switch
        {
            "sent" => NoticeState.Sent,
            "delivered" or "read" => NoticeState.Delivered,
            "undelivered" => NoticeState.Undelivered,
            "failed" or "canceled" => NoticeState.Failed,
            _ => NoticeState.Sending, // accepted, queued, sending: nothing new
        };
        var error = form["ErrorCode"].ToString();
        var detail = error.Length > 0 ? $"error {error}" : null;
        var notice = await notices.ReceiveAsync(form["MessageSid"].ToString(), context.Request.Query["notice"], state, detail, clock.GetUtcNow());
        if (notice is not null && state is (NoticeState.Undelivered or NoticeState.Failed)) await outbox.GoOnIfNobodyHearsAsync(notice.AlertId, notice.Step);
        return TypedResults.NoContent();
    }

    /// <summary>
    /// <c>A0427 1</c>: I am there; 2: seen, all is well; 3: I need help. Believed only from a number that was told of that very
    /// alert. Closing stays with the monitoring centre.
    /// </summary>
    private static async Task<IResult> InboundAsync(HttpContext context, NoticeStore notices, AlertStore alerts, TextRecords texts, IGrainFactory grains)
    {
        if (await SignedFormAsync(context) is not { } form) return Refused();
        await texts.HeardAsync(form["From"].ToString());
        var match = Reply().Match(form["Body"].ToString());
        var sender = PhoneNumber.ToE164(form["From"].ToString());
        if (!match.Success || sender is null) return Say("看不懂。请回复案件号加数字,如 A0427 1(1到场 2平安 3求助)。");
        var id = match.Groups["id"].Value.ToUpperInvariant();
        var told = notices.ReadOf(id).FirstOrDefault(notice => notice.Phone.Length > 0 && PhoneNumber.ToE164(notice.Phone) == sender);
        if (told is null || alerts.ReadKey(id) is not { } key) return Say($"没有发给您的案件 {id}。请核对案件号。");

        AlertCommand command = match.Groups["digit"].Value switch
        {
            "1" => new AlertCommand.Arrive(told.Recipient, "SMS: 到场"),
            "2" => new AlertCommand.Arrive(told.Recipient, "SMS: 平安"),
            _ => new AlertCommand.Note(told.Recipient, "SMS: 求助 (asks for help)"),
        };
        var answer = await grains.GetGrain<IAlertGrain>(key).Act(new(id), command, new Actor(told.Recipient, $"SMS ***{sender[^4..]}"));
        return Say(answer.Rejected is null ? $"{id} 已收到,谢谢。" : $"{id} 已结束,谢谢。");
    }

    private static async Task<IFormCollection?> SignedFormAsync(HttpContext context)
    {
        if (context.RequestServices.GetService<TwilioClient>() is not { } twilio || !context.Request.HasFormContentType) return null;
        var form = await context.Request.ReadFormAsync();
        var fields = form.Select(field => KeyValuePair.Create(field.Key, field.Value.ToString()));
        return twilio.IsSigned(twilio.UrlOf(context.Request), fields, context.Request.Headers["X-Twilio-Signature"].ToString()) ? form : null;
    }

    private static IResult Refused() => TypedResults.Problem(
        "The request does not carry a valid X-Twilio-Signature, or no provider is set.", statusCode: StatusCodes.Status403Forbidden);

    private static IResult Say(string text) => TypedResults.Text($"<Response><Message>{text}</Message></Response>", "text/xml");

    [GeneratedRegex(@"^\s*(?<id>[Aa]\d{4,})\D{0,3}(?<digit>[123])\s*$")]
    private static partial Regex Reply();
}
