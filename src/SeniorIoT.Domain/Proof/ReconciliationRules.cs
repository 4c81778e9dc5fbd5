using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Visits;
using static SeniorIoT.Domain.Proof.BreakKind;

namespace SeniorIoT.Domain.Proof;

/// <summary>
/// Closes the books on the chain call, alert, notice, receipt, answer: every link must lead to the next, or have time left to. It takes
/// nothing on trust that one store says of another, and knows of no process: only of what is on disk.
/// </summary>
public static class ReconciliationRules
{
    /// <summary>So soon a call that was promised must be an alert.</summary>
    public static readonly TimeSpan CallWithin = TimeSpan.FromMinutes(1);

    /// <summary>A deadline that is so late was rung by nobody: the sweeper looks every second.</summary>
    public static readonly TimeSpan BellWithin = TimeSpan.FromSeconds(30);

    /// <summary>A notice that is so late is not looked at: the longest wait between two attempts is two minutes.</summary>
    public static readonly TimeSpan NoticeWithin = TimeSpan.FromMinutes(5);

    /// <summary>So long a provider may take to tell the fate of a text that nobody has answered.</summary>
    public static readonly TimeSpan ReceiptWithin = TimeSpan.FromMinutes(30);

    /// <summary>What was under way when a person answered may still arrive so much later.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromMinutes(2);

    /// <summary>Every break, the calls first.</summary>
    public static IReadOnlyList<Break> Check(Books books, DateTimeOffset now) =>
    [
        .. books.Calls.SelectMany(call => OfCall(call, now)),
        .. books.Orphans.Select(id => new Break(Orphan, id.Value, id, null, $"Notices or a timeline are left of {id}, and the alert itself is gone.", books.From, Repair.None)),
        .. books.Alerts.SelectMany(alert => OfAlert(alert, books.AreReceiptsExpected, now)),
        .. books.LooseNotices.SelectMany(notice => OfNotice(notice, null, books.AreReceiptsExpected, now)),
    ];

    private static IEnumerable<Break> OfCall(CallFact call, DateTimeOffset now)
    {
        if (call.Alert is not null || now - call.ReceivedAt <= CallWithin) yield break;
        var what = $"A call ({call.Rule}) of device {call.Device} became no alert";
        yield return call.Household is null
            ? new(CallWithoutHome, call.Cause, null, null, $"{what}; the device is in no household.", call.ReceivedAt, Repair.None)
            : new(CallWithoutAlert, call.Cause, null, call.Household, $"{what}.", call.ReceivedAt, Repair.RaiseCall);
    }

    private static IEnumerable<Break> OfAlert(AlertFact fact, bool areReceiptsExpected, DateTimeOffset now)
    {
        var alert = fact.Alert;
        if (fact.Lines != alert.Version)
            yield return Of(TimelineGap, $"The timeline has {Count(fact.Lines)} of {Count(alert.Version)} entries.", alert.RaisedAt);
        if (!fact.HasCause) yield return Of(AlertWithoutCause, "What raised it is not known any more.", alert.RaisedAt);
        var gaps = Gaps(fact).ToList();
        foreach (var gap in gaps) yield return Of(NoticeGap, $"Notices of step {Count(gap)} are missing between others.", alert.RaisedAt);
        if (gaps.Count == 0 && fact.Lines == alert.Version && fact.Owed is { } owed && owed != fact.Notices.Count) yield return Of(NoticeGap, $"It has {Count(fact.Notices.Count)} of {Count(owed)} notices.", alert.RaisedAt);
        if (!fact.HasTexts) yield return Of(AnswerWithoutText, "Somebody answered by a text that is not there any more.", alert.RaisedAt);
        foreach (var found in OfLadder(fact, now)) yield return found;
        foreach (var found in fact.Notices.SelectMany(notice => OfNotice(notice, alert, areReceiptsExpected, now))) yield return found;

        if (alert.Response is Response.Given given)
        {
            foreach (var late in fact.Notices.Where(notice => !notice.IsInformation && (notice.OwedAt - given.At > AnswerWithin || notice.SentAt - given.At > AnswerWithin)))
                yield return Of(ToldAfterAnswer, $"Notice {late.Id} went on after {given.By} had answered.", late.SentAt ?? late.OwedAt);
        }

        if (alert.Closing is { } end && (string.IsNullOrWhiteSpace(end.Outcome) || alert.Response is not Response.Given))
            yield return Of(ClosedWithoutOutcome, "It was closed without an answer or without an outcome.", end.At);
        if (alert.Closing is { } closing && !fact.HasVisit && VisitRules.Of(alert) is not null)
            yield return Of(ClosedWithoutVisit, "It was closed, and its record as a visit is missing.", closing.At);

        Break Of(string kind, string missing, DateTimeOffset since) => Found(alert, kind, missing, since, Repair.None);
    }

