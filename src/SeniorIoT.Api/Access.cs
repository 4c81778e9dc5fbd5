namespace SeniorIoT.Api;

/// <summary>Body of <c>POST /api/v1/login</c>.</summary>
public sealed record LoginRequest(string User, string Password);

/// <summary>Answer of a login. Send <paramref name="AccessToken"/> as <c>Authorization: Bearer</c>; to the hub as <c>access_token</c>.</summary>
public sealed record LoginResponse(string AccessToken, long ExpiresIn, string User, string Role, string? Area);

/// <summary>Names of roles.</summary>
public static class Roles
{
    /// <summary>Everything, including users, rules and enrolment.</summary>
    public const string Administrator = "administrator";

    /// <summary>Monitoring centre: sees and answers every alert.</summary>
    public const string Operator = "operator";

    /// <summary>Neighbourhood committee: sees and answers its own households only.</summary>
    public const string Committee = "committee";
}

/// <summary>A person who may log in. <paramref name="Area"/>: null the whole district, else a sub-district or a committee by name.</summary>
public sealed record User(string Name, string Role, string? Area);

/// <summary>Body of <c>POST /api/v1/users</c>. Password: at least 10 characters.</summary>
public sealed record NewUser(string Name, string Password, string Role, string? Area);

/// <summary>One page of a list. <paramref name="Next"/> is the cursor of the following page, null on the last.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
