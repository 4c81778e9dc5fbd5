using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;

namespace SeniorIoT.Server.Notices;

/// <summary>How those are who carry notices, and which numbers get none any more.</summary>
internal static class ProviderApi
{
    /// <summary>Maps the routes.</summary>
    public static void MapProviders(this IEndpointRouteBuilder routes)
    {
        var sms = routes.MapGroup("/api/v1/sms").WithTags("sms").RequireAuthorization(AccessPolicies.WholeDistrict);
        sms.MapGet("/providers", List).Produces<Page<ProviderState>>();
        sms.MapGet("/queue", (NoticeStore notices, ProviderDesk desk, TimeZoneInfo zone, TimeProvider clock) =>
            TypedResults.Ok(notices.ReadQueue(Midnight(clock.GetUtcNow(), zone), ProvidersWatch.DownSince([.. desk.Texts.Values])))).Produces<SmsQueue>();
        sms.MapGet("/barred", (AttemptStore attempts) => TypedResults.Ok(new Page<BarredNumber>(attempts.ReadBarred(), null))).Produces<Page<BarredNumber>>();
    }

    private static IResult List(ProviderDesk desk, AttemptStore attempts, TimeZoneInfo zone, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var midnight = Midnight(now, zone);
        return TypedResults.Ok(new Page<ProviderState>([.. desk.All.Select(provider => Show(provider, desk, attempts.CountSince(provider.Name, midnight), now))], null));
    }

    private static DateTimeOffset Midnight(DateTimeOffset now, TimeZoneInfo zone) => LocalTime.StartOf(LocalTime.DayOf(now, zone), zone);

    private static ProviderState Show(IProvider provider, ProviderDesk desk, (int Taken, int Delivered, int Lost) today, DateTimeOffset now)
    {
        // One that has many addresses is as its worst one.
        var failing = desk.Failing().Where(one => one.Name == provider.Name || one.Name.StartsWith(provider.Name + " ", StringComparison.Ordinal)).ToList();
        var worst = failing.OrderBy(one => one.Condition.IsUp(now)).Select(one => one.Condition).FirstOrDefault() ?? ProviderCondition.Good;
        var problem = provider.IsPacedByAddress && failing.Count > 0 ? string.Join(' ', failing.Select(one => $"{one.Name[(provider.Name.Length + 1)..]}: {one.Condition.Problem}")) : worst.Problem;
        IEnumerable<SendBudget> budgets = SendBudget.Table.Where(row => row.Provider == provider.Name).Select(row => SendBudget.For(row.Provider, row.Prefix, provider.TextsADay));
        return new(
            provider.Name, provider.Channel.ToString().ToLowerInvariant(), worst.IsUp(now), problem, worst.Since, worst.RestsUntil > now ? worst.RestsUntil : null,
            today.Taken, today.Delivered, today.Lost, provider.GivesReceipts, provider.TextsPerSecond,
            [.. budgets.SelectMany(row => row.Limits.Select(limit => new NumberBudget(row.Prefix, limit.TextsMax, limit.Within.TotalHours, limit.IsSameText)))]);
    }
}
