using SeniorIoT.Api;

namespace SeniorIoT.Console.Households;

/// <summary>A contact while a person types it.</summary>
public sealed class ContactRow
{
    /// <summary>The roles the ladder knows, in the order it calls them.</summary>
    public static IReadOnlyList<string> Roles { get; } =
        ["committee_duty", "volunteer", "second_volunteer", "contact", "committee_head", "supervisor"];

    public string Name { get; set; } = "";

    public string Phone { get; set; } = "";

    public string Role { get; set; } = "contact";

    public static ContactRow Of(Contact contact) => new() { Name = contact.Name, Phone = contact.Phone, Role = contact.Role };

    public Contact ToContact() => new(Name.Trim(), Phone.Trim(), Role);
}
