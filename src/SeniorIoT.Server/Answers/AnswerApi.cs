using SeniorIoT.Api;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;

namespace SeniorIoT.Server.Answers;

/// <summary>The page of a link, and the list of texts that came in.</summary>
internal static class AnswerApi
{
    /// <summary>Maps both.</summary>
    public static void MapAnswers(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/sms/inbound", List).RequireAuthorization().WithTags("sms").Produces<Page<InboundText>>().ProducesValidationProblem();
        var page = routes.MapGroup("/a").AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        page.MapGet("/{token}", ShowAsync);
        page.MapPost("/{token}", AnswerAsync);
    }

    private static IResult List(string? cursor, int? limit, AreaScope scope, PhoneSight sight, InboundStore store)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        if (faults.Any) return faults.ToResult();
        var page = store.List(scope.Area, before, count);
        return TypedResults.Ok(sight.IsWhole ? page : page with { Items = [.. page.Items.Select(text => text with { From = NamedPeople.Masked(text.From) })] });
    }

    /// <summary>Showing changes nothing: messengers look at links by themselves.</summary>
    private static async Task<IResult> ShowAsync(string token, string? lang, HttpContext http, AnswerPages pages)
    {
        var nonce = Guard(http);
        return pages.Read(token) is { } ticket
            ? Html(await pages.ShowAsync(ticket, nonce, lang))
            : Html(AnswerPage.Refuse(AnswerPage.WrongLink, nonce), StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> AnswerAsync(string token, string? lang, HttpContext http, AnswerPages pages)
    {
        var nonce = Guard(http);
        if (pages.Read(token) is not { } ticket) return Html(AnswerPage.Refuse(AnswerPage.WrongLink, nonce), StatusCodes.Status404NotFound);
        if (pages.IsOver(ticket)) return Html(AnswerPage.Refuse(AnswerPage.OldLink, nonce), StatusCodes.Status410Gone);
        var form = await http.Request.TryReadFormAsync();
        var once = form?["once"].ToString() ?? "";
        if (form?["answer"].ToString() is not [>= '0' and <= '3' and var digit] || once.Length is 0 or > 64)
            return Html(AnswerPage.Refuse(AnswerPage.NoAnswer, nonce), StatusCodes.Status400BadRequest);
        await pages.GiveAsync(ticket, (Answer)(digit - '0'), once, form?["who"].ToString() ?? "");
        // What came of it is on the page itself, and loading that again sends nothing again.
        return Results.Redirect($"/a/{token}{(lang == AnswerPage.English ? "?lang=en" : "")}", permanent: false, preserveMethod: false);
    }

    /// <summary>This page loads nothing, runs nothing, is kept nowhere, and tells no other site that it was open. Returns the nonce of its one style sheet.</summary>
    private static string Guard(HttpContext http)
    {
        var nonce = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex";
        headers.XContentTypeOptions = "nosniff";
        return nonce;
    }

    private static IResult Html((string Text, bool IsOver) page) => Html(page.Text, page.IsOver ? StatusCodes.Status410Gone : StatusCodes.Status200OK);

    private static IResult Html(string page, int status) => Results.Text(page, "text/html; charset=utf-8", null, status);
}

/// <summary>What the page needs of the rest: the link's ticket, the alert behind it, and whoever is to be called.</summary>
internal sealed class AnswerPages(AnswerLinks links, AnswerDesk desk, AlertQueries alerts, AlertSurroundings around, AuditLog audit, TimeProvider clock)
{
    /// <summary>The ticket of a link; null when it is none of ours.</summary>
    public AnswerTicket? Read(string token) => links.Read(token);

    /// <summary>Whether the link has run out.</summary>
    public bool IsOver(AnswerTicket ticket) => clock.GetUtcNow() >= ticket.ExpiresAt;

    /// <summary>The page as it is now; every look is in the audit. A link that has run out shows nothing of the home.</summary>
    public async Task<(string Text, bool IsOver)> ShowAsync(AnswerTicket ticket, string nonce, string? lang)
    {
        var isOver = IsOver(ticket);
        await audit.AddAsync(ticket.Name, "answer-page.view", ticket.AlertId, isOver ? "the link had run out" : null);
        if (isOver || alerts.Find(ticket.AlertId, null) is not { } found) return (AnswerPage.Refuse(AnswerPage.OldLink, nonce), true);
        var done = alerts.TimelineOf(ticket.AlertId).Where(line => line.By is not null).ToList();
        var people = around.RespondersOf(found.Alert.Place, clock.GetUtcNow()).Where(person => person.Channel == NoticeChannel.Sms && (PhoneNumber.ToE164(person.Phone) ?? person.Phone) != ticket.Number);
        return (AnswerPage.Show(new AnswerView(
            found.Alert, ticket.Name, [.. people.DistinctBy(person => person.Phone)], MembersOf(found.Alert, ticket), done, around.Zone, Guid.NewGuid().ToString("N"), nonce, lang == AnswerPage.English)), false);
    }

    /// <summary>
    /// Gives the answer; the same form sent twice gives it once. <paramref name="who"/>: which of a group's members it is; one that is on duty no more, or none, answers as the
    /// group, for an answer is worth more than its name.
    /// </summary>
    public Task<bool> GiveAsync(AnswerTicket ticket, Answer answer, string once, string who)
    {
        var cause = $"page/{ticket.AlertId}/{once}";
        var member = ticket.IsGroup && alerts.Find(ticket.AlertId, null) is { } found ? MembersOf(found.Alert, ticket).FirstOrDefault(person => PhoneNumber.ToE164(person.Phone) == who) : null;
        return desk.GiveAsync(ticket.AlertId, answer, $"page: {AnswerRules.Word(answer)}", (member, ticket.IsGroup) switch
        {
            ({ } person, _) => new Answerer(person.Name, who, $"phone page {ticket.Name}", cause, ticket.Number),
            (_, true) => new Answerer(ticket.Name, ticket.Number, $"phone page {ticket.Name}", cause),
            _ => new Answerer(ticket.Name, ticket.Number, $"phone page {NamedPeople.Masked(ticket.Number)}", cause),
        });
    }

    /// <summary>Who may say by name that it is he or she who answers for a group: whoever serves the place now, but for the family. Nobody on a person's own page.</summary>
    private IReadOnlyList<Responder> MembersOf(Domain.Alerts.Alert alert, AnswerTicket ticket) => !ticket.IsGroup ? [] :
    [
        .. around.RespondersOf(alert.Place, clock.GetUtcNow())
            .Where(person => person.Channel == NoticeChannel.Sms && Domain.Alerts.Role.Of(person.Role) != Domain.Alerts.Role.Contact && PhoneNumber.ToE164(person.Phone) is not null)
            .DistinctBy(person => PhoneNumber.ToE164(person.Phone)),
    ];
}
