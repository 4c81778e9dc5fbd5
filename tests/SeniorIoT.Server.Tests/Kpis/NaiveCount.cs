using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Server.Tests.Kpis;

/// <summary>
/// What the figures and the visit of one alert are, counted from what happened to it, line by line, by somebody who knows the rules and not the program.
/// </summary>
internal sealed class NaiveCount
{
    private readonly List<double> _waits = [];
    private DateTimeOffset _askedAt;
    private bool _isWaiting;
    private Priority _priority;
    private (string To, DateTimeOffset At, DateTimeOffset? Door, DateTimeOffset? Left)? _visit;

    public NaiveCount(Alert alert, IEnumerable<AlertEvent> story, DateTimeOffset now)
    {
        (RaisedAt, Rule, Place) = (alert.RaisedAt, alert.Rule.Id, (alert.Place.SubDistrict, alert.Place.Committee));
        foreach (var happened in story) Tell(happened, alert.Rule.Priority);
        IsCall = alert.Rule.Priority != Priority.P3 || _priority != Priority.P3;
        IsAnswered = !_isWaiting;
        var longest = _waits.Append(_isWaiting ? (now - _askedAt).TotalSeconds : 0).Max();
        Within60s = longest > 60 ? false : IsAnswered ? true : null;
        // Somebody was sent, and is not known to have come: late once the hour is over.
        var toDoor = (Door ?? (IsClosed ? Record!.Value.EndedAt : now)) - _askedAt;
        IsException = IsCall && (longest > 180 || (_visit is not null && toDoor.TotalMinutes > 60));
    }

    public DateTimeOffset RaisedAt { get; }

    public string Rule { get; }

    public (string SubDistrict, string Committee) Place { get; }

    public bool IsCall { get; }

    public bool IsAnswered { get; }

    public bool IsClosed { get; private set; }

    /// <summary>True or false once it is known, null before.</summary>
    public bool? Within60s { get; }

    public bool IsException { get; }

    public DateTimeOffset? Door { get; private set; }

    /// <summary>The record of the latest closing.</summary>
    public (string Kind, string By, DateTimeOffset At, int? Minutes, string Outcome, DateTimeOffset EndedAt)? Record { get; private set; }

    private void Tell(AlertEvent happened, Priority raisedAs)
    {
        switch (happened)
        {
            case AlertEvent.Raised e:
                _priority = raisedAs;
                Ask(e.At);
                break;
            case AlertEvent.Acknowledged e:
                _waits.Add((e.At - _askedAt).TotalSeconds);
                _isWaiting = false;
                break;
            case AlertEvent.CalledAgain e:
                Ask(e.At);
                break;
            case AlertEvent.HelpAsked e:
                Ask(e.At);
                _priority = Priority.P1;
                break;
            case AlertEvent.Declined { Again: not null } e:
                Ask(e.At);
                _visit = null;
                break;
            case AlertEvent.NotTaken { Again: not null } e:
                Ask(e.At);
                break;
            case AlertEvent.Regraded e:
                if (e.To < e.From) Ask(e.At);
                _priority = e.To;
                break;
            case AlertEvent.Dispatched e:
                _visit = (e.To, e.At, null, null);
                break;
            case AlertEvent.Arrived e:
                _visit = _visit is { Left: null } sent ? sent with { Door = e.At } : (e.By, e.At, e.At, null);
                Door ??= e.At;
                break;
            case AlertEvent.Reopened:
                IsClosed = false;
                break;
            case AlertEvent.Closed e:
                IsClosed = true;
                if (_visit is { } went)
                {
                    _visit = went with { Left = went.Left ?? e.At };
                    var minutes = (int)Math.Max(1, Math.Ceiling((_visit.Value.Left!.Value - (went.Door ?? went.At)).TotalSeconds / 60));
                    Record = ("alert", went.To.Length > 0 ? went.To : e.By, went.Door ?? went.At, minutes > 240 ? null : minutes, e.Outcome, e.At);
                }
                else
                {
                    Record = ("phone", e.By, e.At, null, e.Outcome, e.At);
                }

                break;
        }
    }

    private void Ask(DateTimeOffset at)
    {
        if (_isWaiting && _priority != Priority.P3) _waits.Add((at - _askedAt).TotalSeconds);
        (_askedAt, _isWaiting) = (at, true);
    }
}
