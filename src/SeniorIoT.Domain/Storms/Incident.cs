using System.Text.Json.Serialization;
using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Storms;

/// <summary>
/// Many alerts of one family in one place at one time, which are one trouble: told once, answered once. Its members keep their own
/// alerts; their ladders wait for it.
/// </summary>
/// <param name="Id">Short id, <c>I0007</c>; the case code of its texts.</param>
/// <param name="Family">See <see cref="StormTable.FamilyOf"/>.</param>
/// <param name="Place">Where.</param>
/// <param name="Committee">Whose committee's; empty when it is of several.</param>
/// <param name="SubDistrict">Whose sub-district's; empty for the whole district.</param>
/// <param name="OpenedAt">When it was one alert too many.</param>
/// <param name="FirstAlert">The alert that opened it.</param>
/// <param name="Version">Grows by one with every event.</param>
public sealed record Incident(
    string Id, string Family, StormPlace Place, string Committee, string SubDistrict, DateTimeOffset OpenedAt, AlertId FirstAlert, int Version)
{
    /// <summary>Alerts that were ever in it, as of the last look.</summary>
    public int Members { get; init; }

    /// <summary>Homes of those.</summary>
    public int Homes { get; init; }

    /// <summary>Homes when people were last told.</summary>
    public int ToldHomes { get; init; }

    /// <summary>Alerts of it that people had been texted one by one, before it was told.</summary>
    public int TextedBefore { get; init; }

    /// <summary>How often people were asked to answer it.</summary>
    public int Step { get; init; }

    /// <summary>Since when its ladder counts, where people are asked on because whoever had answered could not go; null: since it opened.</summary>
    public DateTimeOffset? AskedOnAt { get; init; }

    /// <summary>When they are asked again, or it gives up; null when a person has answered or it is over.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Who answered; null: nobody.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>Who had answered and then could not go; null: nobody, or another has answered since.</summary>
    public string? DeclinedBy { get; init; }

    /// <summary>Who asked for help there; null: nobody, or another has answered since.</summary>
    public string? HelpBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? HelpAt { get; init; }

    /// <summary>What a person did last; null when nobody did anything yet.</summary>
    public Touch? Touch { get; init; }

    /// <summary>Smaller incidents that were merged into it.</summary>
    public IReadOnlyList<string> TookIn
    {
        get => field ?? []; // incidents of earlier versions carry none
        init;
    }

    /// <summary>When it was over; null while it is open.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public string? EndedBecause { get; init; }

    /// <summary>The larger incident that has its members since; null: none.</summary>
    public string? MergedInto { get; init; }

    /// <summary>Who closed it with all its members; null when it ended otherwise.</summary>
    public string? ClosedBy { get; init; }

    /// <summary>As what.</summary>
    public string? Outcome { get; init; }

    /// <summary>Whether it takes no members any more.</summary>
    [JsonIgnore]
    public bool IsOver => EndedAt is not null;

    /// <summary>Whether another incident of the same family is a part of this trouble: it is smaller, and lies in this one's place.</summary>
    public bool Holds(Incident other) => other.Family == Family && Place.Scope >= StormScope.SubDistrict && other.Place.Scope < Place.Scope
        && (Place.Scope == StormScope.District || other.SubDistrict == Place.Name);

    /// <summary>Whether a text is an incident's by its case code: alerts begin with another letter.</summary>
    public static bool IsCode(string code) => code is ['I', ..];
}

/// <summary>What is asked of an incident.</summary>
[JsonDerivedType(typeof(Look), "look")]
[JsonDerivedType(typeof(Acknowledge), "acknowledge")]
[JsonDerivedType(typeof(Report), "report")]
[JsonDerivedType(typeof(AskHelp), "ask-help")]
[JsonDerivedType(typeof(Decline), "decline")]
[JsonDerivedType(typeof(Undelivered), "undelivered")]
[JsonDerivedType(typeof(TakeIn), "take-in")]
[JsonDerivedType(typeof(Merge), "merge")]
[JsonDerivedType(typeof(Close), "close")]
public abstract record IncidentCommand
{
    private IncidentCommand()
    {
    }

    /// <summary>Its members as they are now; time has passed. Early, late or twice is harmless.</summary>
    /// <param name="Members">Alerts that were ever in it.</param>
    /// <param name="Homes">Homes of those.</param>
    /// <param name="Standing">Homes whose trouble is still there: not cleared, not closed.</param>
    public sealed record Look(int Members, int Homes, int Standing) : IncidentCommand
    {
        /// <summary>Whether nobody can be told of the incident: then it may hold back nobody who could be told of a home.</summary>
        public bool IsUnheard { get; init; }

