using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Backtest;
using Xunit;

namespace SeniorIoT.Server.Tests.Backtest;

public sealed class BacktestTests : IDisposable
{
    private const string Header = "household_id,measured_at,total_l\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("backtest").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static (int Code, string Output, string Complaints) Run(BacktestArguments args)
    {
        var (output, complaints) = (new StringWriter(), new StringWriter());
        var code = BacktestCli.Run(args, output, complaints);
        return (code, output.ToString(), complaints.ToString());
    }

    /// <summary>Sixty days by the hour: H1 uses water four times a day, H2 lies still from day 30 on.</summary>
    private static List<string> Rows()
    {
        List<string> rows = [];
        foreach (var home in new[] { "H1", "H2" })
        {
            var litres = 100;
            for (var hour = 0; hour < 60 * 24; hour++)
            {
                if (hour % 24 is 7 or 12 or 18 or 22 && (home == "H1" || hour < 720)) litres += 31;
                var at = new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.FromHours(8)).AddHours(hour);
                rows.Add(string.Create(CultureInfo.InvariantCulture, $"{home},{at:yyyy-MM-dd'T'HH:mm:sszzz},{litres}"));
            }
        }

        return rows;
    }

    [Fact]
    public void The_other_rules_of_the_settings_are_counted_and_those_that_are_off_can_be_switched_on()
    {
        // A leak through the whole of February in a home that otherwise sleeps at night.
        List<string> rows = [];
        long litres = 100;
        for (var hour = 0; hour < 100 * 24; hour++)
        {
            litres += (hour % 24 is 7 or 12 or 18 or 22 ? 30 : 0) + (hour is >= 1000 and < 1700 ? 4 : 0);
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"H1,{new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.FromHours(8)).AddHours(hour):yyyy-MM-dd'T'HH:mm:sszzz},{litres}"));
        }

        var file = Write("homes.csv", Header + string.Join('\n', rows));
        Assert.Equal([("leak", 1)], Others([]));
        Assert.Equal([("leak", 1), ("night-use", 1)], Others(["night-use"]));
        Assert.Contains("changning: leak", Run(new(file, ["changning"])).Output, StringComparison.Ordinal);
        Assert.Contains("--on: there is no rule 'nights'", Run(new(file, ["changning"]) { On = ["nights"] }).Complaints, StringComparison.Ordinal);

        List<(string, int)> Others(string[] on) => [.. JsonDocument.Parse(Run(new(file, ["changning"], IsJson: true) { On = on }).Output).RootElement
            .GetProperty("overall").GetProperty("otherFindings").EnumerateArray().Select(other => (other.GetProperty("rule").GetString()!, other.GetProperty("alerts").GetInt32()))];
    }

    [Fact]
    public void One_rule_prints_exactly_the_object_of_the_contract()
    {
        var file = Write("homes.csv", Header + string.Join('\n', Rows()));
        var (code, output, complaints) = Run(new(file, ["changning"], Collapses: 20, Seed: 3, IsJson: true));
        Assert.Equal((0, ""), (code, complaints));
        var root = JsonDocument.Parse(output).RootElement;
        Assert.Equal(["households", "overall"], Names(root));
        Assert.Equal(["householdId", "months", "alerts", "alertsPerMonth", "detections", "resolutionLitres", "raisedAt"], Names(root.GetProperty("households")[0]));
        Assert.Equal(["months", "alerts", "alertsPerMonth", "detections", "meanAlertsPerMonth", "otherFindings"], Names(root.GetProperty("overall")));
        Assert.All(
            root.GetProperty("households").EnumerateArray().Append(root.GetProperty("overall")),
            one => Assert.Equal(["n", "missed", "medianHours", "p90Hours"], Names(one.GetProperty("detections"))));

        var (still, overall) = (root.GetProperty("households")[1], root.GetProperty("overall"));
        Assert.Equal(("H2", 1), (still.GetProperty("householdId").GetString(), still.GetProperty("alerts").GetInt32()));
        // The last use is on day 29 at 22:00, 8 h behind UTC; told after twelve hours.
        Assert.Equal(new DateTimeOffset(2026, 2, 4, 2, 0, 0, TimeSpan.Zero), Assert.Single(still.GetProperty("raisedAt").EnumerateArray()).GetDateTimeOffset());
        Assert.Equal(1, still.GetProperty("resolutionLitres").GetDouble());
        Assert.Equal(1439 / 730.5, still.GetProperty("months").GetDouble(), 3);
        Assert.Equal(1 / (1439 / 730.5), still.GetProperty("alertsPerMonth").GetDouble(), 3);
        Assert.Equal((40, 0), (overall.GetProperty("detections").GetProperty("n").GetInt32(), overall.GetProperty("detections").GetProperty("missed").GetInt32()));
        Assert.Equal(0.5 / (1439 / 730.5), overall.GetProperty("meanAlertsPerMonth").GetDouble(), 3);
        Assert.InRange(overall.GetProperty("detections").GetProperty("medianHours").GetDouble(), 1, 12);
    }

    [Fact]
    public void The_report_is_one_page_with_its_plots_and_says_what_was_left_to_chance()
    {
        var file = Write("homes.csv", Header + string.Join('\n', Rows()));
        var page = Path.Combine(_folder, "report.html");
        var (code, output, complaints) = Run(new(file, ["changning", "adaptive"], Collapses: 20, Seed: 3, Report: page));
        Assert.Equal((0, ""), (code, complaints));
        Assert.StartsWith("2 households, 3.9 covered months", output, StringComparison.Ordinal);
        var html = File.ReadAllText(page);
        Assert.Equal(4, html.Split("<svg").Length - 1);
        Assert.Contains("20 simulated collapses a household, seed 3", html, StringComparison.Ordinal);
        Assert.Equal(2, html.Split("by household").Length - 1);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", html.Replace("http://www.w3.org", "", StringComparison.Ordinal), StringComparison.Ordinal);

        Assert.Equal((2, "--report: it draws alerts against delays; give --collapses, for example 200.\n"), (Run(new(file, ["changning"], Report: page)) is var (c, _, why) ? (c, why) : default));
        var nowhere = Path.Combine(_folder, "none", "report.html");
        Assert.StartsWith($"--report: {nowhere} cannot be written", Run(new(file, ["changning"], Collapses: 1, Report: nowhere)).Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_collapses_there_are_no_delays()
    {
        var file = Write("homes.csv", Header + string.Join('\n', Rows()));
        var detections = JsonDocument.Parse(Run(new(file, ["adaptive"], IsJson: true)).Output).RootElement.GetProperty("overall").GetProperty("detections");
        Assert.Equal((0, JsonValueKind.Null), (detections.GetProperty("n").GetInt32(), detections.GetProperty("medianHours").ValueKind));
    }

    [Fact]
    public void Several_rules_are_a_list_with_their_names_each_as_if_it_were_alone()
    {
        var file = Write("homes.csv", Header + string.Join('\n', Rows()));
        var own = Write("own.json", JsonSerializer.Serialize(RuleSettings.Jingan with { Version = "own-1" }));
        var both = JsonDocument.Parse(Run(new(file, ["jingan", own], 10, 5, IsJson: true)).Output).RootElement.GetProperty("rules");
        var alone = JsonDocument.Parse(Run(new(file, ["jingan"], 10, 5, IsJson: true)).Output).RootElement;
        Assert.Equal(["jingan", own], both.EnumerateArray().Select(rule => rule.GetProperty("rule").GetString()!));
        Assert.All(both.EnumerateArray(), rule => Assert.Equal(alone.GetProperty("households").GetRawText(), rule.GetProperty("households").GetRawText()));
    }

    [Fact]
    public void Rows_in_any_order_repeated_or_packed_give_the_same()
    {
        var rows = Rows();
        var plain = Run(new(Write("homes.csv", Header + string.Join('\n', rows)), ["adaptive"], 10, 5, IsJson: true)).Output;
        var mixed = rows.Concat(rows.Take(100)).ToArray();
        new Random(7).Shuffle(mixed);
        var packed = Path.Combine(_folder, "homes.csv.gz");
        using (var file = new StreamWriter(new GZipStream(File.Create(packed), CompressionLevel.Fastest), Encoding.UTF8))
            file.Write("\"household_id\", measured_at ,total_l\r\n" + string.Join("\r\n", mixed) + "\r\n\r\n");
        Assert.Equal(plain, Run(new(packed, ["adaptive"], 10, 5, IsJson: true)).Output);
    }

    [Fact]
    public void Bad_rows_are_named_by_line_and_column_left_out_and_the_exit_code_says_so()
    {
        var file = Write("homes.csv", Header + """
            H1,2026-01-01T00:00:00+08:00,4e+05
            H1,2026-01-01T00:00:00,5
            H1,yesterday,5
            ,2026-01-01T01:00:00Z,5
            "H1",2026-01-01T01:00:00Z,NaN
            H1,2026-01-01T02:00:00Z,-3
            H1,2026-01-01T02:00:00Z
            H1,2026-01-01T02:00:00Z,5,6
            H1,2026-01-01 03:00:00+0000,400000.5
            """);
        var (code, output, complaints) = Run(new(file, ["changning"]));
        Assert.Equal(1, code);
        Assert.Contains("1 households", output);
        Assert.Equal(
            ["line 3, measured_at", "line 4, measured_at", "line 5, household_id", "line 6, total_l", "line 7, total_l", "line 8, total_l", "line 9, total_l", "7 bad rows were left out; 2 are good."],
            complaints.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.Split(": ")[0]));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("home,at,litres\nH1,2026-01-01T00:00:00Z,5", "the header is 'home,at,litres'")]
    [InlineData(Header, "no good row")]
    [InlineData(Header + "H1,now,5", "The first: line 2, measured_at")]
    public void A_file_with_nothing_to_test_with_is_refused(string text, string complaint)
    {
        var (code, output, complaints) = Run(new(Write("homes.csv", text), ["changning"]));
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(complaint, complaints);
    }

    [Fact]
    public void A_file_that_is_not_there_or_whose_packing_is_broken_is_refused()
    {
        Assert.Equal(2, Run(new(Path.Combine(_folder, "none.csv"), ["changning"])).Code);
        var broken = Path.Combine(_folder, "broken.csv.gz");
        File.WriteAllBytes(broken, [0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        Assert.Equal(2, Run(new(broken, ["changning"])).Code);
    }

    [Fact]
    public void Whether_a_file_is_packed_is_seen_from_its_first_bytes_whatever_its_name_says()
    {
        var text = Header + string.Join('\n', Rows());
        var plain = Run(new(Write("homes.csv", text), ["changning"], IsJson: true)).Output;
        Assert.Equal(plain, Run(new(Write("plain.csv.gz", text), ["changning"], IsJson: true)).Output);
        var packed = Path.Combine(_folder, "packed.csv");
        using (var file = new StreamWriter(new GZipStream(File.Create(packed), CompressionLevel.Fastest), Encoding.UTF8)) file.Write(text);
        Assert.Equal(plain, Run(new(packed, ["changning"], IsJson: true)).Output);
    }

    [Fact]
    public void A_name_with_a_comma_or_a_quote_in_it_is_read_when_it_stands_in_quotes()
    {
        var file = ReadingsFile.Read(new StringReader(Header + """"
            "Flat 3, Block 2","2026-01-01T00:00:00Z","5"
            "Ann's ""villa""",2026-01-01T01:00:00Z,6
            Flat 3, Block 2,2026-01-01T01:00:00Z,7
            H1,2026-01-01T01:00:00Z,"7,5"
            """"), "f");
        Assert.Equal(["Ann's \"villa\"", "Flat 3, Block 2"], file.Homes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["line 4, total_l: the row has more than 3 cells; 3 are expected. A cell with a comma in it must be in quotes.", "line 5, total_l: '7,5' is not a number of litres, 0 or more."],
            file.BadRows.Select(ReadingsFile.Say));
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(0.001, "total_l: 2 of 2 households ('H1' first) use less than 2 L a day. If the column holds cubic metres, multiply it by 1000.")]
    [InlineData(10, "total_l: 2 of 2 households ('H1' first) have a register in steps of 10 L. It proves no use below that: no-water means that it did not move.")]
    public void What_the_register_is_not_good_for_is_said(double unit, string hint)
    {
        var rows = Rows().Select(row => row.Split(',')).Select(cells => string.Create(
            CultureInfo.InvariantCulture, $"{cells[0]},{cells[1]},{double.Parse(cells[2], CultureInfo.InvariantCulture) * unit:0.###}"));
        var (code, _, complaints) = Run(new(Write("homes.csv", Header + string.Join('\n', rows)), ["changning"]));
        Assert.Equal((0, hint), (code, complaints.Trim()));
    }

    [Fact]
    public void Every_error_of_the_command_line_is_named_at_once()
    {
        var bad = Write("bad.json", """{"version":"","noWaterWindow":"12:00:00","noWaterLitres":0,"adaptive":{"atLeast":"00:10:00","atMost":"15:00:00","patience":9}}""");
        var misspelt = Write("misspelt.json", """{"version":"v","noWaterWindow":"12:00:00","noWaterLiters":5}""");
        var (code, output, complaints) = Run(new("none.csv", ["nowhere", bad, misspelt], Collapses: -1, ZoneId: "Mars/Base"));
        Assert.Equal((2, ""), (code, output));
        foreach (var part in new[] { "'nowhere' is neither", "Version must", "NoWaterLitres is 0", "Adaptive.AtLeast", "Adaptive.Patience", "noWaterLiters", "--collapses", "Mars/Base" })
            Assert.Contains(part, complaints);
    }

    [Fact]
    public void The_clock_of_the_homes_is_the_one_that_the_times_show()
    {
        Assert.Null(ReadingsFile.Read(new StringReader(Header + "H1,2026-01-01T00:00:00Z,5"), "f").Zone());
        var odd = ReadingsFile.Read(new StringReader(Header + "H1,2026-01-01T00:00:00+08:17,5"), "f").Zone()!;
        Assert.Equal(new TimeSpan(8, 17, 0), odd.BaseUtcOffset);
        var china = ReadingsFile.Read(new StringReader(Header + "H1,2026-01-01T00:00:00+08:00,5"), "f").Zone()!;
        Assert.Equal(TimeSpan.FromHours(8), china.GetUtcOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);
}
