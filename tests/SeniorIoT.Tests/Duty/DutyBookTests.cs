using System.Collections.Immutable;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Duty;

public sealed class DutyBookTests
{
    private const Weekdays Everyday = (Weekdays)127;
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    private static readonly Responder Volunteer = new("Li", "138 0000 0001", Role.Volunteer);
    private static readonly Responder Second = new("Wu", "13800000002", Role.SecondVolunteer);
    private static readonly Responder Daughter = new("Mei", "13800000003", "daughter");
    private static readonly Responder Wang = new("Wang", "13800000011", Role.CommitteeDuty);
    private static readonly Responder Zhao = new("Zhao", "13800000012", Role.CommitteeDuty);
    private static readonly Responder Head = new("head", "13800000013", Role.CommitteeHead);
    private static readonly Responder Boss = new("boss", "13800000021", Role.Supervisor);
    private static readonly Responder[] Own = [Volunteer, Second, Daughter];
    private static readonly Area Home = new("Hill", "North");
    private static readonly AreaPeople[] Areas = [new(Home, [Wang, Zhao, Head]), new(Home.SubDistrictOf, []), new(Area.District, [Boss])];

    private static readonly ImmutableArray<Person> DutyPeople = [new("Wang", "+8613800000011"), new("Zhao", "+8613800000012"), new("Sun", "+8613800000014")];

    /// <summary>Wang by day, Sun by night; nobody on Sundays.</summary>
    private static readonly Rota North = new(Home, Role.CommitteeDuty, DutyPeople,
        [
            new(Everyday & ~Weekdays.Sunday, new(8, 0), new(20, 0), ["+8613800000011"]),
            new(Everyday & ~Weekdays.Sunday & ~Weekdays.Saturday, new(20, 0), new(8, 0), ["+8613800000014"]),
        ],
        []);

    private static DateTimeOffset MondayAt(int hour, int day = 23) => new(2026, 11, day, hour, 0, 0, TimeSpan.FromHours(8));

    [Fact]
    public void Without_a_rota_everybody_of_a_role_is_told() =>
        Assert.Equal("Li Wu Mei Wang Zhao head boss", Told(DutyBook.Empty, MondayAt(12)));

    [Theory]
    [InlineData(23, 12, "Li Wu Mei Wang head boss")]
    [InlineData(23, 21, "Li Wu Mei head Sun boss")] // who is on no list is told by the rota
    [InlineData(29, 12, "Li Wu Mei Wang Zhao head Sun boss")] // a gap: everybody of the role
    public void With_a_rota_those_on_duty_are_told_and_in_a_gap_everybody_of_the_role(int day, int hour, string told) =>
        Assert.Equal(told, Told(Book(), MondayAt(hour, day)));

    [Fact]
    public void Somebody_absent_is_left_out_of_a_step_and_while_absent_only()
    {
        var away = Book(absent: Away("+8613800000001", (MondayAt(0), MondayAt(0, 24))));
        Assert.Equal("Wang", Step0(away, Rule.Sos, MondayAt(12)));
        Assert.Equal("Wang", Step0(away, Rule.NoWater, MondayAt(12)));
        Assert.Equal("Li Wang", Step0(away, Rule.Sos, MondayAt(12, 24)));
    }

    [Fact]
    public void When_whoever_is_on_duty_is_absent_the_others_of_the_role_are_told() =>
        Assert.Equal("Li Zhao Sun", Step0(Book(absent: Away("+8613800000011", (MondayAt(0), MondayAt(0, 24)))), Rule.Sos, MondayAt(12)));

    [Fact]
    public void When_nobody_else_of_a_step_could_be_told_the_absent_are_told_all_the_same()
    {
        var away = Book(absent: Away("+8613800000001", (MondayAt(0), MondayAt(0, 24))));
        Assert.Equal("Li Wang", Step0(away, Rule.Sos, MondayAt(12), "+8613800000011"));
    }

    [Fact]
    public void A_contact_of_the_household_with_a_role_of_office_follows_the_rota_and_a_paired_volunteer_does_not()
    {
        var volunteers = new Rota(Home, Role.Volunteer, [new("Qian", "+8613800000015")], [new(Everyday, new(0, 0), new(0, 0), ["+8613800000015"])], []);
        var book = new DutyBook([North, volunteers], [], [], []);
        var told = book.ToTell([.. Own, Zhao], Areas, MondayAt(12), Shanghai, new HashSet<string>());
        Assert.Equal("Li Wu Mei Wang head Qian boss", string.Join(' ', told.Select(person => person.Name)));
    }

    [Fact]
    public void In_quiet_hours_a_person_is_left_out_of_what_can_wait_and_of_nothing_else()
    {
        var night = Book(quiet: [KeyValuePair.Create("+8613800000001", new QuietHours(new(22, 0), new(7, 0)))]);
        Assert.Equal("Sun", Step0(night, Rule.NoWater, MondayAt(3, 24)));
        Assert.Equal("Li Sun", Step0(night, Rule.Sos, MondayAt(3, 24)));
        Assert.Equal("Li Wang", Step0(night, Rule.NoWater, MondayAt(12)));
    }

