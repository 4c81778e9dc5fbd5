namespace SeniorIoT.Api;

/// <summary>Body of <c>POST /api/v1/password</c>: one's own. The answer is a new <see cref="LoginResponse"/>; earlier tokens stop working.</summary>
public sealed record PasswordChange(string Old, string New);

/// <summary>One line of <c>GET /api/v1/audit</c>: who did what to which household, device or user. Never holds personal data.</summary>
/// <param name="At">When.</param>
/// <param name="User">Who; <c>system</c> for the program itself.</param>
/// <param name="Action">What, e.g. <c>household.view</c>.</param>
/// <param name="Subject">Id of what it was done to.</param>
/// <param name="Detail">Names of the fields that changed, and the like.</param>
public sealed record AuditEntry(DateTimeOffset At, string User, string Action, string Subject, string? Detail);
