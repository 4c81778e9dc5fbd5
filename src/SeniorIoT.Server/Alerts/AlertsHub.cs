using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace SeniorIoT.Server.Alerts;

/// <summary>The hub of <c>/hubs/alerts</c>: a client only listens, to its own area.</summary>
[Authorize]
internal sealed class AlertsHub : Hub
{
    private const string District = "district";

    /// <summary>Who hears of something in this committee.</summary>
    public static IReadOnlyList<string> GroupsOf(string committee, string subDistrict) => [District, "area:" + committee, "area:" + subDistrict];

    public override Task OnConnectedAsync()
    {
        var area = Context.User?.FindFirst("area")?.Value;
        return Groups.AddToGroupAsync(Context.ConnectionId, string.IsNullOrEmpty(area) ? District : "area:" + area);
    }
}
