using SeniorIoT.Domain;

namespace SeniorIoT.Server.Alerts;

/// <summary>A person who acts, and what he or she was looking at.</summary>
/// <param name="Name">Who, as the timeline says it.</param>
/// <param name="From">From where, e.g. <c>console 10.1.2.3</c> or <c>SMS ***1234</c>.</param>
/// <param name="Seen">The version of the alert that was shown; null when nobody knows.</param>
/// <param name="Cause">What it came with, e.g. the provider's id of a text: the same cause acts once, for ever. Null: it may act again.</param>
/// <param name="Id">Who that is; null where only the name is known.</param>
internal sealed record Actor(string Name, string? From, int? Seen = null, string? Cause = null, PersonId? Id = null);