    /// <summary>Whether somebody will be told until somebody answers.</summary>
    private static IEnumerable<Break> OfLadder(AlertFact fact, DateTimeOffset now)
    {
        var alert = fact.Alert;
        if (!IsSame(fact.Deadline, alert.EscalatesAt))
            yield return Found(alert, NoDeadline, "Its next step is not written where it is looked for.", alert.Round.At, Repair.WakeAlert);
        if (alert is { IsClosed: false, Offer: { } offer } && now - offer.ReturnsAt > BellWithin)
            yield return Found(alert, DeadlineOverdue, $"{offer.To} did not take what was handed over, and others were not asked when it was due.", offer.ReturnsAt, Repair.WakeAlert);
        // What is in an incident is told by that, and asks anew when it leaves it.
        if (alert.IsClosed || alert.Response is not Response.Awaited || alert.Priority == Priority.P3 || alert.Ladder.Steps.Count == 0 || alert.Incident is not null) yield break;

        if (alert.EscalatesAt is null && !MayStop(alert))
            yield return Found(alert, NoDeadline, "Nobody has answered, and no next step is planned.", alert.Round.At, Repair.WakeAlert);
        if (alert.EscalatesAt is { } due && now - due > BellWithin)
            yield return Found(alert, DeadlineOverdue, "Nobody has answered, and the next step did not happen when it was due.", due, Repair.WakeAlert);

        var texts = fact.Notices.Where(notice => notice is { Channel: not NoticeChannel.Console, IsInformation: false }).ToLookup(notice => notice.Step);
        // What was over before it left its incident is told to nobody, and waits in the console.
        var isUntold = alert is { IsApart: true, EscalatesAt: null, ClearedAt: not null };
        for (var rung = alert.Round.From; rung <= alert.Rung && fact.HasSomebody && !isUntold; rung++)
        {
            var step = alert.Round.Step + rung;
            if (alert.Ladder.RolesAt(rung).Count > 0 && !texts.Contains(step))
                yield return Found(alert, StepWithoutNotice, $"Step {Count(step)} told nobody.", alert.Round.At, step == alert.Step ? Repair.GoOn : Repair.None);
        }

        var last = texts[alert.Step].ToList();
        if (last.Count > 0 && last.TrueForAll(notice => notice.State is NoticeState.Failed or NoticeState.Undelivered) && alert.Ladder.HasStepAfter(alert.Rung))
        {
            var since = last.Max(notice => notice.ReceiptAt ?? notice.SentAt ?? notice.OwedAt);
            if (now - since > BellWithin) yield return Found(alert, StepLost, $"Nobody of step {Count(alert.Step)} was reached, and the next was not told.", since, Repair.GoOn);
        }
    }

    private static IEnumerable<Break> OfNotice(NoticeFact notice, Alert? alert, bool areReceiptsExpected, DateTimeOffset now)
    {
        // What was under way when somebody answered is let go of; when people are asked anew, they are by notices of their own.
        var isAwaited = alert is null || (alert is { IsClosed: false, Response: Response.Awaited } && notice.Step >= alert.Round.Step);
        if (notice.State == NoticeState.Owed || (notice.State == NoticeState.Sending && (isAwaited || notice.NextAttemptAt is not null)))
        {
            if (notice.NextAttemptAt is not { } next)
                yield return Of(NoticeStuck, $"Notice {notice.Id} is owed and no attempt is planned.", notice.OwedAt, Repair.SendNotice);
            else if (now - next > NoticeWithin)
                yield return Of(NoticeOverdue, $"Notice {notice.Id} was due and nobody sent it.", next, Repair.None);
        }

        if (notice is { HasAttempt: false, State: NoticeState.Sent or NoticeState.Delivered or NoticeState.Undelivered })
            yield return Of(SentWithoutAttempt, $"Notice {notice.Id} was sent, and no attempt to send it is on record.", notice.SentAt ?? notice.OwedAt, Repair.None);
        if (areReceiptsExpected && isAwaited && notice is { State: NoticeState.Sent, IsInformation: false, ReceiptAt: null, SentAt: { } sent } && now - sent > ReceiptWithin)
            yield return Of(ReceiptOverdue, $"The provider took notice {notice.Id} and does not say what became of it.", sent, Repair.None);

        Break Of(string kind, string missing, DateTimeOffset since, Repair repair) => new(kind, notice.Id, alert?.Id, alert?.Place.Household, missing, since, repair);
    }

    /// <summary>Steps of which notices are missing between the first and the last that are there.</summary>
    private static IEnumerable<int> Gaps(AlertFact fact) => fact.Notices
        .Where(notice => !notice.IsInformation && notice.Id.StartsWith($"{fact.Alert.Id}-{notice.Step}-", StringComparison.Ordinal))
        .Select(notice => (notice.Step, N: int.TryParse(notice.Id.AsSpan(notice.Id.LastIndexOf('-') + 1), CultureInfo.InvariantCulture, out var n) ? n : -1))
        .Where(notice => notice.N >= 0)
        .GroupBy(notice => notice.Step, notice => notice.N)
        .Where(step => step.Max() - step.Min() + 1 != step.Distinct().Count())
        .Select(step => step.Key);

    /// <summary>
    /// Whether a ladder may come to its end with nobody having answered. That of a P1 never does; others do also when their trouble was over before they left an incident
    /// or a shelf: then nobody is asked by text, and the alert stands in the console.
    /// </summary>
    private static bool MayStop(Alert alert) => alert.Priority != Priority.P1
        && (alert.ClearedAt is not null || alert.Ladder.StopsAfter is not null || alert.Ladder.StopsWhenCleared || (alert.Ladder.RepeatEvery is null && !alert.Ladder.HasStepAfter(alert.Rung)));

    // Kept in whole milliseconds.
    private static bool IsSame(DateTimeOffset? stored, DateTimeOffset? own) => stored is null == own is null && !((stored - own)?.Duration() > TimeSpan.FromMilliseconds(1));

    private static Break Found(Alert alert, string kind, string missing, DateTimeOffset since, Repair repair) =>
        new(kind, alert.Id.Value, alert.Id, alert.Place.Household, missing, since, repair);

    private static string Count(int n) => n.ToString(CultureInfo.InvariantCulture);
}
