using System.Text.Json.Serialization;
using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Domain.Alerts;

/// <summary>Where an alert is and whom it is about, as known when it was raised: the record stays true when the household changes.</summary>
/// <param name="Household">The household.</param>
/// <param name="Address">Its address.</param>
/// <param name="Committee">Neighbourhood committee.</param>
/// <param name="SubDistrict">Sub-district.</param>
/// <param name="Resident">Names of the residents, joined.</param>
/// <param name="BirthYear">Of the first resident; null when unknown.</param>
/// <param name="LivesAlone">Whether the resident lives alone.</param>
public sealed record Place(
    HouseholdId Household,
    string Address,
    string Committee,
    string SubDistrict,
    string Resident,
    int? BirthYear,
    bool LivesAlone)
{
    /// <summary>The place of alerts about the system itself: no household and no area, so only the whole district sees them.</summary>
    public static Place System { get; } = new(new HouseholdId(""), "", "", "", "", null, false);
}

/// <summary>Has a person answered? A deadline belongs to "nobody yet", so it exists only there.</summary>
[JsonDerivedType(typeof(Awaited), "awaited")]
[JsonDerivedType(typeof(Given), "given")]
public abstract record Response
{
    private Response()
    {
    }

    /// <summary>Nobody yet.</summary>
    /// <param name="Step">How far up the ladder, from 0.</param>
    /// <param name="EscalatesAt">When the next step is due; null for alerts that never escalate (P3).</param>
    public sealed record Awaited(int Step, DateTimeOffset? EscalatesAt) : Response;

    /// <summary>A person has.</summary>
    public sealed record Given(int Step, string By, DateTimeOffset At) : Response
    {
        /// <summary>Who <see cref="By"/> is; null where only the name is known.</summary>
        public PersonId? ById { get; init; }
    }
}

/// <summary>People are asked, from the ladder's first step on: at first when the alert is raised, again when it needs an answer anew.</summary>
/// <param name="Step">The step of the alert that is the ladder's first of this round; steps of an alert only grow, so that no notice has the id of another.</param>
/// <param name="At">Since when.</param>
/// <param name="From">The rung it began on: 0, or higher when people are asked on rather than anew.</param>
public sealed record Round(int Step, DateTimeOffset At, int From = 0);

/// <summary>People are asked on, though there was an answer.</summary>
/// <param name="Step">The step that is told.</param>
/// <param name="FirstStep">The step that is the ladder's first, see <see cref="Round"/>.</param>
/// <param name="EscalatesAt">When the next is due; null: there is nobody else.</param>
public sealed record AskedAgain(int Step, int FirstStep, DateTimeOffset? EscalatesAt);

/// <summary>Somebody at the door asked for help.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="ById">Who that is; null where only the name is known.</param>
public sealed record HelpCall(string By, DateTimeOffset At, PersonId? ById = null);

/// <summary>It was handed to somebody who has not taken it yet.</summary>
/// <param name="By">Who handed it over.</param>
/// <param name="To">Who is to see to it.</param>
/// <param name="At">Since when.</param>
/// <param name="ReturnsAt">Then others are asked.</param>
public sealed record Offer(string By, string To, DateTimeOffset At, DateTimeOffset ReturnsAt);

/// <summary>The latest thing a person did to an alert: what another person, who has not seen it, would overrule.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Kind">What, as the timeline calls it.</param>
/// <param name="Version">The alert's version after it.</param>
public sealed record Touch(string By, DateTimeOffset At, string Kind, int Version);

/// <summary>Somebody was sent to the door.</summary>
public sealed record Dispatch(string To, DateTimeOffset At, DateTimeOffset? ArrivedAt)
{
    /// <summary>Who was sent; null where only the name is known.</summary>
    public PersonId? ToId { get; init; }

    /// <summary>When this visit ended: the first closing after it. Opened again, the alert waits for another; null while it goes on.</summary>
    public DateTimeOffset? LeftAt { get; init; }
}

/// <summary>How and by whom the episode was ended.</summary>
public sealed record Closing(string By, DateTimeOffset At, string Outcome)
{
    /// <summary>Who <see cref="By"/> is; null where only the name is known.</summary>
    public PersonId? ById { get; init; }
}

