using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// One round of one notice: the providers that can carry it are asked in their order, until one takes it. What is known of a number (it gets
/// no more, its budget is spent) and of a provider (it is down, it has no place) is asked first, so that nobody waits for nothing. The first text of a
/// P1 waits for no budget and for no provider's rest: those that rest are asked last rather than not at all. What no provider can take now is never given up
/// while its alert is unanswered.
/// </summary>
internal sealed class NoticeSender(NoticeStore store, AttemptStore attempts, ProviderDesk desk, SmsOptions options, TimeProvider clock)
{
    /// <summary>What a notice says when there is nobody to hand it to.</summary>
    public const string NoProvider = "not sent: no provider set";

    /// <summary>What a notice says whose first attempt got no answer.</summary>
    public const string MaybeTwice = "may have been sent twice";

    /// <summary>Sends a claimed notice, and writes its fate. Null: no provider had a place, and the notice is owed as before.</summary>
    public async Task<Fate?> SendAsync(OwedNotice notice, CancellationToken cancel)
    {
        if (notice.Channel == NoticeChannel.Sms && !desk.HasSms) return await EndAsync(notice, new Fate(NoticeState.NotSent, NoProvider));
        if (AddressOf(notice) is not { } to) return await EndAsync(notice, Lost($"'{notice.Phone}' is not a phone number; correct it in the household."));
        if (notice.Channel == NoticeChannel.Sms && attempts.BarredBecause(to) is { } why) return await EndAsync(notice, Lost(why));
        var text = new Outgoing(
            notice.NoticeId, to, notice.Text, notice.Words?.Template ?? NoticeTemplate.Note.Id, notice.Words?.Values ?? new Dictionary<string, string>(), notice.Priority, notice.OwedAt);
        if (await FindAsync(notice, text, cancel) is { } found) return await EndAsync(notice, found);
        var providers = desk.For(notice.Channel, to, notice.Tried);
        if (notice.IsTaken) return await AskAsync(notice, text, [.. providers.Where(provider => !notice.Tried.Contains(provider.Name))], cancel);
        if (providers.Count == 0) return await EndAsync(notice, Lost($"No provider that is set up reaches {to}."));
        return await AskAsync(notice, text, providers, cancel);
    }

    private async Task<Fate?> AskAsync(OwedNotice notice, Outgoing text, IReadOnlyList<IProvider> providers, CancellationToken cancel)
    {
        var round = new Round { IsFateUnknown = notice.UnknownAt is not null };
        var isFirst = notice is { Rank: SendRank.FirstOfP1, Rounds: 0 };
        // A stable order: it is changed for a first text only.
        foreach (var provider in providers.OrderBy(provider => isFirst && !desk.ConditionOf(provider, text.To).IsUp(clock.GetUtcNow())))
        {
            var now = clock.GetUtcNow();
            if (!isFirst && !desk.MayAsk(provider, text.To, now))
            {
                var condition = desk.ConditionOf(provider, text.To);
                round.Miss(provider, condition.Problem!, condition.RestsUntil, SendFault.Down);
                continue;
            }

            if (!desk.TryTake(provider, text.To, text.Priority == Priority.P1, now, out var freeAt))
            {
                round.Wait(freeAt);
                continue;
            }

            var (n, broken) = await attempts.TryBeginAsync(notice.NoticeId, provider.Name, text.To, text.Text, BudgetOf(provider, text.To), notice.AlertId, text.Priority == Priority.P1, now);
            if (broken is { } limit)
            {
                desk.GiveBack(provider, text.To);
                round.Hold(HeldBack(provider, limit));
                continue;
            }

            var result = await provider.SendAsync(text, cancel);
            now = clock.GetUtcNow();
            if (await desk.LearnAsync(provider, text.To, result, now)) await store.HastenAsync(now);
            switch (result)
            {
                case SendResult.Taken taken:
                    return await EndAsync(notice, Sent(provider, text, taken.ProviderId, round.Story(provider), now) with { Attempt = n });
                case SendResult.Refused refused when refused.Fault.IsOfNumber():
                    var words = refused.Fault.Words(refused.Said);
                    if (refused.Fault == SendFault.Unsubscribed) await attempts.BarAsync(text.To, words, now);
                    return await EndAsync(notice, Lost(words) with { Attempt = n, Provider = provider.Name });
                case SendResult.Refused { Fault: SendFault.BudgetSpent } refused:
                    await attempts.EndAsync(notice.NoticeId, n, NoticeState.Failed, refused.Fault.Words(refused.Said));
                    round.Hold(refused.Fault.Words(refused.Said));
                    break;
                case SendResult.Refused refused:
                    await attempts.EndAsync(notice.NoticeId, n, NoticeState.Failed, refused.Fault.Words(refused.Said));
                    round.Miss(provider, refused.Fault.Words(refused.Said), now + refused.After, refused.Fault);
                    break;
                case SendResult.Unknown unknown:
                    // Its attempt stays as being sent. A P1 that may not have been sent is sent; others are looked for first.
                    round.Miss(provider, SendFault.Down.Words(unknown.Said), null, SendFault.Down);
                    round.IsFateUnknown = true;
                    if (!notice.IsTaken && text.Priority != Priority.P1) return await LaterAsync(notice, text, round, now);
                    break;
            }
        }

        return await LaterAsync(notice, text, round, clock.GetUtcNow());
    }

