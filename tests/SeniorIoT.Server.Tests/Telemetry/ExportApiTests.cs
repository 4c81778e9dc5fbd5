// Requests go to a server in this process and end with it: a token on each call would only be noise.
#pragma warning disable xUnit1051

using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Time.Testing;
using Parquet;
using SeniorIoT.Api;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.Server.Tests.Access;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using Xunit;

namespace SeniorIoT.Server.Tests.Telemetry;

public sealed class ExportApiTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("senioriot-");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));
    private EmbeddedStore _store = null!;
    private RegistryHost _host = null!;
    private HttpClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _store = new EmbeddedStore(Path.Combine(_folder.FullName, "telemetry"));
        _host = await RegistryHost.StartAsync(_folder.FullName, _clock, telemetry: _store);
        _admin = await _host.LoginAsync();
        await _admin.EnrolAsync(Homes.Household("H1"), Homes.Household("H2", "South"), Homes.Household("H3", "South", "Dale"));
        foreach (var (device, home) in ((string, string)[])[("w1", "H1"), ("w2", "H2"), ("w2b", "H2")])
            await _admin.PostOkAsync("/api/v1/devices", new NewDevice(device, "water", home, null));
        // Hourly, 1.5 L an hour, for two days; w2b has a hole from 05:00 to 10:00 in which water ran.
        await _store.AppendAsync(
            [.. ((string[])["w1", "w2", "w2b"]).SelectMany(device => Enumerable.Range(0, 49)
                .Where(hour => device != "w2b" || hour is <= 5 or >= 10)
                .Select(hour => new Point(device, Metric.TotalMillilitres, Start.AddHours(hour).ToUnixTimeMilliseconds(), 1_000_000 + hour * 1_500)))],
            [], TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _host.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Readings_come_as_the_replay_tool_reads_them_and_the_progress_says_how_many()
    {
        var order = await OrderAsync(_admin, Raw() with { HouseholdId = "H1", To = "2026-01-01T02:00:00Z" });
        Assert.Equal(("waiting", 0, 1), (order.State, order.HomesDone, order.Homes));
        using var file = await _host.Anonymous().GetAsync(order.File);
        Assert.Equal("text/csv", file.Content.Headers.ContentType!.MediaType);
        Assert.Equal("senioriot-total_l-raw-20260101-20260101.csv", file.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        Assert.Equal("household_id,measured_at,total_l,device_id\nH1,2026-01-01T00:00:00Z,1000,w1\nH1,2026-01-01T01:00:00Z,1001.5,w1\n", await file.Content.ReadAsStringAsync());
        var done = await _admin.GetFromJsonAsync<Export>("/api/v1/exports/" + order.ExportId);
        Assert.Equal(("done", 1, 2L, null, null), (done!.State, done.HomesDone, done.Rows, done.Problem, done.File));
        Assert.Equal(file.Content.Headers.ContentLength ?? done.Bytes, done.Bytes);
    }

    [Fact]
    public async Task Use_that_is_not_known_is_empty_and_not_zero()
    {
        var text = await FetchAsync(await OrderAsync(_admin, Raw() with
        {
            HouseholdId = "H2", Metric = "use_l", Every = "1h", Format = "csv.gz", From = "2026-01-01T04:00:00Z", To = "2026-01-01T07:00:00Z",
        }), isCompressed: true);
        Assert.Equal(
            """
            household_id,device_id,start,use_l
            H2,w2,2026-01-01T12:00:00+08:00,1.5
            H2,w2,2026-01-01T13:00:00+08:00,1.5
            H2,w2,2026-01-01T14:00:00+08:00,1.5
            H2,w2b,2026-01-01T12:00:00+08:00,1.5
            H2,w2b,2026-01-01T13:00:00+08:00,
            H2,w2b,2026-01-01T14:00:00+08:00,

            """, text);
    }

    [Theory]
    [InlineData("total_l", "raw", 3)]
    [InlineData("use_l", "1h", 3)]
    [InlineData("use_l", "1d", 3)]
    public async Task Parquet_holds_the_same_rows_with_types(string metric, string every, int meters)
    {
        var asked = Raw() with { Metric = metric, Every = every };
        var lines = (await FetchAsync(await OrderAsync(_admin, asked))).TrimEnd('\n').Split('\n');
        using var answer = await _host.Anonymous().GetAsync((await OrderAsync(_admin, asked with { Format = "parquet" })).File);
        var rows = await ReadParquetAsync(new MemoryStream(await answer.Content.ReadAsByteArrayAsync()));
        Assert.Equal(lines.Skip(1), rows);
        Assert.Equal(meters, lines.Skip(1).Select(line => line.Split(',')[every == "raw" ? 3 : 1]).Distinct().Count());
    }

    [Fact]
    public async Task A_committee_exports_its_own_households_only()
    {
        using var south = await _host.LoginAsAsync(_admin, Roles.Committee, "Hill·South");
        var everything = await FetchAsync(await OrderAsync(south, Raw()));
        Assert.DoesNotContain("H1,", everything, StringComparison.Ordinal);
        Assert.Contains("H2,", everything, StringComparison.Ordinal);
        Assert.Equal(["householdId"], (await south.RefusedAsync("/api/v1/exports", Raw() with { HouseholdId = "H1" })).Fields());
        Assert.Equal(["committee"], (await south.RefusedAsync("/api/v1/exports", Raw() with { Committee = "North" })).Fields());

        var other = await OrderAsync(_admin, Raw());
        using var hidden = await south.GetAsync("/api/v1/exports/" + other.ExportId);
        await hidden.ProblemAsync(HttpStatusCode.NotFound);
        using var nobody = await _host.Anonymous().PostAsJsonAsync("/api/v1/exports", Raw());
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    [Fact]
    public async Task An_address_opens_once_and_for_ten_minutes()
    {
        var order = await OrderAsync(_admin, Raw());
        await FetchAsync(order);
        using var again = await _host.Anonymous().GetAsync(order.File);
        await again.ProblemAsync(HttpStatusCode.NotFound);

        var late = await OrderAsync(_admin, Raw());
        _clock.Advance(TimeSpan.FromMinutes(11));
        using var tooLate = await _host.Anonymous().GetAsync(late.File);
        await tooLate.ProblemAsync(HttpStatusCode.NotFound);
        var state = await _admin.GetFromJsonAsync<Export>("/api/v1/exports/" + late.ExportId);
        Assert.Equal((ExportStates.Failed, true), (state!.State, state.Problem!.Contains("ten minutes", StringComparison.Ordinal)));

        using var guessed = await _host.Anonymous().GetAsync($"/api/v1/exports/{(await OrderAsync(_admin, Raw())).ExportId}/file?ticket=guess");
        await guessed.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Every_bad_field_is_named_at_once()
    {
        var problem = await _admin.RefusedAsync("/api/v1/exports", new NewExport("no/id", "North", null, "yesterday", null, "litres", "1w", "xlsx"));
        Assert.Equal(["every", "format", "from", "householdId", "metric", "to"], problem.Fields().Order());
        Assert.Equal(["every"], (await _admin.RefusedAsync("/api/v1/exports", Raw() with { Metric = "use_l" })).Fields());
        Assert.Equal(["from"], (await _admin.RefusedAsync("/api/v1/exports", Raw() with { From = "2026-03-01T00:00:00Z" })).Fields());
    }

    [Fact]
    public async Task An_export_is_in_the_audit_with_what_it_held_and_nobody_by_name()
    {
        Assert.Contains("Dale·South, Hill·South", (await _admin.RefusedAsync("/api/v1/exports", Raw() with { Committee = "South" })).GetProperty("errors").GetProperty("committee")[0].GetString());
        await OrderAsync(_admin, Raw() with { Committee = "Hill·South" });
        var entry = (await _admin.GetFromJsonAsync<Page<AuditEntry>>("/api/v1/audit?limit=1"))!.Items[0];
        Assert.Equal(("export", "Hill·South", "total_l raw csv, 2026-01-01T00:00:00Z to 2026-01-03T00:00:00Z, 1 households"), (entry.Action, entry.Subject, entry.Detail));
    }

    [Fact]
    public async Task A_store_that_fails_in_the_middle_cuts_the_connection_and_the_state_says_why()
    {
        // The second month is damaged: its readings would come after some megabytes that were already sent.
        await _store.AppendAsync(
            [.. Enumerable.Range(0, 20_000).Select(i => new Point("w1", Metric.TotalMillilitres, Start.AddMinutes(i).ToUnixTimeMilliseconds() + 7, i))], [],
            TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "telemetry", "telemetry-202602.db"), new byte[8192]);
        var order = await OrderAsync(_admin, Raw() with { HouseholdId = "H1", To = "2026-03-01T00:00:00Z" });
        using var client = _host.Anonymous();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync(order.File));
        var state = await _admin.GetFromJsonAsync<Export>("/api/v1/exports/" + order.ExportId);
        Assert.Equal((ExportStates.Failed, true), (state!.State, state.Rows > 10_000));
        Assert.NotNull(state.Problem);
    }

    [Fact]
    public void The_oldest_order_makes_room()
    {
        var desk = new ExportDesk(_clock);
        var order = new ExportOrder(new ExportChoice(null, Domain.Households.Area.District), Start, Start.AddDays(1), "total_l", "raw", "csv");
        var orders = Enumerable.Range(0, ExportDesk.RememberedMax + 1).Select(_ => desk.Add("a", default, order, 1)).ToList();
        Assert.Null(desk.Find(orders[0].Id, "a", true));
        Assert.NotNull(desk.Find(orders[1].Id, "a", true));
        Assert.Equal(TicketAnswer.Taken, desk.Take(orders[5].Id, orders[5].Ticket, out _));
        Assert.Equal(TicketAnswer.Taken, desk.Take(orders[6].Id, orders[6].Ticket, out var second));
        Assert.Equal(TicketAnswer.Busy, desk.Take(orders[7].Id, orders[7].Ticket, out _));
        desk.End(second!, null);
        Assert.Equal(TicketAnswer.Taken, desk.Take(orders[7].Id, orders[7].Ticket, out _));
    }

    private static NewExport Raw() => new(null, null, null, "2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z", "total_l", "raw", "csv");

    private static async Task<Export> OrderAsync(HttpClient client, NewExport asked)
    {
        using var answer = await client.PostAsJsonAsync("/api/v1/exports", asked);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<Export>())!;
    }

    private async Task<string> FetchAsync(Export order, bool isCompressed = false)
    {
        using var client = _host.Anonymous();
        await using var body = await client.GetStreamAsync(order.File);
        using var reader = new StreamReader(isCompressed ? new GZipStream(body, CompressionMode.Decompress) : body);
        return await reader.ReadToEndAsync();
    }

    private static async Task<List<string>> ReadParquetAsync(Stream file)
    {
        var lines = new List<string>();
        await using var reader = await ParquetReader.CreateAsync(file);
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            var columns = new List<string[]>();
            foreach (var field in reader.Schema.DataFields)
            {
                var count = (int)group.RowCount;
                if (field.Name.EndsWith("_id", StringComparison.Ordinal))
                {
                    var cells = new string?[count];
                    await group.ReadAsync(field, cells.AsMemory());
                    columns.Add([.. cells.Select(cell => cell!)]);
                }
                else if (field.ClrType == typeof(DateTime))
                {
                    var cells = new DateTime[count];
                    await group.ReadAsync<DateTime>(field, cells.AsMemory());
                    // Parquet keeps moments; CSV says steps by the district's clocks.
                    columns.Add([.. cells.Select(cell => field.Name == "start"
                        ? cell.AddHours(8).ToString("yyyy-MM-ddTHH:mm:ss.FFF+08:00", CultureInfo.InvariantCulture)
                        : cell.ToString("yyyy-MM-ddTHH:mm:ss.FFFZ", CultureInfo.InvariantCulture))]);
                }
                else if (field.IsNullable)
                {
                    var cells = new double?[count];
                    await group.ReadAsync<double>(field, cells.AsMemory());
                    columns.Add([.. cells.Select(cell => cell?.ToString(CultureInfo.InvariantCulture) ?? "")]);
                }
                else
                {
                    var cells = new double[count];
                    await group.ReadAsync<double>(field, cells.AsMemory());
                    columns.Add([.. cells.Select(cell => cell.ToString(CultureInfo.InvariantCulture))]);
                }
            }

            lines.AddRange(Enumerable.Range(0, columns[0].Length).Select(row => string.Join(',', columns.Select(column => column[row]))));
        }

        return lines;
    }
}
