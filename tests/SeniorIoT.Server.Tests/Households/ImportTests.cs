// Requests go to a server in this process and end with it: a token on each call would only be noise.
#pragma warning disable xUnit1051

using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Tests.Access;
using Xunit;

namespace SeniorIoT.Server.Tests.Households;

public sealed class ImportTests
{
    private const string Good = """
        household_id,address,committee,sub_district,resident_name,birth_year,lives_alone,contact1_name,contact1_phone,contact1_role,device_id,kind,gateway_id
        H1,"Lane 1, No 2",North,Hill,Wang,1940,yes,Li,138 0000 0000,volunteer,W1,water,G1
        H1,,,,Wang,,,Sun,13900000000,,S1,smoke,
        H2,Lane 3,South,Hill,Zhao,1938,no,,,,B2,sos,
        ,,,,,,,,,,G1,gateway,

        """;

    private const string Chinese = """
        住户编号,地址,居委会,街道,姓名,出生年份,独居,联系人1,联系人1电话,联系人1关系,联系人2姓名,联系人2电话,设备编号,类型
        H1,愚园路1号,江苏居委会,江苏路街道,王阿婆,1940年,是,李志愿,13800000000,志愿者,孙女,13900000000,W1,水表
        H1,,,,,,,,,,,,S1,烟感

        """;

    [Fact]
    public async Task A_good_file_enrols_everything_and_tells_the_passwords_once()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        var dry = await ImportAsync(admin, Good, "?dryRun=true");
        Assert.Equal((4, 2, 4, true, false, 0, 0), (dry.Rows, dry.Households, dry.Devices, dry.DryRun, dry.Written, dry.Errors.Count, dry.Credentials.Count));
        Assert.Empty((await admin.GetFromJsonAsync<Page<Household>>("/api/v1/households"))!.Items);

        var report = await ImportAsync(admin, Good);
        Assert.Equal((true, 0), (report.Written, report.Errors.Count));
        Assert.Equal(["G1", "W1", "S1", "B2"], report.Credentials.Select(one => one.DeviceId));
        var devices = host.Services.GetRequiredService<DeviceDirectory>();
        foreach (var one in report.Credentials)
        {
            devices.TryGet(one.DeviceId, out var entry);
            Assert.True(DeviceSecret.Matches(entry!.SecretHash, Encoding.UTF8.GetBytes(one.Mqtt.Password)));
        }

