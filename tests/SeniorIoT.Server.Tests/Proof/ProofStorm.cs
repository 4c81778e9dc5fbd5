using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storms;
using Evidence = SeniorIoT.Domain.Detection.Evidence;
using Shelf = SeniorIoT.Domain.Storms.Shelf;

namespace SeniorIoT.Server.Tests.Proof;

/// <summary>A storm around the two homes of a <see cref="ProofHost"/>: eight more in their building, whose pipes burst, and shelves on whatever can and cannot be shelved.</summary>
internal sealed class ProofStorm
{
    private const int Homes = 8;
    private static readonly string[] Shelved = ["sos", "fall", "smoke", "burst"];

    private readonly ProofHost _host;

    /// <summary>Enrols the homes; anew after a crash, because they are in memory only.</summary>
    public ProofStorm(ProofHost host)
    {
        _host = host;
        for (var home = 1; home <= Homes; home++)
            host.Get<HouseholdDirectory>().Set(new HouseholdEntry(
                $"S{home}", $"江苏路100弄38号{home}01室", "江苏居委会", "江苏路街道", [], [new Contact("Vol" + home, $"1380000010{home}", Role.Volunteer)], AbsencePlan.Empty, []));
        host.Get<HouseholdDirectory>().SetResponders(new("江苏路街道", "江苏居委会"), [new Contact("storm duty", "13900000001", Role.CommitteeDuty), new Contact("storm head", "13900000002", Role.CommitteeHead)]);
    }

    public async Task DoAsync(string act, int n)
    {
        var (now, home, held) = (_host.Clock.GetUtcNow(), new HouseholdId($"S{1 + (n % Homes)}"), _host.Get<HeldStore>());
        switch (act)
        {
            case "Burst":
                await Alert(home).Raise(new Finding.Raised(Rule.Burst, now, $"{home}/burst/{n}", new Evidence(Note: "as tested")), new DeviceId("w" + home), home);
                break;
            case "BurstOver":
                await Alert(home).Handle(new AlertCommand.Clear(now, "over"));
                break;
            case "AnswerIncident":
                await AnswerAsync();
                break;
            case "Shelve":
                // The API refuses to shelve a call for help; even so.
                var rule = Shelved[n % Shelved.Length];
                var shelf = await held.AddAsync(
                    new Shelf(0, rule == "burst" ? home : new HouseholdId($"H{1 + (n % 2)}"), null, rule, "An", "as tested", now, now.AddMinutes(1 + n)), "江苏居委会", "江苏路街道");
                if (n % 3 > 0) await _host.Get<ShelfDesk>().ApplyAsync(shelf);
                break;
            case "Unshelve":
                if (held.List(true, null, long.MaxValue, 1, now) is [var newest]) await held.EndAsync(newest, "Bo", now);
                break;
        }
    }

    /// <summary>Somebody answers every incident that is open.</summary>
    public async Task AnswerAsync()
    {
        foreach (var (_, incident) in _host.Get<IncidentStore>().List(true, null, long.MaxValue, 100))
            await _host.Get<IGrainFactory>().GetGrain<IIncidentGrain>(incident.Id).Act(new IncidentCommand.Acknowledge("An", null), new Actor("An", null));
    }

    private IAlertGrain Alert(HouseholdId home) => _host.Alert(AlertKey.Of(Rule.Burst, home, new DeviceId("w" + home)));
}
