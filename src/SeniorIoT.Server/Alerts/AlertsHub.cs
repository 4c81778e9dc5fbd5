using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using SeniorIoT.Server.Access;

namespace SeniorIoT.Server.Alerts;

/// <summary>The hub of <c>/hubs/alerts</c>: a client only listens, to its own area.</summary>
[Authorize]
internal sealed class AlertsHub : Hub
{
    public override Task OnConnectedAsync() => Groups.AddToGroupAsync(Context.ConnectionId, AreaScope.Of(Context.User!).HubGroup);
}
