using System.Collections.Immutable;
using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Domain.Households;

/// <summary>
/// Every absence of a household that is known, over ones as long as a rule may look back on them. Immutable: a change is another plan.
/// Whatever a person enters or takes back, the time that was already spent away stays known: nobody used water then, and that was no alarm.
/// </summary>
/// <param name="absences">The absences, in any order.</param>
public sealed class AbsencePlan(ImmutableArray<Absence> absences)
{
    /// <summary>How long an absence that is over is kept: as far back as homes learn their habit from, and a fortnight for readings that come late.</summary>
    public static readonly TimeSpan Behind = Relearning.LookBack + TimeSpan.FromDays(14);

    private static readonly TimeSpan Ahead = TimeSpan.FromDays(10);

    private volatile Expanded? _expanded;

    /// <summary>Nobody of this household has ever been away. Most plans are this one.</summary>
    public static AbsencePlan Empty { get; } = new([]);

    /// <summary>What people entered.</summary>
    public ImmutableArray<Absence> Absences { get; } = absences;

    /// <summary>What rules must know at a moment: <see cref="Behind"/> and 10 ahead at least. Cheap: it is worked out once a day.</summary>
    public Absences Around(DateTimeOffset now, TimeZoneInfo zone)
    {
        if (Absences.IsEmpty) return Detection.Absences.None;
        var day = now.UtcDateTime.Date;
        if (_expanded is { } known && known.Day == day && known.Zone == zone) return known.Absences;
        var expanded = Detection.Absences.Of(Absences.SelectMany(absence => absence.Between(now - Behind, now + Ahead + TimeSpan.FromDays(1), zone)));
        _expanded = new(day, zone, expanded);
        return expanded;
    }

    /// <summary>
    /// The absence that goes on at <paramref name="now"/>, or else the next one, with all of the time that nobody will be at home: another one that overlaps or
    /// touches it lengthens the time. Null when nobody is or will be away.
    /// </summary>
    public (Absence Absence, AwayPeriod Period)? CurrentOrNext(DateTimeOffset now, TimeZoneInfo zone)
    {
        var coming = Absences.Select(absence => (Absence: absence, Period: absence.CurrentOrNext(now, zone)))
            .Where(next => next.Period is not null).Select(next => (next.Absence, Period: next.Period!)).ToList();
        if (coming.Count == 0) return null;
        var current = coming.Where(next => next.Period.From <= now).ToList();
        var (first, period) = current.Count > 0 ? current.MaxBy(next => next.Period.Until) : coming.MinBy(next => next.Period.From);
        var whole = Detection.Absences.Of(Absences.SelectMany(absence => absence.Between(period.From, period.Until + Ahead, zone))).At(period.From);
        return (first, whole ?? period);
    }

    /// <summary>
    /// With one more absence. From its start on it takes the place of one like it: a single one of singles that it overlaps, a weekly one of those
    /// with the same days and hours. So a wrong end is corrected, and a weekly absence renewed, by entering it again.
    /// </summary>
    public AbsencePlan With(Absence added) => new([.. Absences.Select(absence => (absence, added) switch
    {
        (Absence.Once old, Absence.Once fresh) when old.Period.From < fresh.Period.Until && old.Period.Until > fresh.Period.From => Until(old, fresh.Period.From),
        (Absence.Weekly old, Absence.Weekly fresh) when (old.On, old.From, old.Until) == (fresh.On, fresh.From, fresh.Until)
            && old.StartsOn <= fresh.EndsOn && old.EndsOn >= fresh.StartsOn => Until(old, fresh.StartsOn.AddDays(-1)),
        _ => absence,
    }).OfType<Absence>(), added]);

    /// <summary>Without what is still to come of an absence; what goes on ends at <paramref name="now"/>. Unknown or over: nothing changes.</summary>
    public AbsencePlan Without(long id, DateTimeOffset now, TimeZoneInfo zone) =>
        Absences.FirstOrDefault(absence => absence.Id == id) is { } ended ? Replaced(ended, CutAt(ended, now, zone, isAllOfIt: true)) : this;

    /// <summary>
    /// Somebody is at home, now: every absence that goes on ends, a weekly one for this time only. When none goes on, the next one is called
    /// off, a weekly one again for this time only.
    /// </summary>
    public AbsencePlan Back(DateTimeOffset now, TimeZoneInfo zone)
    {
        var current = Absences.Where(absence => absence.CurrentOrNext(now, zone) is { } period && period.From <= now).ToList();
        if (current.Count == 0 && CurrentOrNext(now, zone) is { } next) current.Add(next.Absence);
        return current.Aggregate(this, (plan, absence) => plan.Replaced(absence, CutAt(absence, now, zone, isAllOfIt: false)));
    }

    /// <summary>Without what was over before <paramref name="before"/>.</summary>
    public AbsencePlan Since(DateTimeOffset before, TimeZoneInfo zone)
    {
        var kept = Absences.RemoveAll(absence => absence.CurrentOrNext(before, zone) is null);
        return kept.Length == Absences.Length ? this : new(kept);
    }

    /// <summary>
    /// The next moment from <paramref name="from"/> on (itself included) at which somebody should be at home again, or an earlier one at which to ask again.
    /// Null when nobody is or will be away.
    /// </summary>
    public DateTimeOffset? NextReturn(DateTimeOffset from, TimeZoneInfo zone)
    {
        foreach (var period in Around(from, zone).Periods)
            if (period.Until >= from) return period.Until;
        return Absences.Any(absence => absence.CurrentOrNext(from, zone) is not null) ? from + Ahead - TimeSpan.FromDays(1) : null;
    }

    private static Absence.Once? Until(Absence.Once absence, DateTimeOffset at) =>
        absence.Period.From < at ? absence with { Period = absence.Period with { Until = at } } : null;

    private static Absence.Weekly? Until(Absence.Weekly absence, DateOnly day) => absence.StartsOn <= day ? absence with { EndsOn = day } : null;

    // What is left of an absence when its current or next time is cut off at a moment.
    private static IEnumerable<Absence> CutAt(Absence absence, DateTimeOffset now, TimeZoneInfo zone, bool isAllOfIt)
    {
        if (absence.CurrentOrNext(now, zone) is not { } period) return [absence];
        if (absence is not Absence.Weekly weekly) return Left(period.From < now ? Until((Absence.Once)absence, now) : null);
        var day = LocalTime.DayOf(period.From, zone);
        var spent = period.From < now ? new Absence.Once(period with { Until = now }) { Reason = weekly.Reason, By = weekly.By } : null;
        // The number stays with what is still to come.
        var past = Until(weekly, day.AddDays(-1));
        var rest = isAllOfIt || weekly.EndsOn <= day ? null : weekly with { StartsOn = day.AddDays(1) };
        return Left(rest is null ? past : past is null ? null : past with { Id = 0 }, spent, rest);
    }

    private static IEnumerable<Absence> Left(params IEnumerable<Absence?> parts) => parts.OfType<Absence>();

    private AbsencePlan Replaced(Absence absence, IEnumerable<Absence> parts) => new([.. Absences.Where(other => other != absence), .. parts]);

    private sealed record Expanded(DateTime Day, TimeZoneInfo Zone, Absences Absences);
}
