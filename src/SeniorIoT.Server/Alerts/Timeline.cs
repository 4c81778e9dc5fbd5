using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Server.Alerts;

/// <summary>An alert's events in words, as the timeline keeps them for ever.</summary>
internal static class Timeline
{
    public static TimelineEntry LineOf(AlertEvent happened) => happened switch
    {
        AlertEvent.Raised e => new(e.At, "raised", null, e.Command.Evidence.Note ?? e.Command.Device.Value),
        AlertEvent.Repeated e => new(e.At, "repeated", null, e.Evidence.Note ?? $"the same again, at {e.OccurredAt:yyyy-MM-dd HH:mm:ss}Z"),
        AlertEvent.Cleared e => new(e.At, "cleared", null, e.Text),
        AlertEvent.Noted e => new(e.At, "noted", e.By, e.Text),
        AlertEvent.Acknowledged e => new(e.At, "acknowledged", e.By, e.Text ?? ""),
        AlertEvent.Dispatched e => new(e.At, "dispatched", e.By, Joined(e.To, e.Text)),
        AlertEvent.Arrived e => new(e.At, "arrived", e.By, e.Text ?? ""),
        AlertEvent.Escalated e => new(e.At, "escalated", null, e.Text is null ? $"step {e.Step}: nobody answered in time" : $"step {e.Step}: {e.Text}"),
        AlertEvent.CalledAgain e => new(e.At, "called_again", null, e.Evidence.Note ?? $"called again at {e.OccurredAt:yyyy-MM-dd HH:mm:ss}Z"),
        AlertEvent.HandedOver e => new(e.At, "handed_over", e.By, Joined(e.To, e.Text)),
        AlertEvent.Taken e => new(e.At, "taken", e.By, e.Text ?? ""),
        AlertEvent.NotTaken e => new(e.At, "not_taken", null, e.Again is null ? $"{e.To} did not take it; it is back with whoever handed it over" : $"{e.To} did not take it; others are asked"),
        AlertEvent.Regraded e => new(e.At, "regraded", e.By, $"{e.From} to {e.To}: {e.Text}"),
        AlertEvent.Reopened e => new(e.At, "reopened", e.By, e.Text ?? ""),
        AlertEvent.Joined e => new(e.At, "joined", null, $"part of incident {e.Incident}"),
        AlertEvent.Left e => new(e.At, "left", e.By, e.Text),
        AlertEvent.Shelved e => new(e.At, "shelved", e.By, $"until {e.Until:yyyy-MM-dd HH:mm}Z: {e.Text}"),
        AlertEvent.Unshelved e => new(e.At, "unshelved", e.By, e.Text),
        AlertEvent.Stopped e => new(e.At, "stopped", null, e.Text),
        AlertEvent.HelpAsked e => new(e.At, "help_asked", e.By, e.Text),
        AlertEvent.Declined e => new(e.At, "declined", e.By, e.Text),
        AlertEvent.Closed e => new(e.At, "closed", e.By, Joined(e.Outcome, e.Text)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Joined(string what, string? text) => string.IsNullOrWhiteSpace(text) ? what : $"{what}: {text}";
}
