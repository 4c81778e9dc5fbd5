using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using SeniorIoT.Benchmarks.Ingest;

namespace SeniorIoT.Benchmarks.Summaries;

/// <summary>
/// What the summaries of a large district cost the server, in its processor time as the kernel counts it: each asked for the first time, again and again
/// while nothing changes, and after each of the changes that a district sees all day.
/// </summary>
internal static class SummariesScenario
{
    public const string Help = """
          summaries    processor time of duty, visits and areas, asked of a server with a large registry
              --homes N                  homes (default: 100000)
              --visits N                 visits of this month (default: 20000)
        """;

    private const int HomesACommittee = 500;
    private const int HomesAVolunteer = 5;
    private const int CommitteesASubDistrict = 20;
    private const int Repeats = 20;

    private static readonly (string Name, string Path)[] Summaries =
    [
        ("duty summary", "duty/summary"), ("duty warnings", "duty/warnings?limit=100"), ("duty people", "duty/people?limit=100"), ("areas and rotas", "duty/rotas"),
        ("visits of the month", "visits/coverage"), ("visits overdue", "visits/overdue?limit=100"), ("nothing to count", "duty/calendar"),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var (homes, visits) = (100_000, 20_000);
        for (var i = 0; i < args.Length; i += 2)
        {
            var isNumber = int.TryParse(args.ElementAtOrDefault(i + 1), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) && number > 0;
            if (isNumber && args[i] == "--homes") homes = number;
            else if (isNumber && args[i] == "--visits") visits = number;
            else
            {
                Console.Error.WriteLine($"{args[i]}: expected\n{Help}");
                return 2;
            }
        }

        using var server = await ServerUnderLoad.PrepareAsync();
        var file = Path.Combine(server.Folder, "homes.csv");
        await File.WriteAllLinesAsync(file, Rows(homes));
        await server.ImportAsync([file]);
        await server.StartAsync();
        using var http = await server.LoginAsync();
        await Parallel.ForAsync(0, visits, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, cancel) => await VisitAsync(http, i % homes, cancel));
        // The first answers are the compiler's: a committee's own are small, and go the same ways.
        Console.WriteLine($"{homes:N0} homes, {visits:N0} visits this month; ms of the server's processor time a request");
        Console.WriteLine($"{"",-20} {"first",9} {"again",9} {"after a visit",14} {"after a home",14} {"after a person",15}");
        foreach (var (name, path) in Summaries)
        {
            Console.Write($"{name,-20} {await CostAsync(1),9:0.0} {await CostAsync(Repeats),9:0.0}");
            await VisitAsync(http, 1, CancellationToken.None);
            Console.Write($" {await CostAsync(1),14:0.0}");
            await PostAsync(http, $"households/H000001", JsonContent.Create(new { address = $"Jiangsu Road {Environment.TickCount64}" }), HttpMethod.Patch);
            Console.Write($" {await CostAsync(1),14:0.0}");
            await PostAsync(http, "responders/district", JsonContent.Create(new { responders = new[] { new { name = "Supervisor", phone = "+8613899999999", role = "supervisor" } } }), HttpMethod.Put);
            Console.WriteLine($" {await CostAsync(1),15:0.0}");

            async Task<double> CostAsync(int times)
            {
                var before = server.Cost().Cpu;
                for (var i = 0; i < times; i++) await http.GetStringAsync(new Uri($"api/v1/{path}", UriKind.Relative));
                return (server.Cost().Cpu - before).TotalMilliseconds / times;
            }
        }

        return 0;
    }

    private static IEnumerable<string> Rows(int homes)
    {
        yield return "household_id,address,committee,sub_district,resident_name,birth_year,lives_alone,contact1_name,contact1_phone,contact1_role,contact2_name,contact2_phone,contact2_role";
        for (var i = 0; i < homes; i++)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"H{i:000000},Jiangsu Road {i},C{i / HomesACommittee},S{i / HomesACommittee / CommitteesASubDistrict},Resident {i},1941,yes,{Person(i / HomesAVolunteer)},volunteer,{Person((i / HomesAVolunteer) + 1)},second_volunteer");
    }

    private static string Person(int i) => string.Create(CultureInfo.InvariantCulture, $"Person {i},138{i:00000000}");

    private static Task VisitAsync(HttpClient http, int home, CancellationToken cancel) =>
        PostAsync(http, "visits", new StringContent($$"""{"householdId":"H{{home:000000}}","minutes":15}""", Encoding.UTF8, "application/json"), HttpMethod.Post, cancel);

    private static async Task PostAsync(HttpClient http, string path, HttpContent content, HttpMethod method, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(method, new Uri($"api/v1/{path}", UriKind.Relative)) { Content = content };
        using var answer = await http.SendAsync(request, cancel);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancel)}");
    }
}
