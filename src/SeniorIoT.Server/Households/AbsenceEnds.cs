using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Households;

/// <summary>
/// What happens when an absence ends: a line in the home's history, and the next deadline. The rules need no bell: they watch a home by the
/// time of its readings. Ringing early, late or twice is harmless.
/// </summary>
internal sealed class AbsenceEnds(Registry registry, TimeZoneInfo zone)
{
    /// <summary>The kind of the line.</summary>
    public const string Kind = "absence-ended";

    /// <summary>Looks at the household of a deadline that is due, and sets its next one in the same transaction.</summary>
    public Task WakeAsync(Deadline due, DateTimeOffset now) => registry.ChangeAsync((connection, touched) =>
    {
        var householdId = AbsenceStore.HouseholdOf(due);
        var before = AbsenceStore.Read(connection, householdId);
        foreach (var period in before.Around(now, zone).Periods)
            if (period.Until >= due.DueAt && period.Until <= now)
                HistoryStore.Add(connection, householdId, period.Until, Kind, "The absence ended: the home is watched again.", null);
        DeadlineTable.RemoveAll(connection, due.Subject);
        var after = before.Since(now - AbsencePlan.Behind, zone);
        if (after.NextReturn(now.AddTicks(1), zone) is { } nextAt) DeadlineTable.Set(connection, due with { DueAt = nextAt });
        else if (!after.Absences.IsEmpty) DeadlineTable.Set(connection, due with { DueAt = now + AbsencePlan.Behind }); // to forget them
        if (after == before) return false;
        AbsenceStore.Replace(connection, householdId, after, now, zone);
        return touched.Households.Add(householdId);
    });
}
