using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Proof;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Proof;

/// <summary>
/// Closes the books, mends what can be mended, and tells the administrator what did not fit. Doing it twice, early or late is harmless:
/// every repair asks whoever owns the thing, who does nothing when nothing is due.
/// </summary>
internal sealed partial class Reconciler(
    BooksReader reader, ProofStore store, AlertStore alerts, NoticeStore notices, CallRecord calls, SystemAlerts system, OutboxBell bell, IGrainFactory grains,
    RetentionOptions retention, TimeZoneInfo zone, TimeProvider clock, ILogger<Reconciler> log) : IDisposable
{
    /// <summary>What an hourly run looks at. Runs overlap, so that one that was missed is made up for.</summary>
    public static readonly TimeSpan HourlyBack = TimeSpan.FromHours(6);

    /// <summary>Most time that one run may look at.</summary>
    public static readonly TimeSpan SpanMax = TimeSpan.FromDays(31);

    private const int BreaksMax = 500;

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>The last hours, up to now.</summary>
    public Task HourlyAsync() => RunAsync("hourly", clock.GetUtcNow() - HourlyBack, clock.GetUtcNow());

    /// <summary>The local day that ended last; forgets calls that are past their time.</summary>
    public async Task NightlyAsync()
    {
        var today = LocalTime.DayOf(clock.GetUtcNow(), zone);
        await RunAsync("nightly", LocalTime.StartOf(today.AddDays(-1), zone), LocalTime.StartOf(today, zone));
        await calls.ForgetAsync(clock.GetUtcNow().AddDays(-retention.CauseDays));
    }

    /// <summary>Closes the books and changes nothing.</summary>
    public Reconciliation Look(DateTimeOffset from, DateTimeOffset to)
    {
        var now = clock.GetUtcNow();
        var books = reader.Read(from, to);
        return ReconciliationView.Of("asked", books, [.. ReconciliationRules.Check(books, now).Select(one => (one, "Only looked at.", false))], BreaksMax, now);
    }

    /// <summary>Closes the books, mends, keeps the result, and tells.</summary>
    public async Task<Reconciliation> RunAsync(string kind, DateTimeOffset from, DateTimeOffset to)
    {
        await _one.WaitAsync();
        try
        {
            var now = clock.GetUtcNow();
            var books = reader.Read(from, to);
            var found = ReconciliationRules.Check(books, now);
            var done = new List<(Break Break, string Done, bool IsMended)>();
            foreach (var one in found) done.Add(await MendAsync(one, books));
            var closed = ReconciliationView.Of(kind, books, done, BreaksMax, now);
            await TellAsync(closed, [.. done.Select(one => one.Break)], now);
            await store.AddAsync(closed);
            LogClosed(kind, closed.Counts.Calls, closed.Counts.Alerts, closed.Counts.Notices, closed.BreakCount);
            return closed;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task TellAsync(Reconciliation closed, IReadOnlyList<Break> found, DateTimeOffset now)
    {
        // What another kind of run found still stands, unless this one looked at all of it again.
        var before = store.ReadNewest();
        var standing = before.Where(other => other.Kind != closed.Kind && !(closed.From <= other.From && other.To <= closed.To))
            .SelectMany(other => other.Breaks).Where(one => !one.IsMended).Select(ReconciliationView.BreakOf).ToList();
        var isOn = system.ReadTroubledSince(Rule.Reconciliation) is not null;
        var told = ReconciliationAlarm.Decide(
            isOn, [.. before.SelectMany(other => other.Breaks).Select(ReconciliationView.BreakOf)], [.. found, .. standing], closed.Breaks.Count(one => one.IsMended), now);
        if (told is not null) await system.TellAsync(told);
    }

    private async Task<(Break Break, string Done, bool IsMended)> MendAsync(Break one, Books books)
    {
        try
        {
            return (one, await DoAsync(one, books) ?? "Nothing: a person must look.", one.Repair != Repair.None);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Said in the report, told as not mended, and tried again at the next run.
            LogNotMended(error, one.Kind, one.Subject);
            return (one, "The repair failed; it is tried again at the next look. See the log.", false);
        }
    }

    private async Task<string?> DoAsync(Break one, Books books)
    {
        switch (one.Repair)
        {
            case Repair.RaiseCall:
                var call = books.Calls.First(call => call.Cause == one.Subject);
                var found = new Finding.Raised(
                    call.Rule, call.OccurredAt, call.Cause, new Domain.Detection.Evidence(LastHeardAt: call.ReceivedAt, Note: "The call was received and became no alert; it was found when the books were closed."));
                await grains.GetGrain<IAlertGrain>(AlertKey.Of(call.Rule, call.Household!.Value, call.Device)).Raise(found, call.Device, call.Household.Value);
                return "The call was raised as an alert.";

            case Repair.WakeAlert:
                await GrainOf(one).Handle(new AlertCommand.Wake());
                await alerts.MendDeadlineAsync(one.Subject);
                return "The alert was woken.";

            case Repair.GoOn:
                var step = alerts.ReadNewest(KeyOf(one))?.Step ?? 0;
                await GrainOf(one).Handle(new AlertCommand.Undelivered(step, "nobody of the step before had been told"));
                return "The next step was told.";

            case Repair.SendNotice:
                await notices.PlanAsync(one.Subject, clock.GetUtcNow());
                bell.Ring();
                return "An attempt was planned.";

            default:
                return null;
        }
    }

    private IAlertGrain GrainOf(Break one) => grains.GetGrain<IAlertGrain>(KeyOf(one));

    private string KeyOf(Break one) => alerts.ReadKey(one.Alert!.Value.Value) ?? throw new InvalidOperationException($"Alert {one.Alert} is gone.");

    [LoggerMessage(Level = LogLevel.Information, Message = "The books were closed ({Kind}): {Calls} calls, {Alerts} alerts, {Notices} notices, {Breaks} breaks")]
    private partial void LogClosed(string kind, int calls, int alerts, int notices, int breaks);

    [LoggerMessage(Level = LogLevel.Error, Message = "The break {Kind} of {Subject} could not be mended")]
    private partial void LogNotMended(Exception error, string kind, string subject);
}

/// <summary>Reconciliations as the API shows them.</summary>
internal static class ReconciliationView
{
    public static Reconciliation Of(string kind, Books books, IReadOnlyList<(Break Break, string Done, bool IsMended)> breaks, int breaksMax, DateTimeOffset now)
    {
        var notices = books.Alerts.SelectMany(alert => alert.Notices).Concat(books.LooseNotices).ToList();
        return new(
            now, kind, books.From, books.To,
            new(
                books.Calls.Count, books.Alerts.Count, books.Alerts.Count(fact => !fact.Alert.IsClosed), books.Alerts.Count(fact => fact.Alert.Response is Response.Given),
                notices.Count, Count(NoticeState.Delivered), Count(NoticeState.Sent), Count(NoticeState.Failed) + Count(NoticeState.Undelivered), books.MissingIds),
            breaks.Count,
            [.. breaks.Take(breaksMax).Select(one => new ChainBreak(
                one.Break.Kind, one.Break.Subject, one.Break.Alert?.Value, one.Break.Household?.Value, one.Break.Missing, one.Break.Since, one.Done, one.IsMended))]);

        int Count(NoticeState state) => notices.Count(notice => notice.State == state);
    }

    /// <summary>What was found then, as far as it matters to tell it once.</summary>
    public static Break BreakOf(ChainBreak one) => new(
        one.Kind, one.Subject, one.AlertId is { } alert ? new AlertId(alert) : null, one.HouseholdId is { } home ? new HouseholdId(home) : null, one.Missing, one.Since, Repair.None);
}
