using System.Diagnostics.Metrics;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Alerts;

/// <summary>What happens to alerts and notices, for the meter <c>SeniorIoT</c>. Labels are rules and priorities, never people or places.</summary>
internal sealed class AlertCounters
{
    private readonly Counter<long> _raised;
    private readonly Counter<long> _escalated;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _owed;
    private readonly Histogram<double> _timeToAnswer;

    public AlertCounters(IMeterFactory meters)
    {
        var meter = meters.Create("SeniorIoT");
        _raised = meter.CreateCounter<long>("senioriot.alert.raised", "{alert}", "Alerts that began, by rule and priority.");
        _escalated = meter.CreateCounter<long>("senioriot.alert.escalated", "{step}", "Steps up the ladder because nobody had answered, by priority.");
        _closed = meter.CreateCounter<long>("senioriot.alert.closed", "{alert}", "Alerts that were closed, by outcome.");
        _owed = meter.CreateCounter<long>("senioriot.notice.owed", "{notice}", "Notices that became due, by channel.");
        _timeToAnswer = meter.CreateHistogram(
            "senioriot.alert.time_to_answer", "s", "From raising until a person answers, by priority.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [5, 15, 30, 60, 120, 180, 300, 900, 2700, 3600] });
    }

    /// <summary>Counts one event of an alert that was saved.</summary>
    public void Count(Alert alert, AlertEvent happened)
    {
        if (alert.Place.Household.Value == Proof.ProbeHome.HouseholdId) return; // nobody called
        KeyValuePair<string, object?> priority = new("priority", alert.Priority.ToString());
        switch (happened)
        {
            case AlertEvent.Raised:
                _raised.Add(1, new("rule", alert.Rule.Id), priority);
                break;
            case AlertEvent.Escalated:
                _escalated.Add(1, priority);
                break;
            case AlertEvent.Acknowledged answered:
                _timeToAnswer.Record((answered.At - alert.RaisedAt).TotalSeconds, priority);
                break;
            case AlertEvent.Closed closed:
                _closed.Add(1, new KeyValuePair<string, object?>("outcome", closed.Outcome));
                break;
        }
    }

    /// <summary>Counts a notice that was saved.</summary>
    public void Count(Notice notice) => _owed.Add(1, new KeyValuePair<string, object?>("channel", notice.Channel.ToString().ToLowerInvariant()));
}
