using CsCheck;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Rules;
using Xunit;

namespace SeniorIoT.Server.Tests.Duty;

public sealed class CommitteeDutyTests
{
    private static readonly string[] Roles = [Role.Volunteer, Role.SecondVolunteer, Role.Contact, Role.CommitteeDuty, Role.Supervisor];
    private static readonly Gen<Contact[]> People = Gen.Select(Gen.Int[1, 4], Gen.Int[0, Roles.Length - 1], (number, role) => new Contact($"P{number}", $"1380000000{number}", Roles[role])).Array[0, 3];

    [Fact]
    public async Task However_the_people_of_its_areas_change_a_committees_part_is_what_a_fresh_look_finds()
    {
        var folder = Directory.CreateTempSubdirectory("senioriot-").FullName;
        var households = new HouseholdDirectory();
        await using (var registry = new Registry(folder, new DeviceDirectory(), households, new RuleDirectory(RuleSettings.Changning), new UserDirectory()))
        {
            using var duty = new DutyDirectory(registry.File, households, TimeZoneInfo.Utc);
            var around = new AlertSurroundings(_ => Place.System, (_, _) => [], (_, priority) => Ladder.For(priority), TimeZoneInfo.Utc);
            var ladders = around.Ladders();
            Gen.Select(People.Array[1, 6], Gen.Select(Gen.Int[0, 2], People, Gen.Bool).Array[1, 8]).Sample((homes, changes) =>
            {
                var entries = homes.Select((people, n) => new HouseholdEntry($"H{n}", "", "C", "S", [], people, AbsencePlan.Empty, [])).ToArray();
                var area = new CommitteeHomes("S", "C", entries);
                CommitteeDuty? part = null;
                foreach (var (whose, people, isUnreachable) in changes)
                {
                    households.SetResponders(((string[])["C", "S", HouseholdDirectory.District])[whose], people);
                    if (isUnreachable != duty.Unreachable.Count > 0) duty.Unreachable = isUnreachable ? ["+8613800000001"] : [];
                    var ground = new CommitteeGround([.. duty.PeopleOf("C"), .. duty.PeopleOf("S"), .. duty.PeopleOf(HouseholdDirectory.District)], duty.Unreachable, ladders);
                    part = new CommitteeDuty(area, ground, part, duty, around);
                    var fresh = new CommitteeDuty(area, ground, null, duty, around);
                    Assert.Equal(fresh.Warnings.ToHashSet(), [.. part.Warnings]);
                    Assert.Equal(entries.Select(home => CommitteeDuty.WarningOf(home, duty.Everybody(home), around)).OfType<DutyWarning>().ToHashSet(), [.. part.Warnings]);
                    Assert.Equal(Shown(fresh), Shown(part));
                }
            }, iter: 100, threads: 1);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static IEnumerable<string> Shown(CommitteeDuty part) =>
        part.People.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value.Name} {string.Join(',', pair.Value.Roles)} {string.Join(',', pair.Value.Paired)} {pair.Value.Households}");
}
