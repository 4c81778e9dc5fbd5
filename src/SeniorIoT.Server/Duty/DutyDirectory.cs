using System.Collections.Frozen;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Duty;

/// <summary>
/// Who is on duty, absent and asleep, in memory, for alert grains: read when first asked for, and read again after every change, so that memory
/// never runs ahead of the store. Thread-safe.
/// </summary>
internal sealed class DutyDirectory(SqliteFile file, HouseholdDirectory households, TimeZoneInfo zone) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile DutyBook? _book;
    private volatile FrozenSet<string> _unreachable = [];

    /// <summary>What is in force now.</summary>
    public DutyBook Book => _book ??= file.Read(DutyStore.Read);

    /// <summary>Numbers that no text gets to, as found last.</summary>
    public FrozenSet<string> Unreachable
    {
        get => _unreachable;
        set => _unreachable = value;
    }

    /// <summary>Runs <paramref name="work"/> in a transaction; the book is read anew before this returns. If it throws nothing was changed.</summary>
    public async Task<T> ChangeAsync<T>(Func<SqliteConnection, DutyBook, T> work, CancellationToken cancel = default)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var result = await file.WriteAsync(connection => work(connection, DutyStore.Read(connection)), CancellationToken.None);
            _book = null; // if the next line fails, whoever asks next reads it
            _book = file.Read(DutyStore.Read);
            return result;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Who can be told about a household at a moment, nearest first; nobody when it is unknown.</summary>
    public IReadOnlyList<Responder> ToTell(string householdId, DateTimeOffset at) => households.TryGet(householdId, out var home)
        ? Book.ToTell(Responders(home.Contacts), AreasOf(home.Committee, home.SubDistrict), at, zone, Unreachable)
        : [];

    /// <summary>Who can be told about a place at a moment. An id that begins with @ is no household's: then the people of its areas.</summary>
    public IReadOnlyList<Responder> ToTell(Place place, DateTimeOffset at) => place.Household.Value is ['@', ..]
        ? Book.ToTell([], AreasOf(place.Committee, place.SubDistrict), at, zone, Unreachable)
        : ToTell(place.Household.Value, at);

    /// <summary>Everybody who could ever be told about a household.</summary>
    public IReadOnlyList<Responder> Everybody(HouseholdEntry home) => Book.Everybody(Responders(home.Contacts), AreasOf(home.Committee, home.SubDistrict), Unreachable);

    /// <summary>Of those, the household's own.</summary>
    public IReadOnlyList<Responder> Own(HouseholdEntry home) => Book.Everybody(Responders(home.Contacts), [], Unreachable);

    /// <summary>Everybody who could ever be told about any household of an area, but for its own people; roles and numbers as they are written, in order.</summary>
    public IReadOnlyList<Responder> PeopleOf(string area) =>
    [
        .. Responders(households.RespondersOfArea(area)),
        .. DutyBook.Roles.SelectMany(role => Book.RotaOf(area, role)?.People.Select(person => new Responder(person.Name, person.Number, role)) ?? []),
    ];

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private List<AreaPeople> AreasOf(string committee, string subDistrict) =>
        [.. new[] { committee, subDistrict, HouseholdDirectory.District }.Distinct().Select(area => new AreaPeople(area, Responders(households.RespondersOfArea(area))))];

    private static List<Responder> Responders(IReadOnlyList<Api.Contact> contacts) => [.. contacts.Select(person => new Responder(person.Name, person.Phone, person.Role))];
}
