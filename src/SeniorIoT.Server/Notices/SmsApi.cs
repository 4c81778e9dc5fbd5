using System.Text;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Mails;

namespace SeniorIoT.Server.Notices;

/// <summary>What Twilio tells us: receipts of what we sent, and answers of the people we wrote to. Each is believed by its signature.</summary>
internal static class SmsApi
{
    /// <summary>Maps everything of texts: what providers call, and what people ask.</summary>
    public static void MapSms(this IEndpointRouteBuilder routes)
    {
        var twilio = routes.MapGroup("/api/v1/sms/twilio").WithTags("sms").AllowAnonymous().DisableAntiforgery();
        twilio.MapPost("/receipt", ReceiptAsync);
        twilio.MapPost("/inbound", InboundAsync);
        routes.MapAliyun();
        routes.MapProviders();
        routes.MapChannels();
        routes.MapMail();
    }

    private static async Task<IResult> ReceiptAsync(HttpContext context, NoticeReceipts receipts, AttemptStore attempts, Outbox outbox, TimeProvider clock)
    {
        if (await SignedFormAsync(context) is not { } form) return Refused();
        var state = TwilioClient.StateOf(form["MessageStatus"].ToString());
        SendFault? fault = int.TryParse(form["ErrorCode"].ToString(), out var code) && state is NoticeState.Undelivered or NoticeState.Failed ? SendFaults.OfTwilio(code) : null;
        var detail = fault?.Words($"{code}");
        var now = clock.GetUtcNow();
        var notice = await receipts.ReceiveAsync(form["MessageSid"].ToString(), context.Request.Query["notice"], state, detail, now, fault);
        if (notice is not null && fault == SendFault.Unsubscribed && PhoneNumber.ToE164(notice.Phone) is { } number) await attempts.BarAsync(number, detail!, now);
        if (notice is not null && state is (NoticeState.Undelivered or NoticeState.Failed)) await outbox.GoOnIfNobodyHearsAsync(notice.AlertId, notice.Step);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> InboundAsync(HttpContext context, InboundTexts inbound, AttemptStore attempts, TimeProvider clock)
    {
        if (await SignedFormAsync(context) is not { } form) return Refused();
        var from = form["From"].ToString();
        if (form["OptOutType"].ToString() is { Length: > 0 } opted && PhoneNumber.ToE164(from) is { } number)
        {
            // Twilio answers these words itself, and keeps its own list; ours follows it.
            if (opted == "START") await attempts.LiftAsync(number);
            else if (opted == "STOP") await attempts.BarAsync(number, SendFault.Unsubscribed.Words("STOP"), clock.GetUtcNow());
            return Say(null);
        }

        return Say(await inbound.HandleAsync(from, form["Body"].ToString(), form["MessageSid"].ToString()));
    }

    private static async Task<IFormCollection?> SignedFormAsync(HttpContext context)
    {
        if (context.RequestServices.GetService<TwilioClient>() is not { } twilio || await context.Request.TryReadFormAsync() is not { } form) return null;
        var fields = form.Select(field => KeyValuePair.Create(field.Key, field.Value.ToString()));
        return twilio.IsSigned(twilio.UrlOf(context.Request), fields, context.Request.Headers["X-Twilio-Signature"].ToString()) ? form : null;
    }

    private static IResult Refused() => TypedResults.Problem(
        "The request does not carry a valid X-Twilio-Signature, or no provider is set.", statusCode: StatusCodes.Status403Forbidden);

    private static IResult Say(string? text) => TypedResults.Text(
        text is null ? "<Response></Response>" : $"<Response><Message>{System.Security.SecurityElement.Escape(text)}</Message></Response>", "text/xml", Encoding.UTF8);
}