        /// <summary>Alerts of it that people were texted one by one.</summary>
        public int Texted { get; init; }
    }

    /// <summary>A person takes it on, with all its members.</summary>
    public sealed record Acknowledge(string By, string? Text) : IncidentCommand;

    /// <summary>Somebody who was told says how it stands: that answers it if nobody has, else it is written down.</summary>
    public sealed record Report(string By, string Text) : IncidentCommand;

    /// <summary>Somebody needs help there.</summary>
    public sealed record AskHelp(string By, string Text) : IncidentCommand;

    /// <summary>Somebody who was told cannot go.</summary>
    public sealed record Decline(string By, string Text) : IncidentCommand;

    /// <summary>Nobody could be told at this step: go on now instead of waiting.</summary>
    public sealed record Undelivered(int Step, string Text) : IncidentCommand;

    /// <summary>A smaller incident turns out to be a part of it.</summary>
    public sealed record TakeIn(string Incident, int Homes, string? AnsweredBy) : IncidentCommand;

    /// <summary>It turns out to be a part of a larger one, which has its members from now on.</summary>
    public sealed record Merge(string Into) : IncidentCommand;

    /// <summary>A person ends it, with all its members.</summary>
    public sealed record Close(string By, string Outcome, string? Text) : IncidentCommand;
}

/// <summary>What happened to an incident: one line of its timeline each.</summary>
[JsonDerivedType(typeof(Told), "told")]
[JsonDerivedType(typeof(Acknowledged), "acknowledged")]
[JsonDerivedType(typeof(Noted), "noted")]
[JsonDerivedType(typeof(HelpAsked), "help_asked")]
[JsonDerivedType(typeof(Declined), "declined")]
[JsonDerivedType(typeof(TookIn), "took_in")]
[JsonDerivedType(typeof(Ended), "ended")]
[JsonDerivedType(typeof(Merged), "merged")]
[JsonDerivedType(typeof(Closed), "closed")]
public abstract record IncidentEvent
{
    private IncidentEvent()
    {
    }

    /// <summary>People are told: of the beginning (step 0), because nobody answered (the next step), or because it has grown (the same step).</summary>
    public sealed record Told(DateTimeOffset At, int Step, int Members, int Homes, DateTimeOffset? DueAt) : IncidentEvent
    {
        /// <summary>Alerts of it that had been texted one by one before; only at its beginning.</summary>
        public int Texted { get; init; }

        /// <summary>Why before its time; null: it was time.</summary>
        public string? Why { get; init; }
    }

    /// <summary>A person answered.</summary>
    public sealed record Acknowledged(DateTimeOffset At, string By, string? Text) : IncidentEvent;

    /// <summary>Something was said.</summary>
    public sealed record Noted(DateTimeOffset At, string By, string Text) : IncidentEvent;

    /// <summary>Help is needed there: those of the last step are told at once, and again until another person answers.</summary>
    public sealed record HelpAsked(DateTimeOffset At, string By, DateTimeOffset DueAt, string Text) : IncidentEvent;

    /// <summary>Somebody cannot go. Was it the one who had answered, people are asked on.</summary>
    public sealed record Declined(DateTimeOffset At, string By, string Text) : IncidentEvent;

    /// <summary>A smaller incident is a part of it since.</summary>
    public sealed record TookIn(DateTimeOffset At, string Incident, int Homes, string? AnsweredBy) : IncidentEvent;

    /// <summary>It is over: members whose trouble is still there go their own way.</summary>
    public sealed record Ended(DateTimeOffset At, int Members, int Homes, string Why) : IncidentEvent;

    /// <summary>It is a part of a larger one: that has its members, and tells of them.</summary>
    public sealed record Merged(DateTimeOffset At, string Into) : IncidentEvent;

    /// <summary>A person ended it with all its members.</summary>
    public sealed record Closed(DateTimeOffset At, string By, string Outcome, string? Text) : IncidentEvent;
}

/// <summary>The answer of an incident to a command.</summary>
/// <param name="Events">What happened; empty: nothing changed.</param>
/// <param name="Rejected">Why it was refused; null when it was not.</param>
public sealed record IncidentDecision(IReadOnlyList<IncidentEvent> Events, string? Rejected = null);
