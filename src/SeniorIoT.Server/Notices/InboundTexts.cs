using SeniorIoT.Domain;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Answers;
using SeniorIoT.Server.Duty;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// Answers of the people we wrote to, whichever provider brings them. A text is kept before anything is done about it, and believed
/// only from a number that was told of that very alert. One after the other: two deliveries of one text must not both act.
/// </summary>
internal sealed class InboundTexts(InboundStore store, AnswerDesk desk, TextRecords records, OutboxBell bell, TimeProvider clock, ILogger<InboundTexts> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CountedFor = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>
    /// Hears one text. Safe to repeat: the same id acts once and is answered the same again, also after a crash in between. Throws when the text
    /// could not be kept or worked off; what was kept is worked off later, and then answered by a notice.
    /// </summary>
    /// <param name="from">Who wrote.</param>
    /// <param name="text">What; of a long text the beginning.</param>
    /// <param name="providerId">The provider's id of the text, with the provider's name before it where ids of two could be the same; empty: it is new.</param>
    /// <returns>What to answer; null: nothing.</returns>
    public async Task<string?> HandleAsync(string from, string text, string providerId)
    {
        await _one.WaitAsync();
        try
        {
            var kept = await store.KeepAsync(providerId.Length > 0 ? providerId : $"none:{Guid.NewGuid():N}", from, text, clock.GetUtcNow());
            await records.HeardAsync(from);
            return kept.DoneAt is null ? await WorkOffAsync(kept, owes: false) : kept.Reply;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Works off what was kept and then interrupted. Nobody waits for the answer any more, so it is owed as a notice.</summary>
    internal async Task ResumeAsync(DateTimeOffset before)
    {
        foreach (var kept in store.Waiting(before))
        {
            await _one.WaitAsync();
            try
            {
                await WorkOffAsync(kept, owes: true);
            }
            catch (Exception error)
            {
                // Counted, tried again at the next look, and in the end listed as failed: others must not wait behind it.
                log.LogError(error, "The text {Message} could not be worked off", kept.MessageId);
                await store.FailAsync(kept.MessageId, clock.GetUtcNow());
            }
            finally
            {
                _one.Release();
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Whatever is kept at start was interrupted by the end of the process before.
        var before = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ResumeAsync(before);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(error, "Texts that wait could not be read");
            }

            await Task.Delay(LookEvery, clock, stoppingToken);
            before = clock.GetUtcNow() - LookEvery;
        }
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    private async Task<string?> WorkOffAsync(KeptText kept, bool owes)
    {
        var now = clock.GetUtcNow();
        var number = PhoneNumber.ToE164(kept.From);
        var people = number is null ? [] : store.ToldTo(number, ReplyRules.CodesOf(kept.Text));
        List<ToldCase> told = [.. people.Select(person => new ToldCase(person.AlertId, person.IsOpen))];
        var heard = new List<Heard>();
        foreach (var one in ReplyRules.Judge(kept.Text, told))
        {
            var isDone = one is not { Fate: ReplyFate.Acted, Code: { } code, Answer: { } answer } || await desk.GiveAsync(
                code, answer, TextOf(answer, kept.Text), new(people.First(person => person.AlertId == code).Name, number!, $"SMS ***{number![^4..]}", $"text/{kept.MessageId}/{code}"));
            heard.Add(isDone ? one : one with { Fate = ReplyFate.Closed });
        }

        var sender = people.Count > 0 ? people[0].Name : null;
        var reply = ReplyRules.AnswerTo(heard, told, store.CountAnswered(kept.From, now - CountedFor));
        var owed = owes && reply is not null && number is not null
            ? new Notice($"reply-{kept.MessageId}", new AlertId(""), 0, NoticeChannel.Sms, new Responder(sender ?? number, number, Domain.Alerts.Role.Contact), reply, now) { IsInformation = true }
            : null;
        await store.FinishAsync(kept.MessageId, heard, sender, reply, owed, now);
        if (owed is not null) bell.Ring();
        return reply;
    }

    private static string TextOf(Answer answer, string text) => Reply.OwnWords(text) is { Length: > 0 } words
        ? $"SMS: {AnswerRules.Word(answer)} · {words}"
        : $"SMS: {AnswerRules.Word(answer)}";
}
