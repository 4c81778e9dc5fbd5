using SeniorIoT.Api;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;
using QuietHours = SeniorIoT.Api.QuietHours;

namespace SeniorIoT.Server.Duty;

/// <summary>People who are told: absences, quiet hours, pairings, who is out of reach, and the households that have nobody. Everybody sees and enters his or her own area's.</summary>
internal static class PeopleApi
{
    private static readonly string[] Reaches = [.. Enum.GetValues<Reach>().Select(DutyReport.Word), "unreachable"];
    private static readonly string[] Kinds = [.. DutyReport.Words, "short", "lacks_volunteer", "lacks_second_volunteer"];

    /// <summary>Maps the routes.</summary>
    public static void MapPeople(this RouteGroupBuilder duty)
    {
        duty.MapGet("/absences", Absences).Produces<Page<DutyAbsence>>();
        duty.MapPost("/absences", AddAbsence).Produces<DutyAbsence>(201).ProducesValidationProblem();
        duty.MapDelete("/absences/{id}", EndAbsence).Produces(204).ProducesProblem(404);
        duty.MapGet("/quiet-hours", Quiet).Produces<Page<QuietHours>>();
        duty.MapPut("/quiet-hours/{phone}", SetQuiet).Produces<QuietHours>().ProducesValidationProblem();
        duty.MapDelete("/quiet-hours/{phone}", EndQuiet).Produces(204).ProducesProblem(404);
        duty.MapGet("/pairings", Pairings).Produces<Page<Pairing>>().ProducesValidationProblem();
        duty.MapGet("/people", People).Produces<Page<DutyContact>>().ProducesValidationProblem();
        duty.MapGet("/warnings", Warnings).Produces<Page<DutyWarning>>().ProducesValidationProblem();
        duty.MapGet("/summary", (AreaScope scope, DutyReport report) => report.Count(scope));
    }

    private static Page<DutyAbsence> Absences(AreaScope scope, DutyDirectory directory, DutyReport report, TimeProvider clock)
    {
        var (people, now) = (report.People(scope), clock.GetUtcNow());
        return new([.. directory.Book.Absences.Where(absence => absence.Until > now && people.ContainsKey(absence.Number)).OrderBy(absence => absence.From).Select(Show)], null);
    }

    private static async Task<IResult> AddAbsence(NewDutyAbsence request, HttpContext http, AreaScope scope, DutyDirectory directory, DutyReport report, TimeProvider clock, CancellationToken cancel)
    {
        var (faults, now) = (new Faults(), clock.GetUtcNow());
        if (DutyRequests.Read(request, number => report.NameOf(number, scope), http.UserName, now, faults) is not { } absence) return faults.ToResult();
        var id = await directory.ChangeAsync(
            (connection, _) =>
            {
                var number = DutyStore.Add(connection, absence);
                AuditLog.Write(connection, now, http.UserName, "duty.absence", $"absence {number}");
                return number;
            },
            cancel);
        return TypedResults.Created($"/api/v1/duty/absences/{id}", Show(absence with { Id = id }));
    }

    private static async Task<IResult> EndAbsence(long id, HttpContext http, AreaScope scope, DutyDirectory directory, DutyReport report, TimeProvider clock, CancellationToken cancel)
    {
        var people = report.People(scope);
        var isEnded = await directory.ChangeAsync(
            (connection, book) =>
            {
                if (!book.Absences.Any(absence => absence.Id == id && people.ContainsKey(absence.Number))) return false;
                DutyStore.EndAbsence(connection, id, clock.GetUtcNow());
                AuditLog.Write(connection, clock.GetUtcNow(), http.UserName, "duty.absence.end", $"absence {id}");
                return true;
            },
            cancel);
        return isEnded ? TypedResults.NoContent() : Refusals.NotFound("absence", $"{id}");
    }

    private static Page<QuietHours> Quiet(AreaScope scope, DutyDirectory directory, DutyReport report)
    {
        var people = report.People(scope);
        return new([.. directory.Book.Quiet.Where(pair => people.ContainsKey(pair.Key)).Select(pair => Show(people[pair.Key].Name, pair.Key, pair.Value)).OrderBy(one => one.Name, StringComparer.Ordinal)], null);
    }

    private static async Task<IResult> SetQuiet(
        string phone, NewQuietHours request, HttpContext http, AreaScope scope, DutyDirectory directory, DutyReport report, TimeProvider clock, CancellationToken cancel)
    {
        var faults = new Faults();
        var (number, name) = DutyRequests.ReadKnown("phone", phone, known => report.NameOf(known, scope), faults);
        if (DutyRequests.Read(request, faults) is not { } quiet || faults.Any) return faults.ToResult();
        await ChangeQuietAsync(number!, quiet, http, directory, clock, cancel);
        return TypedResults.Ok(Show(name!, number!, quiet));
    }

