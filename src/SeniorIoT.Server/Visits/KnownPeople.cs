using SeniorIoT.Domain;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Visits;

/// <summary>Whom the names in a visit mean: people of the household, or users of the console.</summary>
internal sealed record KnownPeople(string HouseholdId, HouseholdDirectory Households, UserDirectory Users, Faults Faults)
{
    /// <summary>
    /// With a number whoever has it, else one of the household's people or a user of that name, else <paramref name="usual"/>. A name that several of the household's people have is a
    /// fault of <paramref name="field"/>; of a name that nobody has only the name is known.
    /// </summary>
    public (string Name, PersonId? Id) Read(string? written, string? number, string field, string usual)
    {
        var (name, phone) = (Given(written), Given(number));
        if (phone is null && (name ?? usual) == usual && Users.TryGet(usual, out var self)) return (self.Name, PersonId.OfUser(self.Name));
        var people = Households.RespondersOf(HouseholdId).Select(person => new Responder(person.Name, person.Phone, person.Role));
        var meant = NamedPeople.Of(people, phone is null ? name ?? usual : name, phone);
        if (meant is [var one]) return (one.Name, PersonId.OfPhone(one.Phone));
        if (meant.Count > 1)
            Faults.Add(field, $"Several people are meant: {string.Join(", ", meant.Select(person => $"{person.Name} {NamedPeople.Masked(person.Phone)}"))}. Give the number, or its last four digits where they differ.");
        else if (phone is not null && PersonId.OfPhone(phone) is { } known && name is not null && phone.Count(char.IsAsciiDigit) > 4) return (name, known);
        else if (phone is not null) Faults.Add(field, "Is no number of the household's people; give the whole number, and the name beside it.");
        return (name ?? usual, phone is null && Users.TryGet(name ?? usual, out var user) ? PersonId.OfUser(user.Name) : null);
    }

    /// <summary>Whoever else was there. Somebody who is named twice, or went anyway, is a fault: minutes would count twice.</summary>
    public IReadOnlyList<VisitHelper> Read(IReadOnlyList<Api.VisitHelper> helpers, string by, PersonId? byId)
    {
        List<(string Name, PersonId? Id)> seen = [(by, byId)];
        var read = new List<VisitHelper>();
        foreach (var (i, helper) in helpers.Index())
        {
            var (name, id) = Read(helper.Name, helper.Phone, $"helpers[{i}].phone", helper.Name);
            if (seen.Exists(other => PersonId.IsSame(other.Id, other.Name, id, name))) Faults.Add($"helpers[{i}].name", $"{name} is named already; give each person once, with all the minutes.");
            seen.Add((name, id));
            read.Add(new VisitHelper(name, helper.Minutes, id));
        }

        return read;
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
