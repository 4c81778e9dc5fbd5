using System.Text.Json;
using Microsoft.JSInterop;
using SeniorIoT.Api;
using SeniorIoT.Console.Server;

namespace SeniorIoT.Console.Shell;

/// <summary>Who is logged in, in this tab: the token lives in the browser's session storage and dies with the tab.</summary>
public sealed class Session(IJSRuntime js)
{
    private const string Key = "senioriot.session";

    /// <summary>The login, or null.</summary>
    public LoginResponse? Current { get; private set; }

    /// <summary>Whether the last login ended because the server no longer accepts it.</summary>
    public bool Expired { get; private set; }

    /// <summary>Whether users, responders and imports are this person's business.</summary>
    public bool IsAdministrator => Current?.Role == Roles.Administrator;

    /// <summary>Whether the centre's own lists are this person's business, and not only a committee's.</summary>
    public bool IsOperator => Current is { Role: Roles.Operator or Roles.Administrator };

    /// <summary>Whether what belongs to no area, the platform itself, is this person's business.</summary>
    public bool SeesSystem => Current is { Area: null or "", Role: Roles.Operator or Roles.Administrator };

    /// <summary>Whether shelving is this person's business: the centre's, and not a committee's.</summary>
    public bool CanShelve => Current is { Role: Roles.Operator or Roles.Administrator };

    /// <summary>Raised after a login or its end.</summary>
    public event Action? Changed;

    /// <summary>Takes up the login of before a reload.</summary>
    public async Task ResumeAsync()
    {
        if (await js.InvokeAsync<string?>("sessionStorage.getItem", Key) is { Length: > 0 } saved)
            Current = JsonSerializer.Deserialize(saved, ConsoleJson.Default.LoginResponse);
    }

    public async Task BeginAsync(LoginResponse login)
    {
        (Current, Expired) = (login, false);
        await js.InvokeVoidAsync("sessionStorage.setItem", Key, JsonSerializer.Serialize(login, ConsoleJson.Default.LoginResponse));
        Changed?.Invoke();
    }

    public Task ExpireAsync() => EndAsync(expired: Current is not null);

    public async Task EndAsync(bool expired = false)
    {
        if (Current is null)
            return;
        (Current, Expired) = (null, expired);
        await js.InvokeVoidAsync("sessionStorage.removeItem", Key);
        Changed?.Invoke();
    }
}
