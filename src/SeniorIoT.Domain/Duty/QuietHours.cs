namespace SeniorIoT.Domain.Duty;

/// <summary>When a person is not to be woken for anything that can wait, every day on the district's clock. A call for help never can.</summary>
/// <param name="From">Start.</param>
/// <param name="Until">End; on the next day when that is not after the start. Another time than the start.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly Until)
{
    /// <summary>Whether a time of day is among them.</summary>
    public bool Include(TimeOnly time) => From < Until ? From <= time && time < Until : time >= From || time < Until;
}

/// <summary>A responder is absent for a while: on holiday, sick. Whoever is absent is told only when nobody else of a step could be.</summary>
/// <param name="Id">Its number in the store.</param>
/// <param name="Number">Whose, in E.164.</param>
/// <param name="Name">Name, as entered.</param>
/// <param name="From">Start.</param>
/// <param name="Until">End, not included.</param>
/// <param name="Reason">Why; null when not said.</param>
/// <param name="By">Who entered it.</param>
public sealed record PersonAbsence(long Id, string Number, string Name, DateTimeOffset From, DateTimeOffset Until, string? Reason, string By)
{
    /// <summary>Whether it counts at a moment.</summary>
    public bool Holds(DateTimeOffset at) => From <= at && at < Until;
}