/// <summary>
/// One episode: from the first call or finding until a person closes it. Two facts are kept apart: whether the condition is
/// still there (<see cref="ClearedAt"/>) and whether a person has answered (<see cref="Response"/>).
/// </summary>
/// <param name="Id">Short id.</param>
/// <param name="Rule">What was found.</param>
/// <param name="Priority">How urgent.</param>
/// <param name="Place">Where and whom.</param>
/// <param name="Device">Which device said so first.</param>
/// <param name="RaisedAt">When we raised it.</param>
/// <param name="OccurredAt">When it happened at the device.</param>
/// <param name="Evidence">What it rests on; the newest when it was raised again.</param>
/// <param name="Repeats">How often the same call came again while it was open.</param>
/// <param name="ClearedAt">When the condition ended; null while it is there.</param>
/// <param name="Response">Whether a person has answered.</param>
/// <param name="Dispatch">Who was sent; null when nobody.</param>
/// <param name="Closing">How it ended; null while open.</param>
/// <param name="Version">Grows by one with every event.</param>
public sealed record Alert(
    AlertId Id,
    Rule Rule,
    Priority Priority,
    Place Place,
    DeviceId Device,
    DateTimeOffset RaisedAt,
    DateTimeOffset OccurredAt,
    Evidence Evidence,
    int Repeats,
    DateTimeOffset? ClearedAt,
    Response Response,
    Dispatch? Dispatch,
    Closing? Closing,
    int Version)
{
    /// <summary>When the latest repeat happened at the device, if that is after <see cref="OccurredAt"/>; null when none did.</summary>
    public DateTimeOffset? RepeatedAt { get; init; }

    /// <summary>Who is told when, as it was in force when the alert was raised or regraded.</summary>
    public Ladder Ladder
    {
        get => field ?? Ladder.For(Priority); // alerts of earlier versions carry none
        init;
    }

    /// <summary>Since when, and from which step on, people are asked.</summary>
    public Round Round
    {
        get => field ?? new Round(0, RaisedAt);
        init;
    }

    /// <summary>Who sees to it, when that is not the person who answered; null: nobody was handed it.</summary>
    public string? HandedTo { get; init; }

    /// <summary>It waits for the one it was handed to; null when it does not.</summary>
    public Offer? Offer { get; init; }

    /// <summary>When somebody was first at the door, whoever was sent after that; null: nobody yet.</summary>
    public DateTimeOffset? DoorAt { get; init; }

    /// <summary>What a person did last; null when nobody did anything yet.</summary>
    public Touch? Touch { get; init; }

    /// <summary>
    /// The longest that people were asked in a round before somebody answered, or before they were asked anew: a second, quick answer does not hide a slow first one.
    /// </summary>
    public TimeSpan? SlowestAnswer { get; init; }

    /// <summary>Who asked for help at the door; null: nobody did, or another person has answered since.</summary>
    public HelpCall? Help { get; init; }

    /// <summary>The incident it is, or was last, a part of; null: none. Its ladder waits while that is open.</summary>
    public string? Incident { get; init; }

    /// <summary>When it became a part of <see cref="Incident"/>, where that was after it was raised: an answer to that from before was not about this. Null: it began in it, or in none.</summary>
    public DateTimeOffset? JoinedAt { get; init; }

    /// <summary>Until when a person shelved it: nobody is told before, and people are asked anew then if its trouble is still there. Null: it is not shelved.</summary>
    public DateTimeOffset? ShelvedUntil { get; init; }

    /// <summary>Since when it waits for its answer, where that is longer than <see cref="Round"/> says, because nobody had answered the incident it was in.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>It was in an incident and goes its own way since: none takes it in again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsApart { get; init; }

    /// <summary>Who sees to it; null when nobody has answered.</summary>
    [JsonIgnore]
    public string? HandledBy => HandedTo ?? (Response as Response.Given)?.By;

    /// <summary>Since when people are asked for the answer that it got or waits for.</summary>
    [JsonIgnore]
    public DateTimeOffset AskedAt => WaitingSince ?? Round.At;

    /// <summary>How far up the ladder the present round is.</summary>
    [JsonIgnore]
    public int Rung => Step - Round.Step;

    /// <summary>When it happened last at the device, the repeats counted.</summary>
    [JsonIgnore]
    public DateTimeOffset LastOccurredAt => RepeatedAt ?? OccurredAt;

    /// <summary>Whether nothing can happen to it any more.</summary>
    [JsonIgnore]
    public bool IsClosed => Closing is not null;

    /// <summary>How far up the ladder it went.</summary>
    [JsonIgnore]
    public int Step => Response switch
    {
        Response.Awaited awaited => awaited.Step,
        Response.Given given => given.Step,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>When the next step of the ladder is due, or others are asked because nobody took what was handed over; null when nobody needs to be told any more.</summary>
    [JsonIgnore]
    public DateTimeOffset? EscalatesAt => IsClosed ? null : Response is Response.Awaited awaited ? awaited.EscalatesAt : Offer?.ReturnsAt;
}

/// <summary>How an alert may end. The ids are the API's.</summary>
public static class Outcome
{
    /// <summary>Every id, in the order the console shows them.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["safe", "false_alarm", "emergency", "away", "hospital", "leak", "device_fault", "test", "other"];

    /// <summary>
    /// The outcome a person wrote: one of <see cref="All"/>, however it is spelt (<c>False-alarm</c>), else their own words, as
    /// districts have outcomes of their own.
    /// </summary>
    public static string Read(string written)
    {
        var words = written.Trim();
        var id = words.ToLowerInvariant().Replace('-', '_').Replace(' ', '_');
        return All.Contains(id) ? id : words;
    }
}
