using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Notices;

/// <summary>What the SMS provider tells us: receipts of what we sent, and answers of the people we wrote to.</summary>
internal static class SmsApi
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

    private static async Task<IResult> InboundAsync(HttpContext context, InboundTexts inbound) => await SignedFormAsync(context) is { } form
        ? Say(await inbound.HandleAsync(form["From"].ToString(), form["Body"].ToString(), form["MessageSid"].ToString()))
        : Refused();

    private static async Task<IFormCollection?> SignedFormAsync(HttpContext context)
    {
        if (context.RequestServices.GetService<TwilioClient>() is not { } twilio || !context.Request.HasFormContentType) return null;
        var form = await context.Request.ReadFormAsync();
        var fields = form.Select(field => KeyValuePair.Create(field.Key, field.Value.ToString()));
        return twilio.IsSigned(twilio.UrlOf(context.Request), fields, context.Request.Headers["X-Twilio-Signature"].ToString()) ? form : null;
    }

    private static IResult Refused() => TypedResults.Problem(
        "The request does not carry a valid X-Twilio-Signature, or no provider is set.", statusCode: StatusCodes.Status403Forbidden);

    private static IResult Say(string? text) => TypedResults.Text(
        text is null ? "<Response></Response>" : $"<Response><Message>{System.Security.SecurityElement.Escape(text)}</Message></Response>", "text/xml");
}