    [Fact]
    public void A_person_in_quiet_hours_is_told_when_nobody_else_of_the_step_could_be()
    {
        var quiet = KeyValuePair.Create("+8613800000001", new QuietHours(new(22, 0), new(7, 0)));
        var alone = Book(quiet: [quiet, KeyValuePair.Create("+8613800000014", new QuietHours(new(21, 0), new(9, 0)))]);
        Assert.Equal("Li Sun", Step0(alone, Rule.NoWater, MondayAt(3, 24)));
        Assert.Equal("Li Sun", Step0(Book(quiet: [quiet]), Rule.NoWater, MondayAt(3, 24), "+8613800000014"));
    }

    [Theory]
    [InlineData("22:00", "07:00", "21:59", false)]
    [InlineData("22:00", "07:00", "22:00", true)]
    [InlineData("22:00", "07:00", "03:00", true)]
    [InlineData("22:00", "07:00", "07:00", false)]
    [InlineData("13:00", "14:30", "14:29", true)]
    [InlineData("13:00", "14:30", "12:59", false)]
    public void Quiet_hours_may_cross_midnight(string from, string until, string at, bool isQuiet) =>
        Assert.Equal(isQuiet, new QuietHours(TimeOnly.Parse(from, null), TimeOnly.Parse(until, null)).Include(TimeOnly.Parse(at, null)));

    /// <summary>The one thing that must hold whatever people enter.</summary>
    [Fact]
    public void Whatever_is_entered_of_every_role_that_could_be_told_somebody_is_told()
    {
        var numbers = new[] { Volunteer, Second, Daughter, Wang, Zhao, Head, Boss }.Select(person => PhoneNumber.ToE164(person.Phone)!).Append("+8613800000014").ToArray();
        var absences = Gen.Select(Episode.AnyOf(numbers), Gen.Int[0, 200], Gen.Int[1, 100], (number, hour, hours) => Away(number, (MondayAt(0).AddHours(hour), MondayAt(0).AddHours(hour + hours))));
        var swaps = Gen.Select(Episode.AnyOf(numbers), Episode.AnyOf(numbers), Gen.Int[0, 200], Gen.Int[1, 100],
            (gone, here, hour, hours) => new Swap(1, gone, new("in", here), MondayAt(0).AddHours(hour), MondayAt(0).AddHours(hour + hours), null, "An"));
        var quiet = Gen.Select(Episode.AnyOf(numbers), Gen.Int[0, 23], Gen.Int[1, 23], (number, hour, hours) => KeyValuePair.Create(number, new QuietHours(new(hour, 0), new((hour + hours) % 24, 0))));
        Gen.Select(absences.Array[0, 6], swaps.Array[0, 3], quiet.Array[0, 8], Gen.Int[0, 300]).Sample((away, swapped, asleep, hour) =>
        {
            var book = new DutyBook([North with { Swaps = [.. swapped] }], [], away, asleep.DistinctBy(pair => pair.Key));
            var told = book.ToTell(Own, Areas, MondayAt(0).AddHours(hour), Shanghai, new HashSet<string>());
            Assert.Equal(Role.All.Order(), told.Select(person => Role.Of(person.Role)).Distinct().Order());
            foreach (var priority in new[] { Priority.P1, Priority.P2 })
                for (var rung = 0; rung < 5; rung++)
                {
                    var people = NoticeRules.PeopleOf(Ladder.For(priority).RolesAt(rung), told);
                    var woken = DutyRules.Spare(people, priority);
                    Assert.NotEmpty(woken);
                    if (priority == Priority.P1 && woken.Count < people.Count) Assert.Equal(people.Where(person => !person.IsAbsent), woken);
                }
        });
    }

    private static DutyBook Book(PersonAbsence? absent = null, params KeyValuePair<string, QuietHours>[] quiet) => new([North], [], absent is null ? [] : [absent], quiet);

    private static PersonAbsence Away(string number, (DateTimeOffset From, DateTimeOffset Until) time) => new(1, number, "", time.From, time.Until, null, "An");

    private static string Told(DutyBook book, DateTimeOffset at) => string.Join(' ', book.ToTell(Own, Areas, at, Shanghai, new HashSet<string>()).Select(person => person.Name));

    private static string Step0(DutyBook book, Rule rule, DateTimeOffset at, params string[] unreachable)
    {
        var episode = new Episode(rule);
        var decision = Assert.IsType<Decision.Accepted>(episode.Do(episode.Raise()));
        var told = book.ToTell(Own, Areas, at, Shanghai, unreachable.ToHashSet());
        return string.Join(' ', NoticeRules.Owed(episode.Alert!, decision.Events[0], told, Shanghai).Skip(1).Select(notice => notice.To.Name));
    }
}
