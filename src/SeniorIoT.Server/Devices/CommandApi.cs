using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Devices;

/// <summary>Orders for devices: given, looked at and taken back by operators and administrators of the area.</summary>
internal static class CommandApi
{
    private const string Route = "/api/v1/devices/{id}/commands";
    private const double ExpiresInHoursDefault = 7 * 24;
    private const double ExpiresInHoursMax = 30 * 24;
    private const double ExpiresInHoursMin = 1 / 60.0;

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapCommands(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Route).WithTags("Commands").RequireAuthorization(AccessPolicies.Operator);
        api.MapGet("", List).Produces<Page<OrderedCommand>>().ProducesValidationProblem().ProducesProblem(404);
        api.MapPost("", OrderAsync).Produces<OrderedCommand>(201).ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        api.MapDelete("{commandId}", WithdrawAsync).Produces(204).ProducesProblem(404).ProducesProblem(409);
        return routes;
    }

    private static IResult List(string id, string? cursor, int? limit, AreaScope scope, Registry registry)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        if (faults.Any) return faults.ToResult();
        return registry.File.Read<IResult>(connection => DeviceStore.Find(connection, id, scope) is null
            ? Refusals.NotFound("device", id)
            : TypedResults.Ok(PageRequest.Cut(
                CommandStore.List(connection, id, before, count + 1), count, row => row.Number.ToString(CultureInfo.InvariantCulture), Show)));
    }

    private static async Task<IResult> OrderAsync(
        string id, NewCommand request, HttpContext http, AreaScope scope, Registry registry, CommandQueue queue, TimeProvider clock)
    {
        if (registry.File.Read(connection => DeviceStore.Find(connection, id, scope)) is not { } device) return Refusals.NotFound("device", id);
        if (device.RetiredAt is not null) return Refusals.Conflict($"Device {id} is retired. Take it back into use first: PATCH {{\"retired\": false}}.");
        var faults = new Faults();
        var command = Read(request, device.Kind, faults);
        var hours = request.ExpiresInHours ?? ExpiresInHoursDefault;
        if (!(hours is >= ExpiresInHoursMin and <= ExpiresInHoursMax))
            faults.Add("expiresInHours", $"Must be 1/60 (a minute) to {ExpiresInHoursMax} (30 days); leave it out for {ExpiresInHoursDefault} (7 days).");
        if (faults.Any) return faults.ToResult();

        var now = clock.GetUtcNow();
        var ordered = await queue.OrderAsync(id, new CommandMessage(CommandQueue.NewId(), now, now.AddHours(hours), command!), http.UserName);
        return ordered is null
            ? Refusals.Conflict($"{CommandQueue.WaitingMax} commands wait for device {id} already. Withdraw one (DELETE …/commands/{{commandId}}), or wait until the device has taken them.")
            : TypedResults.Created($"/api/v1/devices/{id}/commands/{ordered.CommandId}", Show(ordered));
    }

    private static async Task<IResult> WithdrawAsync(
        string id, string commandId, HttpContext http, AreaScope scope, Registry registry, CommandQueue queue)
    {
        if (registry.File.Read(connection => DeviceStore.Find(connection, id, scope)) is null) return Refusals.NotFound("device", id);
        return await queue.WithdrawAsync(id, commandId, http.UserName) switch
        {
            null => Refusals.NotFound("command", commandId),
            (_, true) => TypedResults.NoContent(),
            (var row, false) => Refusals.Conflict($"Command {commandId} is {row.State} already; only one that waits can be withdrawn."),
        };
    }

    private static DeviceCommand? Read(NewCommand request, string kind, Faults faults)
    {
        if (!Topic.TryParseKind(kind, out var parsed))
        {
            faults.Add("command", "A gateway takes no commands of its own; send them to the devices behind it.");
            return null;
        }

        if (!DeviceCommand.TypesFor(parsed).Contains(request.Command))
        {
            faults.Add("command", $"Must be one of {string.Join(", ", DeviceCommand.TypesFor(parsed))} for a device of kind {kind}.");
            return null;
        }

        if (!DeviceCommand.TryCreate(request.Command, request.Seconds, out var command, out var refusal)) faults.Add(refusal.Field, refusal.Detail);
        else if (request.Seconds is not null && command is not DeviceCommand.Interval) faults.Add("seconds", $"Says nothing with {request.Command}; leave it out.");
        return command;
    }

    private static OrderedCommand Show(CommandRow row) => new(
        row.CommandId, row.DeviceId, row.Command.Type, (row.Command as DeviceCommand.Interval)?.Seconds, row.State, row.OrderedBy, row.OrderedAt,
        row.ExpiresAt, row.Attempts, row.DeliveredAt);
}
