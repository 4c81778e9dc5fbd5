using System.Collections.Frozen;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;

namespace SeniorIoT.Server.Duty;

/// <summary>
/// Looks every day who cannot be reached and of which households nobody could be told, raises or clears <see cref="Rule.NobodyToTell"/>, and forgets
/// what was over long ago. Running it twice changes nothing.
/// </summary>
internal sealed partial class DutyWatch(
    DutyReport report, DutyDirectory duty, TextRecords texts, AlertStore alerts, SystemAlerts tell, TimeProvider clock, ILogger<DutyWatch> log)
{
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(60);

    /// <summary>One look.</summary>
    public async Task RunAsync()
    {
        var now = clock.GetUtcNow();
        var known = report.People(AreaScope.Whole).Keys.ToList();
        await duty.ChangeAsync((connection, _) =>
        {
            DutyStore.Forget(connection, now - KeepFor, known);
            return true;
        });
        FindUnreachable();
        var found = report.Count(AreaScope.Whole);
        LogFound(found.Nobody, found.OnlyUnreachable, found.OnlyOne, found.Unreachable);
        var standing = alerts.ReadNewest(AlertKey.OfSystem(Rule.NobodyToTell));
        if (NobodyWatch.Decide(found.Nobody, found.OnlyUnreachable, standing, now) is { } finding) await tell.TellAsync(finding);
    }

    /// <summary>Finds out anew whom no text gets to, for those who decide whom to tell.</summary>
    public void FindUnreachable()
    {
        var latest = texts.Refresh();
        var unreachable = report.Of(AreaScope.Whole).ReachBy(latest).Where(pair => Reachability.IsUnreachable(pair.Value)).Select(pair => pair.Key).ToFrozenSet();
        // The same set anew would be another to whoever works with it.
        if (!unreachable.SetEquals(duty.Unreachable)) duty.Unreachable = unreachable;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Duty: {Nobody} households with nobody to tell, {OnlyUnreachable} with only unreachable people, {OnlyOne} with one person; {Unreachable} people are out of reach")]
    private partial void LogFound(int nobody, int onlyUnreachable, int onlyOne, int unreachable);
}
