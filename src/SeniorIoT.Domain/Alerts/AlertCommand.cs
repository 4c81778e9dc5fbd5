using System.Text.Json.Serialization;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Storms;

namespace SeniorIoT.Domain.Alerts;

/// <summary>What is asked of an alert, by a device's rules, by people, or by time.</summary>
[JsonDerivedType(typeof(Raise), "raise")]
[JsonDerivedType(typeof(Clear), "clear")]
[JsonDerivedType(typeof(Note), "note")]
[JsonDerivedType(typeof(Acknowledge), "acknowledge")]
[JsonDerivedType(typeof(Dispatch), "dispatch")]
[JsonDerivedType(typeof(Arrive), "arrive")]
[JsonDerivedType(typeof(Close), "close")]
[JsonDerivedType(typeof(HandOver), "hand-over")]
[JsonDerivedType(typeof(Regrade), "regrade")]
[JsonDerivedType(typeof(Reopen), "reopen")]
[JsonDerivedType(typeof(AskHelp), "ask-help")]
[JsonDerivedType(typeof(Decline), "decline")]
[JsonDerivedType(typeof(Wake), "wake")]
[JsonDerivedType(typeof(Undelivered), "undelivered")]
[JsonDerivedType(typeof(Join), "join")]
[JsonDerivedType(typeof(Leave), "leave")]
[JsonDerivedType(typeof(Shelve), "shelve")]
[JsonDerivedType(typeof(Unshelve), "unshelve")]
public abstract record AlertCommand
{
    private AlertCommand()
    {
    }

    /// <summary>Who the person is that acts; null for devices and time, and where only the name is known.</summary>
    public PersonId? ById { get; init; }

    /// <summary>The condition is there, or somebody called. <paramref name="Id"/> is used only when a new alert begins.</summary>
    public sealed record Raise(AlertId Id, Rule Rule, Place Place, DeviceId Device, DateTimeOffset OccurredAt, string Cause, Evidence Evidence) : AlertCommand
    {
        /// <summary>The incident that a new alert begins in; null: none. Never set for a call for help.</summary>
        public Incident? Incident { get; init; }
    }

    /// <summary>The condition is over; when <paramref name="IsDated"/>, only if nobody called after <paramref name="At"/>.</summary>
    public sealed record Clear(DateTimeOffset At, string Text, bool IsDated = false) : AlertCommand;

    /// <summary>
    /// Somebody, or a device, has something to say. <paramref name="By"/> is null for a device, whose message
    /// <paramref name="Cause"/> names, so that it is written down once however often it comes.
    /// </summary>
    public sealed record Note(string? By, string Text, string? Cause = null) : AlertCommand;

    /// <summary>A person takes it on.</summary>
    public sealed record Acknowledge(string By, string? Text) : AlertCommand
    {
        /// <summary>When that was, where it was said of the incident it is in; null: now.</summary>
        public DateTimeOffset? At { get; init; }
    }

    /// <summary>Somebody is sent.</summary>
    public sealed record Dispatch(string By, string To, string? Text) : AlertCommand
    {
        /// <summary>Who is sent; null where only the name is known.</summary>
        public PersonId? ToId { get; init; }
    }

    /// <summary>Somebody is at the door.</summary>
    public sealed record Arrive(string By, string? Text) : AlertCommand;

    /// <summary>The episode is ended.</summary>
    public sealed record Close(string By, string Outcome, string? Text) : AlertCommand;

    /// <summary>Another person is to see to it, and says so within <see cref="AlertRules.TakeWithin"/>; to oneself: it is taken over.</summary>
    public sealed record HandOver(string By, string To, string? Text) : AlertCommand;

    /// <summary>It is more urgent than it seemed, or less.</summary>
    public sealed record Regrade(string By, Priority Priority, string Text) : AlertCommand;

    /// <summary>It was closed too early.</summary>
    public sealed record Reopen(string By, string? Text) : AlertCommand;

    /// <summary>Whoever is at the door needs help there.</summary>
    public sealed record AskHelp(string By, string Text) : AlertCommand;

    /// <summary>Somebody who was told cannot go.</summary>
    public sealed record Decline(string By, string Text) : AlertCommand;

