using SeniorIoT.Domain.Storms;

namespace SeniorIoT.Server.Storms;

/// <summary>What an incident says back.</summary>
/// <param name="Incident">The incident; null when there is none.</param>
/// <param name="Rejected">Why it was refused; null when it was done.</param>
[Immutable]
internal sealed record IncidentAnswer(Incident? Incident, string? Rejected);
