using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Alerts;

public sealed class AlertListTests
{
    [Fact]
    public async Task The_most_urgent_come_first_and_of_these_who_has_waited_longest_page_by_page()
    {
        await using var district = await District.StartAsync();
        var store = district.Store;
        var random = new Random(1);
        for (var i = 0; i < 40; i++) await RaiseAsync(store, i, (Priority)random.Next(1, 4), District.Start.AddMinutes(random.Next(10)));
        var queries = district.Get<AlertQueries>();
        var filter = new AlertFilter("open", null, null, null, null, null, null, null, null, 7) { IsUrgentFirst = true };
        List<Api.Alert> read = [];
        for (string? cursor = null; ;)
        {
            var page = queries.List(filter with { Before = cursor is null ? null : Server.Access.PageRequest.ReadFalling(cursor, null, new()).Before });
            read.AddRange(page.Items);
            if ((cursor = page.Next) is null) break;
        }

        var all = queries.List(filter with { IsUrgentFirst = false, Limit = 500 }).Items;
        Assert.Equal(40, all.Count);
        Assert.Equal(all.OrderBy(alert => alert.Priority).ThenBy(alert => alert.RaisedAt).ThenBy(alert => alert.AlertId).Select(alert => alert.AlertId), read.Select(alert => alert.AlertId));
    }

    [Fact]
    public async Task Closed_alerts_are_found_by_their_outcome()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var queries = district.Get<AlertQueries>();
        var alert = Assert.Single(queries.List(Of(null)).Items);
        await district.Alert("H1/sos").Act(new(alert.AlertId), new AlertCommand.Close("An", "safe", null), new Actor("An", null));
        Assert.Equal(alert.AlertId, Assert.Single(queries.List(Of("safe")).Items).AlertId);
        Assert.Empty(queries.List(Of("false_alarm")).Items);

        static AlertFilter Of(string? outcome) => new(null, null, null, null, null, null, null, null, null, 10) { Outcome = outcome };
    }

    private static async Task RaiseAsync(AlertStore store, int home, Priority priority, DateTimeOffset at)
    {
        var rule = priority switch { Priority.P1 => Rule.Sos, Priority.P2 => Rule.NoWater, _ => Rule.Tamper };
        var raise = new AlertCommand.Raise(store.NextId(), rule, new Place(new($"L{home}"), "", "C", "S", "", null, true), new("b1"), at, $"b1/{home}", new SeniorIoT.Domain.Detection.Evidence());
        var raised = ((Decision.Accepted)AlertRules.Decide(null, raise, Ladder.For(priority), at)).Events;
        await store.SaveAsync($"L{home}/{rule.Id}", AlertRules.Evolve(null, raised[0]), raised, [], null);
    }
}