    // Nobody took it in this round.
    private async Task<Fate?> LaterAsync(OwedNotice notice, Outgoing text, Round round, DateTimeOffset now)
    {
        // The provider that has it already may still deliver it.
        if (notice.IsTaken) return await EndAsync(notice, new Fate(NoticeState.Sent, string.Join(' ', new[] { NoticeReceipts.NoReceipt, round.Why ?? round.Held }.OfType<string>())));
        if (round is { FreeAt: { } free, Why: null })
        {
            await store.GiveBackAsync(notice, free);
            return null;
        }

        var isLast = notice.Rounds + 1 >= NoticeReceipts.RoundsMax;
        if (IsTriedOn(notice, round) || ((round.IsPassing || round.FreeAt is not null) && !isLast))
        {
            var rests = round.RestsUntil > now ? round.RestsUntil.Value : now;
            var next = now + SendOrder.AgainAfter(notice.Rounds, text.Priority == Priority.P1);
            return await EndAsync(notice, new Fate(NoticeState.Owed, round.Why)
            {
                NextAttemptAt = round.FreeAt ?? (rests > next ? rests : next),
                // While somebody takes texts, others are told at once of one that does not get through; while nobody does, that would be told to nobody.
                HurryAt = isLast && notice.Rounds + 1 == NoticeReceipts.RoundsMax && notice.Channel == NoticeChannel.Sms && ProvidersWatch.DownSince([.. desk.Texts.Values]) is null ? now : null,
            });
        }

        return await EndAsync(notice, round.Why is null ? new Fate(NoticeState.HeldBack, round.Held) { HurryAt = now } : Lost(round.Why));
    }

    // What is asked of people is tried as long as it is needed, see NoticeStore.DropUnneeded, when it is the providers that are in trouble. Only what may
    // have been sent often already is not, unless it is a P1: twice is better than never there.
    private static bool IsTriedOn(OwedNotice notice, Round round) =>
        !notice.IsInformation && notice.AlertId.Length > 0 && (round.IsOfProvider || round.FreeAt is not null) && (notice.Priority == Priority.P1 || notice.Unknown < NoticeReceipts.RoundsMax);

