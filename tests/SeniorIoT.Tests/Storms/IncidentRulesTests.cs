using System.Text;
using System.Text.Json;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Tests.Alerts;
using Xunit;
using static SeniorIoT.Domain.Storms.IncidentCommand;

namespace SeniorIoT.Tests.Storms;

public sealed class IncidentRulesTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    private static readonly Incident New = new("I0001", StormTable.Water, new(StormScope.Building, "江苏路100弄38号"), "江苏居委会", "江苏路街道", Episode.Start, new("A0001"), 0);

    private static readonly Gen<(int Kind, int N, int Seconds)[]> Stories =
        Gen.Select(Gen.Int[0, 11], Gen.Int[0, 999], Gen.Frequency((4, Gen.Int[0, 100]), (1, Gen.Int[0, 4000]), (1, Gen.Const(0)))).Array[1, 60];

    [Fact]
    public void However_it_goes_an_incident_asks_on_until_a_person_answers_or_it_is_over_and_ends_in_time() =>
        Gen.Select(Gen.Bool, Stories).Sample((isWater, story) =>
        {
            var (incident, now) = (New with { Family = isWater ? StormTable.Water : "leak" }, Episode.Start);
            foreach (var (kind, n, seconds) in story.Append((0, 500, 300_000)))
            {
                now = now.AddSeconds(seconds);
                var before = incident;
                var command = CommandOf(kind, n);
                var decision = Do(ref incident, command, now);
                if (decision.Rejected is { } reason) Assert.EndsWith(".", reason.TrimEnd('\''));
                Assert.Equal(before.Version + decision.Events.Count, incident.Version);
                if (before.IsOver) Assert.Equal((before.EndedAt, before.EndedBecause, before.MergedInto, before.Outcome), (incident.EndedAt, incident.EndedBecause, incident.MergedInto, incident.Outcome));
                // Told at all, it will ask on, has its answer, or is over; and help is asked for until another person answers.
                if (incident.ToldHomes > 0 && !incident.IsOver) Assert.True(incident.DueAt is not null ^ incident.AnsweredBy is not null);
                if (incident.HelpBy is { } by) Assert.True(incident.DueAt is not null && !IncidentRules.IsDone(incident, incident.HelpAt!.Value));
                if (before.HelpBy is { } asker && incident.HelpBy is null) Assert.True(command is Close || incident.AnsweredBy != asker);
                // What a phone or a bell says twice says nothing new.
                if (command is Look or Acknowledge or TakeIn or Merge or Undelivered or Close) Assert.True(Do(ref incident, command, now).Events.Count <= (command is Look or Undelivered or Acknowledge ? 1 : 0));
            }

            Do(ref incident, CommandOf(0, 900), now.AddHours(100));
            Assert.True(incident.IsOver);
        });

    [Fact]
    public void Its_texts_fit_one_segment_are_never_read_as_answers_and_say_where_and_how_to_answer() =>
        Gen.Select(Gen.Int[1, 99_999], Gen.Int[1, 99_999], Gen.Int[0, 9], Gen.String, Gen.String, Episode.AnyOf([.. Languages.All]), Episode.AnyOf([.. Rule.All.Select(StormTable.FamilyOf).OfType<string>().Distinct()])).Sample((n, homes, step, place, area, language, family) =>
        {
            var incident = New with { Id = $"I{n:0000}", Homes = homes, Step = step, Place = new(StormScope.Building, place), SubDistrict = area.Replace("\n", "", StringComparison.Ordinal), Family = family };
            foreach (var text in (string[])[IncidentText.Of(incident, Episode.Start, Shanghai, language).Text, IncidentText.Help(incident, "欧阳修文正公", Episode.Start, Shanghai, language).Text])
            {
                Assert.InRange(text.Length, 1, NoticeText.LengthMax);
                Assert.Contains($"I{n:0000}", text, StringComparison.Ordinal);
                if (!place.Contains('\n', StringComparison.Ordinal)) Assert.All(Reply.Read(text), reply => Assert.Null(reply.Answer));
            }
        });

    [Fact]
    public void What_the_phone_shows_of_an_incident()
    {
        var table = new StringBuilder();
        foreach (var language in Languages.All)
            foreach (var (place, area, family, step) in new (StormPlace, string, string, int)[]
            {
                (New.Place, "江苏路街道", StormTable.Water, 0), (New.Place, "江苏路街道", StormTable.Water, 1), (new(StormScope.Gateway, "gw-0001"), "江苏路街道", StormTable.Silence, 0),
                (new(StormScope.SubDistrict, "北新泾街道"), "北新泾街道", StormTable.Silence, 0), (new(StormScope.District, ""), "", "low-battery", 0),
            })
                table.AppendLine(IncidentText.Of(New with { Homes = 12, Step = step, Place = place, SubDistrict = area, Family = family }, Episode.Start, Shanghai, language).Text);
        foreach (var language in Languages.All) table.AppendLine(IncidentText.Help(New, "王秀英", Episode.Start, Shanghai, language).Text);
        Snapshot.Match(table.ToString());
    }

    [Fact]
    public void How_many_homes_at_once_are_an_incident()
    {
        var table = new StringBuilder();
        foreach (var scope in Enum.GetValues<StormScope>())
        {
            foreach (var family in (string[])[StormTable.Silence, StormTable.Water, "leak"])
            {
                var limit = StormTable.LimitOf(scope, family);
                table.AppendLine($"# {scope}, {family}, within {limit.Within.TotalMinutes} min");
                foreach (var homes in (int[])[3, 5, 8, 12, 20, 50, 100, 400, 2000, 30_000])
                    table.AppendLine($"of {homes,6} homes: {(Opens(limit, homes) is { } needed ? $"{needed}" : "never")}");
            }
        }

        Snapshot.Match(table.ToString());

        static int? Opens(StormLimit limit, int homes) => Math.Max(limit.Homes, (int)Math.Ceiling(limit.Share * homes)) is var needed && needed <= homes ? needed : null;
    }

    [Fact]
    public void An_incident_survives_storage() =>
        Stories.Sample(story =>
        {
            var (incident, now) = (New, Episode.Start);
            foreach (var (kind, n, seconds) in story) Do(ref incident, CommandOf(kind, n), now = now.AddSeconds(seconds));
            var again = JsonSerializer.Deserialize<Incident>(JsonSerializer.Serialize(incident))!;
            Assert.Equal(incident with { TookIn = [] }, again with { TookIn = [] });
            Assert.Equal(incident.TookIn, again.TookIn);
        });

    private static IncidentDecision Do(ref Incident incident, IncidentCommand command, DateTimeOffset now)
    {
        var decision = IncidentRules.Decide(incident, command, now);
        foreach (var happened in decision.Events) incident = IncidentRules.Evolve(incident, happened);
        return decision;
    }

    private static IncidentCommand CommandOf(int kind, int n) => kind switch
    {
        <= 4 => new Look(10 + n, 10 + (n / 2), n % 20) { IsUnheard = n % 17 == 0, Texted = n % 3 },
        5 => new Acknowledge(n % 2 == 0 ? "An" : "Bo", null),
        6 => new Report(n % 2 == 0 ? "An" : "Bo", "SMS: 到场"),
        7 => new Decline(n % 2 == 0 ? "An" : "Bo", "SMS: 不能去"),
        8 => n % 4 == 0 ? new AskHelp(n % 8 == 0 ? "An" : "Bo", "SMS: 求助") : new Look(10, 10, 10),
        9 => new Undelivered(n % 2, "nobody could be reached"),
        10 => new TakeIn($"I100{n % 3}", 7, null),
        _ => n % 5 == 0 ? new Close("An", "leak", null) : n % 5 == 1 ? new Merge("I0009") : new Look(10, 10, 10),
    };
}
