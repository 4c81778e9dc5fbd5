using System.Globalization;
using SeniorIoT.EndToEnd.Parts;

namespace SeniorIoT.Benchmarks.Storm;

/// <summary>A home's device and what it says when the storm comes.</summary>
internal sealed record StormHome(Enrolled Device, string Body, bool IsUrgent)
{
    /// <summary>When it sent its call.</summary>
    public DateTimeOffset? SentAt { get; set; }
}

/// <summary>
/// Homes with one device each, in buildings of twenty: a tenth has a button, half of the rest meters that burst (P2, told by text), half
/// meters with something technical (P3). Every twenty share a volunteer, every hundred a person on duty.
/// </summary>
internal static class StormHomes
{
    private const int UrgentEvery = 10;
    private static readonly string[] Technical = ["leak", "tamper", "low_battery", "backflow"];

    /// <summary>Enrols them while the server does not run, and reads their passwords.</summary>
    public static async Task<List<StormHome>> EnrolAsync(string folder, string data, int count)
    {
        var (file, credentials) = (Path.Combine(folder, "homes.csv"), Path.Combine(folder, "credentials.csv"));
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, count).Select(Line).Prepend(
            "household_id,address,committee,sub_district,resident_name,birth_year,lives_alone,contact1_name,contact1_phone,contact1_role,contact2_name,contact2_phone,contact2_role,device_id,kind"));
        var (code, output) = await Command.RunAsync(
            "dotnet", [await Repository.ServerAsync(), "import", file, "--data", data, "--credentials", credentials], TimeSpan.FromMinutes(5));
        if (code != 0) throw new InvalidOperationException($"The import failed:\n{output}");
        return [.. File.ReadLines(credentials).Skip(1).Select(line => line.Split(',')).Select(cells => HomeOf(new Enrolled(cells[1], cells[0], cells[2], cells[4])))];
    }

    private static string Line(int n) => string.Create(
        CultureInfo.InvariantCulture,
        $"h{n:D5},长宁{n / 1000 + 1}路{n / 100 % 10 + 1}弄{n / 20 % 5 + 1}号{n % 20 + 1}室,居委{n / 100},街道{n / 1000},王秀英,1941,true,志愿者{n / 20},1390001{n / 20:D4},volunteer,值班{n / 100},1390002{n / 100:D4},committee_duty,d{n:D5},{(IsUrgent(n) ? "sos" : "water")}");

    private static StormHome HomeOf(Enrolled device)
    {
        var n = int.Parse(device.Id.AsSpan(1), CultureInfo.InvariantCulture);
        return IsUrgent(n) ? new(device, """ "sos":{"type":"press","button":"emergency"} """, true)
            : new(device, $$""" "water":{"type":"{{(n % 2 == 0 ? "burst" : Technical[n / 2 % Technical.Length])}}"} """, false);
    }

    private static bool IsUrgent(int n) => n % UrgentEvery == 3;
}
