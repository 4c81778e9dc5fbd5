namespace SeniorIoT.Api;

/// <summary>A text that somebody sent us (<c>GET /api/v1/sms/inbound</c>), and what became of it.</summary>
/// <param name="InboundId">Its number.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="From">The sender's number, masked for everybody but operators and administrators.</param>
/// <param name="Sender">Who that is; null when the number was told of no alert.</param>
/// <param name="Text">What it says.</param>
/// <param name="AlertIds">The alerts and incidents it is about.</param>
/// <param name="Fate">
/// <c>acted</c>, <c>closed</c> (the case was over), <c>not_yours</c>, <c>no_answer</c> (a code without a digit), <c>no_case</c>, <c>several</c> (no
/// code, and more than one case waits), <c>unclear</c>, <c>echo</c> (our own text came back), <c>waiting</c> (not worked off yet) or <c>failed</c>.
/// </param>
/// <param name="Reply">What was answered; null: nothing.</param>
public sealed record InboundText(
    string InboundId,
    DateTimeOffset ReceivedAt,
    string From,
    string? Sender,
    string Text,
    IReadOnlyList<string> AlertIds,
    string Fate,
    string? Reply);