    // After a crash or a lost answer the provider is asked first whether it has the text.
    private async Task<Fate?> FindAsync(OwedNotice notice, Outgoing text, CancellationToken cancel)
    {
        if (notice.UnknownAt is not { } name || desk.All.FirstOrDefault(provider => provider.Name == name) is not { } provider) return null;
        var now = clock.GetUtcNow();
        return desk.ConditionOf(provider, text.To).IsUp(now) && await provider.FindAsync(text, cancel) is { } id ? Sent(provider, text, id, null, now) with { Attempt = attempts.LastOf(notice.NoticeId) } : null;
    }

    private static SendBudget BudgetOf(IProvider provider, string to) =>
        provider.Channel == NoticeChannel.Sms ? SendBudget.For(provider.Name, to, provider.TextsADay) : SendBudget.None;

    private Fate Sent(IProvider provider, Outgoing text, string id, string? story, DateTimeOffset now) => new(NoticeState.Sent, story)
    {
        Provider = provider.Name,
        ProviderId = id,
        Segments = provider.Channel == NoticeChannel.Sms ? Segments.Of(text.Text).Count : null,
        HurryAt = provider.GivesReceipts
            ? NoticeRules.ReceiptDueAt(text.Priority, now, TimeSpan.FromSeconds(options.ReceiptSecondsUrgent), TimeSpan.FromSeconds(options.ReceiptSecondsOther))
            : null,
    };

    private Fate Lost(string why) => new(NoticeState.Failed, why) { HurryAt = clock.GetUtcNow() };

    private async Task<Fate> EndAsync(OwedNotice notice, Fate fate)
    {
        await store.RecordAsync(notice.NoticeId, fate, clock.GetUtcNow());
        return fate;
    }

    private static string? AddressOf(OwedNotice notice) => notice.Channel == NoticeChannel.Sms ? PhoneNumber.ToE164(notice.Phone) : notice.Phone;

    private static string HeldBack(IProvider provider, SendLimit limit) => limit.IsSameText
        ? $"Held back: networks let the same text through {limit.TextsMax} times in {limit.Within.TotalHours:0} hours."
        : $"Held back: {provider.Name} lets {limit.TextsMax} texts through to a number in {limit.Within.TotalHours:0} hours.";

    /// <summary>What a round has met so far.</summary>
    private sealed class Round
    {
        /// <summary>Why the latest provider that was asked, or could not be asked, did not take it.</summary>
        public string? Why { get; private set; }

        /// <summary>Why it was held back, where that is all.</summary>
        public string? Held { get; private set; }

        /// <summary>Whether what was met may pass.</summary>
        public bool IsPassing { get; private set; }

        /// <summary>Whether a provider is in trouble, and not this text.</summary>
        public bool IsOfProvider { get; private set; }

        /// <summary>When a provider that asked to be left alone can be asked again.</summary>
        public DateTimeOffset? RestsUntil { get; private set; }

        /// <summary>When a place comes free.</summary>
        public DateTimeOffset? FreeAt { get; private set; }

        /// <summary>Whether an attempt got no answer.</summary>
        public bool IsFateUnknown { get; set; }

        private string? Missed { get; set; }

        public void Miss(IProvider provider, string why, DateTimeOffset? until, SendFault fault)
        {
            (Why, Missed, IsPassing, IsOfProvider) = (why, provider.Name, IsPassing || fault.MayPass(), IsOfProvider || fault.PassesWithProvider());
            RestsUntil = RestsUntil is { } before && (until is null || before < until) ? before : until;
        }

        public void Hold(string why) => Held = why;

        public void Wait(DateTimeOffset at) => FreeAt = FreeAt is { } before && before < at ? before : at;

        /// <summary>What the notice says when <paramref name="provider"/> took it; null when all went as usual.</summary>
        public string? Story(IProvider provider)
        {
            var stead = Missed is null ? Held : $"{Why} Sent by {provider.Name} in place of {Missed}.";
            return !IsFateUnknown ? stead : stead is null ? MaybeTwice : $"{MaybeTwice}. {stead}";
        }
    }
}
