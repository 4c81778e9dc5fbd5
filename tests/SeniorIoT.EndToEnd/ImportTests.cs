using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>A district's list, imported from the command line while the server runs.</summary>
public sealed class ImportTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    private const string Headings = "住户编号,地址,居委会,街道,姓名,出生年份,独居,联系人1,联系人1电话,联系人1角色,设备编号,类型\n";

    [Fact]
    public async Task Homes_and_devices_are_there_within_seconds_and_the_devices_can_connect()
    {
        var file = Path.Combine(server.DataFolder, "homes.csv");
        await File.WriteAllTextAsync(
            file,
            Headings
            + "imp-1,愚园路1088弄3号402室,江苏路居委会,江苏路街道,王秀英,1941,是,李志强,13800000001,志愿者,imp-wm-1,水表\n"
            + "imp-1,,,,,,,,,,imp-sos-1,一键通\n"
            + "imp-2,愚园路1088弄3号403室,江苏路居委会,江苏路街道,陈阿婆,1938,是,赵敏,13800000002,居委值班,imp-sd-2,烟感\n",
            TestContext.Current.CancellationToken);

        var (code, output) = await ImportAsync(file, "--dry-run");
        Assert.True(code == 0, output);
        Assert.Contains("2 households and 3 devices", output);
        Assert.Empty(await server.Api.ListAsync<Household>("households?q=imp-"));

        var credentials = Path.Combine(server.DataFolder, "credentials.csv");
        (code, output) = await ImportAsync(file, "--credentials", credentials);
        Assert.True(code == 0, output);
        var secrets = (await File.ReadAllLinesAsync(credentials, TestContext.Current.CancellationToken)).Skip(1).Select(line => line.Split(',')).ToDictionary(cells => cells[0], cells => cells[4]);
        Assert.Equal(["imp-sd-2", "imp-sos-1", "imp-wm-1"], secrets.Keys.Order());

        var button = new Enrolled("sos", "imp-sos-1", "imp-1", secrets["imp-sos-1"]);
        await Wait.UntilAsync("the new button may connect", async () =>
            (await Mosquitto.PublishAsync(server.MqttPort, button, "event", Payload.Press("p1", Payload.Now))).Code == 0, 10);
        var alert = await Wait.ForAsync("its press is an alert", async () => (await server.Api.AlertsAsync("imp-1")).SingleOrDefault());
        Assert.Equal(("王秀英", "愚园路1088弄3号402室", "江苏路居委会"), (alert.Resident, alert.Address, alert.Committee));

        (code, output) = await ImportAsync(file);
        Assert.Equal(1, code);
        Assert.Contains("enrolled already", output);
    }

    [Fact]
    public async Task Every_bad_row_is_named_and_nothing_is_written()
    {
        var file = Path.Combine(server.DataFolder, "bad.csv");
        await File.WriteAllTextAsync(
            file,
            Headings
            + "bad-1,愚园路1号,江苏路居委会,江苏路街道,王秀英,1741,是,,,,bad-wm-1,水表\n"
            + "bad-2,愚园路2号,江苏路居委会,江苏路街道,王秀英,1941,也许,,,,bad-wm-2,烤面包机\n"
            + "bad-3,愚园路3号,江苏路居委会,江苏路街道,好人,1941,是,,,,bad-wm-3,水表\n",
            TestContext.Current.CancellationToken);
        var (code, output) = await ImportAsync(file);
        Assert.Equal(1, code);
        Assert.Contains("row 2, 出生年份", output);
        Assert.Contains("row 3, 独居", output);
        Assert.Contains("row 3, 类型", output);
        Assert.DoesNotContain("row 4", output);
        Assert.Empty(await server.Api.ListAsync<Household>("households?q=bad-"));

        (code, output) = await ImportAsync(file, "--skip-bad");
        Assert.True(code == 0, output);
        await Wait.UntilAsync("the good row is there", async () => (await server.Api.ListAsync<Household>("households?q=bad-")).Select(home => home.HouseholdId).SequenceEqual(["bad-3"]));
    }

    [Fact]
    public async Task Bad_usage_is_code_2()
    {
        var (code, output) = await ImportAsync(Path.Combine(server.DataFolder, "missing.csv"));
        Assert.True(code == 2, output);
        Assert.Contains("missing.csv", output);
    }

    private async Task<(int Code, string Output)> ImportAsync(string file, params string[] options) =>
        await Command.RunAsync("dotnet", [await Repository.ServerAsync(), "import", file, "--data", server.DataFolder, .. options], TimeSpan.FromMinutes(1));
}