    /// <summary>Time has passed. Early, late or twice is harmless.</summary>
    public sealed record Wake : AlertCommand;

    /// <summary>Nobody could be told at this step: go on to the next now instead of waiting.</summary>
    public sealed record Undelivered(int Step, string Text) : AlertCommand;

    /// <summary>It is a part of an incident, which is told and answered as one. <paramref name="From"/>: the incident that was merged into that one; null: it comes by itself.</summary>
    public sealed record Join(string Incident, string? From = null) : AlertCommand;

    /// <summary>It goes its own way again: the incident is over, or a person (<paramref name="By"/>) took it out.</summary>
    public sealed record Leave(string? By, string Text) : AlertCommand;

    /// <summary>A person wants to hear nothing of it until then. Said again with another time, that counts.</summary>
    public sealed record Shelve(string By, DateTimeOffset Until, string Text) : AlertCommand;

    /// <summary>A person wants to hear of it again before its time.</summary>
    public sealed record Unshelve(string By, string Text) : AlertCommand;
}

/// <summary>What happened to an alert: one line of its timeline each.</summary>
[JsonDerivedType(typeof(Raised), "raised")]
[JsonDerivedType(typeof(Repeated), "repeated")]
[JsonDerivedType(typeof(Cleared), "cleared")]
[JsonDerivedType(typeof(Noted), "noted")]
[JsonDerivedType(typeof(Acknowledged), "acknowledged")]
[JsonDerivedType(typeof(Dispatched), "dispatched")]
[JsonDerivedType(typeof(Arrived), "arrived")]
[JsonDerivedType(typeof(Escalated), "escalated")]
[JsonDerivedType(typeof(Closed), "closed")]
[JsonDerivedType(typeof(CalledAgain), "called_again")]
[JsonDerivedType(typeof(HandedOver), "handed_over")]
[JsonDerivedType(typeof(Regraded), "regraded")]
[JsonDerivedType(typeof(Reopened), "reopened")]
[JsonDerivedType(typeof(Stopped), "stopped")]
[JsonDerivedType(typeof(HelpAsked), "help_asked")]
[JsonDerivedType(typeof(Declined), "declined")]
[JsonDerivedType(typeof(Joined), "joined")]
[JsonDerivedType(typeof(Left), "left")]
[JsonDerivedType(typeof(Taken), "taken")]
[JsonDerivedType(typeof(NotTaken), "not_taken")]
[JsonDerivedType(typeof(Shelved), "shelved")]
[JsonDerivedType(typeof(Unshelved), "unshelved")]
public abstract record AlertEvent
{
    private AlertEvent()
    {
    }

    /// <summary>Who the person is that acted, see <see cref="AlertCommand.ById"/>.</summary>
    public PersonId? ById { get; init; }

    /// <summary>A new alert began.</summary>
    public sealed record Raised(AlertCommand.Raise Command, DateTimeOffset At, Ladder Ladder, DateTimeOffset? EscalatesAt) : AlertEvent;

    /// <summary>The same call again, merged into the open alert.</summary>
    public sealed record Repeated(DateTimeOffset At, DateTimeOffset OccurredAt, Evidence Evidence) : AlertEvent;

    /// <summary>The same call again, when nobody is expected any more to hear it: people are asked anew.</summary>
    public sealed record CalledAgain(DateTimeOffset At, DateTimeOffset OccurredAt, Evidence Evidence, int Step, DateTimeOffset? EscalatesAt) : AlertEvent;

    /// <summary>The condition is over.</summary>
    public sealed record Cleared(DateTimeOffset At, string Text) : AlertEvent;

    /// <summary>Something was said.</summary>
    public sealed record Noted(DateTimeOffset At, string? By, string Text) : AlertEvent;

    /// <summary>A person answered.</summary>
    public sealed record Acknowledged(DateTimeOffset At, string By, string? Text) : AlertEvent;

    /// <summary>Somebody was sent.</summary>
    public sealed record Dispatched(DateTimeOffset At, string By, string To, string? Text) : AlertEvent
    {
        /// <summary>Who was sent; null where only the name is known.</summary>
        public PersonId? ToId { get; init; }
    }

