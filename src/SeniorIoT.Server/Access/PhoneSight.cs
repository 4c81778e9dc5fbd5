using System.Security.Claims;
using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Access;

/// <summary>Who may see whose phone number in records of what people did. As a handler's parameter it is read from whoever sent the request.</summary>
/// <param name="IsWhole">Whether numbers are shown whole; else only how they end.</param>
internal readonly record struct PhoneSight(bool IsWhole)
{
    /// <summary>For files and pages that anybody may come to read.</summary>
    public static PhoneSight Masked => new(false);

    /// <summary>The sight of a person who has logged in: the centre's people see numbers.</summary>
    public static PhoneSight Of(ClaimsPrincipal person) => new(person.IsInRole(Roles.Administrator) || person.IsInRole(Roles.Operator));

    /// <summary>For minimal APIs: the sight of the request.</summary>
    public static ValueTask<PhoneSight> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context.User));

    /// <summary>The number of a person as it may be seen; null when there is none.</summary>
    public string? Show(PersonId? person) => person?.Phone is { } number ? IsWhole ? number : NamedPeople.Masked(number) : null;
}
