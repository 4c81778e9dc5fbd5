using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using SeniorIoT.Server.Access;

namespace SeniorIoT.Server.Alerts;

/// <summary>The hub of <c>/hubs/alerts</c>: a client only listens, to its own area.</summary>
[Authorize]
internal sealed class AlertsHub(Presence presence) : Hub
{
    public override Task OnConnectedAsync()
    {
        presence.Enter(Context.User!.Identity!.Name!);
        return Groups.AddToGroupAsync(Context.ConnectionId, AreaScope.Of(Context.User!).HubGroup);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        presence.Leave(Context.User!.Identity!.Name!);
        return base.OnDisconnectedAsync(exception);
    }
}
