using SeniorIoT.Api;
using SeniorIoT.Console.Server;

namespace SeniorIoT.Console.Households;

/// <summary>Whom to call about a household: its own contacts, and the people of its committee, sub-district and district.</summary>
public sealed class Responders(ServerApi api)
{
    private const int NotFound = 404;

    /// <summary>All of them, once each, in calling order. A fetch that fails leaves its people out and is told by the problem.</summary>
    public async Task<CallList> OfAsync(Household household)
    {
        var answers = await Task.WhenAll(household.Areas.Select(area =>
            api.GetAsync("responders/" + Uri.EscapeDataString(area), ConsoleJson.Default.AreaResponders)));
        // A committee's own people may not see who is above them: not found is an answer.
        var problem = answers.Select(answer => answer.Problem).FirstOrDefault(one => one is not null and not { Status: NotFound });
        return new(InCallingOrder(household.Contacts.Concat(answers.SelectMany(answer => answer.Value?.Responders ?? []))), problem);
    }

    /// <summary>Sorted as the ladder calls them; within a role the order they were given in, the nearest first.</summary>
    public static IReadOnlyList<Contact> InCallingOrder(IEnumerable<Contact> people) =>
        [.. people.DistinctBy(person => (person.Phone, person.Name)).OrderBy(person => Place(person.Role))];

    // The ladder, too, takes a role it does not know for a contact.
    private static int Place(string role)
    {
        var roles = ContactRow.Roles.ToList();
        return roles.IndexOf(roles.Contains(role) ? role : "contact");
    }
}

/// <summary>Whom to call, and why somebody may be missing; null when nobody is.</summary>
public sealed record CallList(IReadOnlyList<Contact> People, Problem? Problem);
