using System.Text;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Notices;

public sealed class NoticeTextTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    private static readonly Rule[] ToldByText = [Rule.Sos, Rule.Fall, Rule.Smoke, Rule.NoWater, Rule.Burst];

    private static readonly Gen<string> Names = Gen.OneOf(Gen.Const("王秀英"), Gen.Const("𠮷田𠮷子"), Gen.Const(""), Gen.String, Gen.Char['一', '龥'].Array[0, 30].Select(c => new string(c)));

    private static readonly Gen<string> Addresses = Gen.OneOf(
        Gen.Const("江苏路100弄38号1070室"), Gen.Const("𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷"), Names,
        Gen.Select(Names, Episode.AnyOf('路', '弄', '村'), Names, (a, sign, b) => a + sign + b));

    private static readonly Gen<Alert> Alerts = Gen.Select(
        Episode.AnyOf([.. Rule.All]), Gen.Select(Addresses, Names, Names), Gen.Int[1, 999_999], Gen.Double[12, 5_000],
        (rule, text, id, hours) => Episode.Of(rule).Alert! with
        {
            Id = new($"A{id:0000}"),
            Place = Episode.Home with { Address = text.Item1, SubDistrict = text.Item2, Resident = text.Item3 },
            Evidence = new Evidence(CoveredHours: hours),
            Dispatch = id % 3 == 0 ? new Dispatch(text.Item3, Episode.Start, id % 2 == 0 ? Episode.Start : null) : null,
        });

    [Fact]
    public void What_the_phone_shows_at_each_step()
    {
        var table = new StringBuilder();
        foreach (var rule in ToldByText)
        {
            table.AppendLine($"# {rule}");
            var episode = Episode.Of(rule);
            table.AppendLine($"{NoticeText.Sms(episode.Alert!, 0, Episode.Start, Shanghai, Languages.English).Length} {NoticeText.Sms(episode.Alert!, 0, Episode.Start, Shanghai, Languages.English)}");
            table.AppendLine(Line(episode.Alert!, 0, Episode.Start));
            for (var step = 1; step <= 5; step++)
            {
                var due = episode.Alert!.EscalatesAt!.Value;
                episode.Do(new AlertCommand.Wake(), (due - Episode.Start).TotalSeconds);
                table.AppendLine(Line(episode.Alert!, step, due));
            }

            table.AppendLine();
        }

        Snapshot.Match(table.ToString());

        static string Line(Alert alert, int step, DateTimeOffset at) => NoticeText.Sms(alert, step, at, Shanghai) is var text ? $"{text.Length} {text}" : "";
    }

    [Fact]
    public void Whatever_the_names_a_text_fits_one_segment_and_says_what_and_how_to_answer() =>
        Gen.Select(Alerts, Gen.Int[0, 150], Episode.AnyOf(Languages.Chinese, Languages.English)).Sample((alert, step, language) =>
        {
            var words = NoticeText.Of(alert, step, Episode.Start.AddSeconds(step), Shanghai, language);
            var text = words.Text;
            Assert.InRange(text.Length, 1, NoticeText.LengthMax);
            Assert.Equal(1, Segments.Of(text).Count);
            var (full, menu) = language == Languages.Chinese ? ($"。回复{alert.Id}加1到场2平安3求助0不能去", $"。回复{alert.Id}加1到场2平安3求助") : ($" Reply {alert.Id} 1go 2ok 3help 0no", $" Reply {alert.Id} 1go 2ok 3help");
            if (alert.Rule.Scope != RuleScope.System)
            {
                // The digits, and 0 wherever there is room for it: only what says who has gone comes before it.
                Assert.True(text.EndsWith(full, StringComparison.Ordinal) || text.EndsWith(menu, StringComparison.Ordinal), text);
                if (!text.EndsWith(full, StringComparison.Ordinal)) Assert.True(text.Length + full.Length - menu.Length > NoticeText.LengthMax, text);
                // The door, whole: in English a very long one only where codes and numbers are ordinary.
                var door = NoticeText.Door(alert.Place);
                if (language == Languages.Chinese ? step < 100 : alert.Id.Value.Length <= 5 && step < 30 && alert.Evidence.CoveredHours < 100) Assert.Contains(door, text);
            }
            if (language == Languages.Chinese) Assert.Contains(WordOf(alert.Rule), text);
            Assert.DoesNotContain("独居", text);
            // An id is for programs.
            if (alert.Rule.Id.Contains('-')) Assert.DoesNotContain(alert.Rule.Id, text);
            var names = alert.Place.Address + alert.Place.SubDistrict + alert.Place.Resident;
            Assert.False(text.Contains("http", StringComparison.Ordinal) && !names.Contains("http", StringComparison.Ordinal), text);
            Assert.False(HasLoneHalf(text) && !HasLoneHalf(names), text);
            // A provider that makes the text itself makes the same one.
            Assert.EndsWith(NoticeTemplate.Of(words.Template).Fill(language, words.Values), text);
        });

    [Fact]
    public void A_text_of_ours_that_a_phone_sends_back_answers_nothing() =>
        Gen.Select(Episode.AnyOf(ToldByText), Gen.Int[0, 20], Episode.AnyOf(Languages.Chinese, Languages.English)).Sample((rule, step, language) =>
        {
            var text = NoticeText.Sms(Episode.Of(rule).Alert!, step, Episode.Start, Shanghai, language);
            Assert.True(Reply.IsEcho(text), text);
            Assert.Empty(Reply.Read(text));
        });

    [Fact]
    public void No_two_texts_about_one_alert_are_the_same() =>
        Alerts.Sample(alert =>
        {
            // All sent in the same minute: only the step can tell them apart.
            var texts = Enumerable.Range(0, 150).Select(step => NoticeText.Sms(alert, step, Episode.Start, Shanghai)).ToArray();
            Assert.Equal(texts.Length, texts.Distinct().Count());
        });

    [Theory]
    [InlineData("江苏路100弄38号1070室", 3, "王家 38号1070室")]
    [InlineData("江苏路100弄138号123456室", 3, "王家 138号123456室")]
    [InlineData("江苏路100弄138号B座12层123456室", 3, "王家 138号B座12层")]
    [InlineData("江苏路100弄1号楼 301室", 0, "1号楼 301室")]
    [InlineData("江苏路100弄38号A1座1070室", 3, "王家 38号A1座1070室")]
    public void Half_a_number_is_a_wrong_door_and_is_left_out(string address, int residents, string where)
    {
        var place = Episode.Home with { Address = address, Resident = string.Concat(Enumerable.Repeat("王", residents)) };
        Assert.Equal(where, NoticeText.Where(place));
    }

    [Fact]
    public void Whoever_is_asked_later_reads_who_has_gone_already()
    {
        var alert = Episode.Of(Rule.Sos).Alert! with { Dispatch = new Dispatch("李志强", Episode.Start, null) };
        Assert.Contains("A0001 第2次:李志强已去,王家", NoticeText.Sms(alert, 1, Episode.Start, Shanghai));
        Assert.Contains("李志强已到", NoticeText.Sms(alert with { Dispatch = new Dispatch("李志强", Episode.Start, Episode.Start) }, 1, Episode.Start, Shanghai));
        Assert.DoesNotContain("李志强", NoticeText.Sms(alert, 0, Episode.Start, Shanghai));
    }

    [Fact]
    public void Every_template_has_its_places_described_in_both_languages_and_none_holds_an_address_of_the_web() =>
        Assert.All(NoticeTemplate.All, template =>
        {
            var described = NoticeTemplate.Places.ToDictionary(place => place.Name, place => place.LengthMax);
            Assert.All(template.Names, name => Assert.Contains(name, described.Keys));
            Assert.All(described.Values, length => Assert.InRange(length, 1, NoticeTemplate.PlaceLengthMax));
            Assert.DoesNotContain("http", template.Chinese + template.English);
            // With all its places full it has room beside a signature, less what is cut from where.
            var full = template.Fill(Languages.Chinese, template.Names.Except(["where", "case", "more"]).ToDictionary(name => name, name => new string('1', described[name])));
            Assert.InRange(full.Length, 1, NoticeText.LengthMax - 10);
        });

    [Fact]
    public void A_template_is_one_that_can_be_registered_each_place_once_and_words_between_any_two() =>
        Assert.All(NoticeTemplate.All, template =>
        {
            var words = System.Text.RegularExpressions.Regex.Split(template.Chinese, @"\$\{[a-z]+\}");
            Assert.All(words[1..^1], between => Assert.NotEqual("", between.Trim()));
            Assert.Contains(words, between => between.Any(char.IsLetter));
            Assert.Equal(words.Length - 1, template.Names.Count);
        });

    [Fact]
    public void Any_text_goes_as_a_note_of_one_or_two_places_and_loses_one_mark_at_most() =>
        Gen.Select(Gen.OneOf(Gen.Char['一', '龥'], Episode.AnyOf(',', '。', ';', ' ', '1', 'A')).Array[1, NoticeText.LengthMax], Gen.Bool).Sample((characters, _) =>
        {
            var text = new string(characters);
            var (template, values) = NoticeTemplate.NoteOf(text);
            Assert.All(values.Values, value => Assert.InRange(value.Length, 0, NoticeTemplate.PlaceLengthMax));
            Assert.Equal(text.Length > NoticeTemplate.PlaceLengthMax ? NoticeTemplate.LongNote : NoticeTemplate.Note, template);
            var together = string.Concat(template.Names.Select(name => values[name]));
            Assert.True(together == text || (together.Length == text.Length - 1 && values["text"] == text[..values["text"].Length] && text.EndsWith(values["more"], StringComparison.Ordinal)));
        });

    [Fact]
    public void Whatever_the_names_a_call_for_help_from_the_door_is_one_segment_with_the_door() =>
        Gen.Select(Alerts, Names, Gen.Int[0, 99]).Sample((alert, by, step) =>
        {
            var text = AnswerRules.Help(alert, by, step).Text;
            Assert.InRange(text.Length, 1, NoticeText.LengthMax);
            Assert.Contains(NoticeText.Door(alert.Place), text);
            Assert.Contains($"回复{alert.Id}加1到场2平安3求助", text);
        });

    [Theory]
    [InlineData("Asia/Shanghai", "13:55", "14:15")]
    [InlineData("Asia/Kathmandu", "11:40", "12:00")]
    [InlineData("Europe/Berlin", "07:55", "08:15")]
    public void Times_are_told_by_the_districts_own_clocks_summer_time_too(string name, string occurred, string until)
    {
        var (zone, now) = (TimeZoneInfo.FindSystemTimeZoneById(name), new DateTimeOffset(2026, 7, 1, 6, 0, 0, TimeSpan.Zero));
        Assert.Contains(occurred, NoticeText.Sms(Episode.Of(Rule.Sos).Alert! with { OccurredAt = now.AddMinutes(-5) }, 0, now, zone), StringComparison.Ordinal);
        Assert.Contains(until, NoticeText.Sms(Episode.Of(Rule.NoWater).Alert!, 0, now, zone), StringComparison.Ordinal);
        Assert.Contains(occurred, NoticeText.Sms(Episode.Of(Rule.TelemetryStore).Alert! with { OccurredAt = now.AddMinutes(-5) }, 0, now, zone), StringComparison.Ordinal);
    }

    private static string WordOf(Rule rule) =>
        rule == Rule.Smoke ? "烟感报警,到场并拨119"
        : rule == Rule.NoWater ? "小时几乎没用水"
        : rule == Rule.Burst ? "水流异常大"
        : rule == Rule.Fall ? "可能跌倒,请马上上门"
        : rule == Rule.Sos ? "按求助键,请马上上门"
        : RuleWords.Of(rule, Languages.Chinese);

    private static bool HasLoneHalf(string text) => text.EnumerateRunes().Contains(Rune.ReplacementChar);
}
