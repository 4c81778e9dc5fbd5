namespace SeniorIoT.Api;

/// <summary>Somebody whom an alert can be handed to (<c>GET /api/v1/alerts/{id}/colleagues</c>): a user who may see it, whoever asks left out.</summary>
/// <param name="User">Who.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="IsSignedIn">Whether a console of this user is open now.</param>
/// <param name="IsOnDuty">Whether somebody of this name is on duty now, by the rotas and responders.</param>
public sealed record Colleague(string User, string Role, bool IsSignedIn, bool IsOnDuty);