    private static async Task<IResult> EndQuiet(string phone, HttpContext http, AreaScope scope, DutyDirectory directory, DutyReport report, TimeProvider clock, CancellationToken cancel)
    {
        if (PhoneNumber.ToE164(phone) is not { } number || !directory.Book.Quiet.ContainsKey(number) || report.NameOf(number, scope) is null) return Refusals.NotFound("quiet hours of", phone);
        await ChangeQuietAsync(number, null, http, directory, clock, cancel);
        return TypedResults.NoContent();
    }

    private static Task<bool> ChangeQuietAsync(string number, Domain.Duty.QuietHours? quiet, HttpContext http, DutyDirectory directory, TimeProvider clock, CancellationToken cancel) => directory.ChangeAsync(
        (connection, _) =>
        {
            DutyStore.Set(connection, number, quiet);
            AuditLog.Write(connection, clock.GetUtcNow(), http.UserName, quiet is null ? "duty.quiet.end" : "duty.quiet", "***" + number[^4..]);
            return true;
        },
        cancel);

    private static IResult Pairings(bool? overloaded, string? cursor, int? limit, AreaScope scope, DutyReport report, DutyOptions options, HouseholdDirectory households)
    {
        var faults = new Faults();
        var page = PageRequest.Read(cursor, limit, faults);
        if (faults.Any) return faults.ToResult();
        var rows = report.Of(scope).Pairings.Where(row => row.Person.Paired.Count > (overloaded == true ? options.PairingMax : 0) && string.CompareOrdinal(row.Key, page.After) > 0)
            .Take(page.Limit + 1).ToList();
        return TypedResults.Ok(PageRequest.Cut(rows, page.Limit, row => row.Key, row =>
        {
            string[] paired = [.. row.Person.Paired.Order(StringComparer.Ordinal)];
            return new Pairing(row.Person.Name, row.Person.Phone, paired, paired.Length > options.PairingMax)
            {
                Addresses = [.. paired.Select(id => households.TryGet(id, out var home) ? home.Address : "")],
            };
        }));
    }

    private static IResult People(string? reach, string? cursor, int? limit, AreaScope scope, DutyReport report, TextRecords texts)
    {
        var faults = new Faults();
        var page = PageRequest.Read(cursor, limit, faults);
        if (reach is not (null or "") && !Reaches.Contains(reach)) faults.Add("reach", $"Must be one of {string.Join(", ", Reaches)}; leave it out for all.");
        if (faults.Any) return faults.ToResult();
        var (latest, reachBy) = (texts.Latest, report.ReachBy(scope));
        var rows = report.Of(scope).ByNumber.Where(row => string.CompareOrdinal(row.Key, page.After) > 0).Select(row => (row.Key, row.Person, Reach: reachBy.GetValueOrDefault(row.Key)))
            .Where(row => string.IsNullOrEmpty(reach) || (reach == "unreachable" ? Reachability.IsUnreachable(row.Reach) : DutyReport.Word(row.Reach) == reach))
            .Take(page.Limit + 1).ToList();
        return TypedResults.Ok(PageRequest.Cut(rows, page.Limit, row => row.Key, row =>
        {
            var known = latest.Of(PhoneNumber.ToE164(row.Person.Phone));
            return new DutyContact(
                row.Person.Name, row.Person.Phone, row.Person.Roles, row.Person.Area, row.Person.Households, DutyReport.Word(row.Reach), known.DeliveredAt, known.HeardAt, known.TestedAt);
        }));
    }

    private static IResult Warnings(string? kind, string? householdId, string? cursor, int? limit, AreaScope scope, DutyReport report)
    {
        var faults = new Faults();
        var page = PageRequest.Read(cursor, limit, faults);
        if (kind is not (null or "") && !Kinds.Contains(kind)) faults.Add("kind", $"Must be one of {string.Join(", ", Kinds)}; leave it out for all.");
        if (faults.Any) return faults.ToResult();
        IEnumerable<(string Key, DutyWarning Warning)> found = string.IsNullOrEmpty(householdId) ? report.Of(scope).Warnings
            : report.WarningOf(householdId, scope) is { } one ? [("~", one)] : []; // after whatever a cursor names
        var rows = found.Where(row => string.CompareOrdinal(row.Key, page.After) > 0 && kind switch
        {
            null or "" => true,
            "short" => DutyReport.Worse(row.Warning) is not null,
            "lacks_volunteer" => row.Warning.LacksVolunteer,
            "lacks_second_volunteer" => row.Warning.LacksSecondVolunteer,
            _ => DutyReport.Worse(row.Warning) == kind,
        }).Take(page.Limit + 1).ToList();
        return TypedResults.Ok(PageRequest.Cut(rows, page.Limit, row => row.Key, row => row.Warning));
    }

    private static DutyAbsence Show(PersonAbsence absence) => new($"{absence.Id}", absence.Name, absence.Number, absence.From, absence.Until, absence.Reason, absence.By);

    private static QuietHours Show(string name, string number, Domain.Duty.QuietHours quiet) => new(name, number, AbsenceRequests.Text(quiet.From), AbsenceRequests.Text(quiet.Until));
}