    /// <summary>Somebody is at the door.</summary>
    public sealed record Arrived(DateTimeOffset At, string By, string? Text) : AlertEvent;

    /// <summary>Nobody had answered in time: the next step of the ladder is told.</summary>
    public sealed record Escalated(DateTimeOffset At, int Step, DateTimeOffset? EscalatesAt, string? Text) : AlertEvent;

    /// <summary>Ended.</summary>
    public sealed record Closed(DateTimeOffset At, string By, string Outcome, string? Text) : AlertEvent;

    /// <summary>Another person is to see to it, and is waited for until <paramref name="ReturnsAt"/>; null: it was taken over by <paramref name="By"/>.</summary>
    public sealed record HandedOver(DateTimeOffset At, string By, string To, DateTimeOffset? ReturnsAt, string? Text) : AlertEvent;

    /// <summary>The one it was handed to has taken it.</summary>
    public sealed record Taken(DateTimeOffset At, string By, string? Text) : AlertEvent;

    /// <summary>
    /// The one it was handed to (<paramref name="To"/>) did not take it. People are asked on (<paramref name="Again"/>); where somebody is at the door nobody else need come, and it
    /// goes back to whoever handed it over.
    /// </summary>
    public sealed record NotTaken(DateTimeOffset At, string To, AskedAgain? Again) : AlertEvent;

    /// <summary>Its priority was changed. More urgent: people are asked anew, from <paramref name="Step"/> on; else the step is as it was.</summary>
    public sealed record Regraded(DateTimeOffset At, string By, Priority From, Priority To, Ladder Ladder, int Step, DateTimeOffset? EscalatesAt, string Text) : AlertEvent;

    /// <summary>It is open again, in the hands of whoever opened it.</summary>
    public sealed record Reopened(DateTimeOffset At, string By, string? Text) : AlertEvent;

    /// <summary>Nobody is told any more, as its ladder says; it stays open in the console.</summary>
    public sealed record Stopped(DateTimeOffset At, string Text) : AlertEvent;

    /// <summary>Help is needed at the door: it is a <see cref="Priority.P1"/> now, and the next step is told at once.</summary>
    public sealed record HelpAsked(DateTimeOffset At, string By, Ladder Ladder, AskedAgain Again, string Text) : AlertEvent;

    /// <summary>Somebody cannot go. Was it the one who was to, people are asked on (<paramref name="Again"/>); else it is null.</summary>
    public sealed record Declined(DateTimeOffset At, string By, AskedAgain? Again, string Text) : AlertEvent;

    /// <summary>It is a part of an incident: its ladder waits.</summary>
    public sealed record Joined(DateTimeOffset At, string Incident) : AlertEvent;

    /// <summary>It goes its own way. Where its trouble is still there and nobody has answered, people are asked from <paramref name="Step"/> on; else that is 0.</summary>
    public sealed record Left(DateTimeOffset At, string? By, int Step, DateTimeOffset? EscalatesAt, string Text) : AlertEvent;

    /// <summary>Nobody is told before <paramref name="Until"/>.</summary>
    public sealed record Shelved(DateTimeOffset At, string By, DateTimeOffset Until, string Text) : AlertEvent;

    /// <summary>It is shelved no more. Where its trouble is still there, people are asked from <paramref name="Step"/> on; else that is 0.</summary>
    public sealed record Unshelved(DateTimeOffset At, string? By, int Step, DateTimeOffset? EscalatesAt, string Text) : AlertEvent;
}

/// <summary>The answer to a command.</summary>
[JsonDerivedType(typeof(Accepted), "accepted")]
[JsonDerivedType(typeof(Rejected), "rejected")]
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>Done, or already so. No events: nothing changed.</summary>
    public sealed record Accepted(IReadOnlyList<AlertEvent> Events) : Decision;

    /// <summary>
    /// Refused: a thing a person can meet, with the sentence to show. Where another person was faster, <paramref name="Winner"/> is what
    /// he or she did.
    /// </summary>
    public sealed record Rejected(string Reason, Touch? Winner = null) : Decision;

    /// <summary>Nothing changed.</summary>
    public static readonly Decision Nothing = new Accepted([]);
}