        var household = await admin.GetFromJsonAsync<Household>("/api/v1/households/H1");
        Assert.Equal(("Lane 1, No 2", new Resident("Wang", 1940, true)), (household!.Address, Assert.Single(household.Residents)));
        Assert.Equal([new Contact("Li", "138 0000 0000", "volunteer"), new Contact("Sun", "13900000000", "contact")], household.Contacts);
        Assert.Equal(["S1", "W1"], household.Devices.Select(device => device.DeviceId));
        Assert.Equal("G1", household.Devices[1].GatewayId);
    }

    [Fact]
    public async Task Headings_may_be_spelt_as_in_the_API()
    {
        var spelt = Good.Replace("household_id", "householdId").Replace("birth_year", "birthYear").Replace("contact1_name", "contactName").Replace("device_id", "Device ID");
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        Assert.True((await ImportAsync(admin, spelt)).Written);
        Assert.Equal(new Resident("Wang", 1940, true), Assert.Single((await admin.GetFromJsonAsync<Household>("/api/v1/households/H1"))!.Residents));
    }

    [Fact]
    public async Task Every_bad_cell_is_named_with_row_and_column_and_nothing_is_written()
    {
        const string bad = """
            household_id,address,committee,sub_district,resident_name,birth_year,lives_alone,contact1_name,contact1_phone,device_id,kind,gateway_id
            H 1,Lane 1,North,Hill,Wang,40,maybe,Li,call me,W1,camera,
            H2,Lane 2,North,Hill,,,,,138,W1,,
            H3,,North,Hill,Zhao,1700,,,,W3,water,G9
            H4,Lane 4,North,Hill,,,,,,W3,water,
            H4,Lane 5,,,,,,,,,,
            ,,,,,,,,,W6,water,

            taken,Lane 8,North,Hill,,,,,,taken,sos,
            """;
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("taken"));
        await admin.PostOkAsync("/api/v1/devices", new NewDevice("taken", "sos", "taken"));
        var report = await ImportAsync(admin, bad);
        Assert.Equal(
            """
            2 birth_year
            2 contact1_phone
            2 household_id
            2 kind
            2 lives_alone
            3 contact1_name
            3 device_id
            3 kind
            4 address
            4 birth_year
            4 gateway_id
            5 device_id
            6 address
            7 household_id
            9 device_id
            9 household_id
            """,
            string.Join('\n', report.Errors.Select(error => $"{error.Row} {error.Column}").Order(StringComparer.Ordinal)));
        Assert.All(report.Errors, error => Assert.NotEmpty(error.Problem));
        Assert.False(report.Written);
        Assert.Single((await admin.GetFromJsonAsync<Page<Household>>("/api/v1/households"))!.Items);
    }

    [Fact]
    public async Task Bad_rows_and_those_that_need_them_are_left_out_by_choice()
    {
        const string mixed = """
            household_id,address,committee,sub_district,device_id,kind,gateway_id
            H1,Lane 1,North,Hill,W1,water,
            H2,Lane 2,,Hill,W2,water,
            H2,,,,S2,smoke,
            H3,Lane 3,North,Hill,W3,water,G1
            H3,,,,S3,smoke,
            ,,,,G1,gatway,
            """;
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        var report = await ImportAsync(admin, mixed, "?skipBad=true");
        Assert.Equal((true, 1, 1), (report.Written, report.Households, report.Devices));
        Assert.Equal([3, 4, 5, 6, 7], report.Errors.Select(error => error.Row).Distinct().Order());
        Assert.Equal(["H1"], (await admin.GetFromJsonAsync<Page<Household>>("/api/v1/households"))!.Items.Select(household => household.HouseholdId));
    }

    [Fact]
    public async Task Rows_with_devices_only_add_them_to_an_enrolled_household()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        var report = await ImportAsync(admin, "household_id;device_id;kind\nH1;W1;water\nH1;S1;smoke\n");
        Assert.Equal((true, 0, 2), (report.Written, report.Households, report.Devices));
        var household = await admin.GetFromJsonAsync<Household>("/api/v1/households/H1");
        Assert.Equal(("Lane H1", 2), (household!.Address, household.Devices.Count));
    }

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("gb18030", false)]
    public void Chinese_csv_is_read_in_the_encodings_spreadsheets_write(string encoding, bool mark)
    {
        var how = CodePagesEncodingProvider.Instance.GetEncoding(encoding) ?? Encoding.GetEncoding(encoding);
        AssertChinese([.. mark ? how.Preamble.ToArray() : [], .. how.GetBytes(Chinese)]);
    }

    [Fact]
    public void A_workbook_is_read_with_numbers_as_a_person_sees_them() =>
        AssertChinese(Workbook(Chinese.Trim().Split('\n').Select(line => line.Trim().Replace("1940年", "1940").Split(',')).ToArray()));

    [Theory]
    [InlineData("", 1, "")]
    [InlineData("household_id,address\n", 1, "")]
    [InlineData("household_id,adress\nH1,x\n", 1, "adress")]
    [InlineData("address,kind\nx,water\n", 1, "household_id")]
    [InlineData("household_id,address,address\nH1,x,y\n", 1, "address")]
    [InlineData("household_id,address\nH1,\"open\n", 1, "")]
    [InlineData("PK\u0003\u0004 no workbook", 1, "")]
    public void A_file_that_is_no_table_of_ours_is_refused_clearly(string text, int row, string column)
    {
        var plan = Plan(Encoding.UTF8.GetBytes(text), skipBad: true);
        var error = Assert.Single(plan.Errors);
        Assert.Equal((row, column, 0), (error.Row, error.Column, plan.Households.Count));
        Assert.NotEmpty(error.Problem);
    }

    [Fact]
    public async Task A_form_and_a_bare_body_are_both_taken_and_only_from_administrators()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        using var watch = await host.LoginAsAsync(admin, Roles.Operator, null);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(Good)), "file", "homes.csv" } };
        await (await watch.PostAsync("/api/v1/import", form)).ProblemAsync(HttpStatusCode.Forbidden);
        using var again = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(Good)), "file", "homes.csv" } };
        Assert.True((await (await admin.PostAsync("/api/v1/import", again)).OkAsync()).GetProperty("written").GetBoolean());
        using var empty = new MultipartFormDataContent { { new StringContent("x"), "note" } };
        Assert.Equal(["file"], (await (await admin.PostAsync("/api/v1/import", empty)).ProblemAsync(HttpStatusCode.BadRequest)).Fields());
    }

    [Fact]
    public async Task The_command_imports_beside_a_running_server_which_then_knows()
    {
        await using var host = await RegistryHost.StartAsync();
        var file = Path.Combine(host.Folder, "homes.csv");
        var secrets = Path.Combine(host.Folder, "secrets.csv");
        await File.WriteAllTextAsync(file, Good);
        var output = new StringWriter();
        Assert.Equal(0, await ImportCli.RunAsync(new ImportArguments(file, host.Folder, DryRun: true, CredentialsFile: secrets), output));
        Assert.False(File.Exists(secrets));
        Assert.Equal(0, await ImportCli.RunAsync(new ImportArguments(file, host.Folder, CredentialsFile: secrets), output));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secrets));

        Assert.True(await host.Services.GetRequiredService<Registry>().LoadIfChangedAsync(CancellationToken.None));
        Assert.False(await host.Services.GetRequiredService<Registry>().LoadIfChangedAsync(CancellationToken.None));
        host.Services.GetRequiredService<DeviceDirectory>().TryGet("B2", out var entry);
        var line = (await File.ReadAllLinesAsync(secrets)).Single(line => line.StartsWith("B2,sos,H2,B2,", StringComparison.Ordinal));
        Assert.True(DeviceSecret.Matches(entry!.SecretHash, Encoding.UTF8.GetBytes(line.Split(',')[4])));

        Assert.Equal(1, await ImportCli.RunAsync(new ImportArguments(file, host.Folder), output));
        Assert.Contains("row 2, household_id: Is enrolled already.", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await ImportCli.RunAsync(new ImportArguments(file, host.Folder, CredentialsFile: secrets), output));
        Assert.Equal(2, await ImportCli.RunAsync(new ImportArguments(file + "x", host.Folder), output));
    }

    [Fact]
    public async Task Five_hundred_homes_are_one_entry_in_the_audit()
    {
        var text = new StringBuilder("household_id,address,committee,sub_district,resident_name,lives_alone,device_id,kind\n");
        for (var n = 0; n < 500; n++) text.Append(CultureInfo.InvariantCulture, $"H{n},Lane {n},North,Hill,Resident {n},1,W{n},water\n");
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        var report = await ImportAsync(admin, text.ToString());
        Assert.Equal((500, 500, true), (report.Households, report.Devices, report.Written));
        Assert.Equal(500, host.Services.GetRequiredService<HouseholdDirectory>().Count);
        var audit = await admin.GetFromJsonAsync<Page<AuditEntry>>("/api/v1/audit?subject=registry");
        Assert.Equal("households: 500, devices: 500", Assert.Single(audit!.Items).Detail);
    }

    private static void AssertChinese(byte[] file)
    {
        var plan = Plan(file, skipBad: false);
        Assert.Empty(plan.Errors);
        var household = Assert.Single(plan.Households);
        Assert.Equal(("愚园路1号", "江苏居委会", "江苏路街道", new Resident("王阿婆", 1940, true)), (household.Address, household.Committee, household.SubDistrict, household.Residents![0]));
        Assert.Equal([new Contact("李志愿", "13800000000", "volunteer"), new Contact("孙女", "13900000000", "contact")], household.Contacts!);
        Assert.Equal([new NewDevice("W1", "water", "H1"), new NewDevice("S1", "smoke", "H1")], plan.Devices);
    }

    private static ImportPlan Plan(byte[] file, bool skipBad) =>
        ImportPlan.Make(file, skipBad, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), new HouseholdDirectory(), new DeviceDirectory());

    private static async Task<ImportReport> ImportAsync(HttpClient admin, string csv, string query = "")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(csv));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var answer = await admin.PostAsync("/api/v1/import" + query, content);
        await answer.OkAsync();
        return (await answer.Content.ReadFromJsonAsync<ImportReport>())!;
    }

    /// <summary>The smallest workbook: one sheet, texts in place, numbers as numbers.</summary>
    private static byte[] Workbook(string[][] rows)
    {
        const string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const string relations = "http://schemas.openxmlformats.org/package/2006/relationships";
        const string office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        var sheet = new StringBuilder($"<worksheet xmlns=\"{main}\"><sheetData>");
        foreach (var (y, row) in rows.Index())
        {
            sheet.Append(CultureInfo.InvariantCulture, $"<row r=\"{y + 1}\">");
            foreach (var (x, cell) in row.Index())
            {
                if (cell.Length == 0) continue;
                var at = $"{(char)('A' + x)}{y + 1}";
                sheet.Append(long.TryParse(cell, out _)
                    ? $"<c r=\"{at}\"><v>{cell}</v></c>"
                    : $"<c r=\"{at}\" t=\"inlineStr\"><is><t>{SecurityElement.Escape(cell)}</t></is></c>");
            }

            sheet.Append("</row>");
        }

        sheet.Append("</sheetData></worksheet>");
        var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        {
            Add("[Content_Types].xml", $"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>""");
            Add("_rels/.rels", $"""<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
            Add("xl/workbook.xml", $"""<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Homes" sheetId="1" r:id="r1"/></sheets></workbook>""");
            Add("xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""");
            Add("xl/worksheets/sheet1.xml", sheet.ToString());

            void Add(string name, string text)
            {
                using var entry = new StreamWriter(zip.CreateEntry(name).Open());
                entry.Write(text);
            }
        }

        return file.ToArray();
    }
}
