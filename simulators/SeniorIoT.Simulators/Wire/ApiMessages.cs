using System.Text.Json.Serialization;
using SeniorIoT.Simulators.Homes;

namespace SeniorIoT.Simulators.Wire;

// The public HTTP surface as a stranger would write it down: only what we send and what we read.
internal sealed record LoginBody(string User, string Password);

internal sealed record LoginAnswer(string AccessToken);

internal sealed record ResidentBody(string Name, int? BirthYear, bool LivesAlone);

internal sealed record HouseholdBody(
    string HouseholdId,
    string Address,
    string Committee,
    string SubDistrict,
    IReadOnlyList<ResidentBody> Residents,
    IReadOnlyList<Told> Contacts);

internal sealed record DeviceBody(string DeviceId, string Kind, string HouseholdId);

internal sealed record EnrolledAnswer(string DeviceId, MqttAnswer Mqtt);

internal sealed record ImportErrorAnswer(int Row, string Column, string Problem);

internal sealed record ImportAnswer(bool Written, IReadOnlyList<ImportErrorAnswer> Errors, IReadOnlyList<EnrolledAnswer> Credentials);

internal sealed record MqttAnswer(string Username, string Password);

internal sealed record DeviceAnswer(string DeviceId, DateTimeOffset? LastMeasuredAt);

internal sealed record RespondersBody(string Area, IReadOnlyList<Told> Responders);

internal sealed record AwayBody(DateTimeOffset From, DateTimeOffset Until, string Reason);

internal sealed record AlertActionBody(string? Note = null, string? Outcome = null);

internal sealed record AlertAnswer(
    string AlertId,
    string HouseholdId,
    string DeviceId,
    string Rule,
    string Priority,
    string State,
    DateTimeOffset RaisedAt,
    DateTimeOffset? ClearedAt);

internal sealed record AlertsAnswer(IReadOnlyList<AlertAnswer> Items, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoginBody))]
[JsonSerializable(typeof(LoginAnswer))]
[JsonSerializable(typeof(HouseholdBody))]
[JsonSerializable(typeof(DeviceBody))]
[JsonSerializable(typeof(EnrolledAnswer))]
[JsonSerializable(typeof(ImportAnswer))]
[JsonSerializable(typeof(DeviceAnswer))]
[JsonSerializable(typeof(RespondersBody))]
[JsonSerializable(typeof(AwayBody))]
[JsonSerializable(typeof(AlertActionBody))]
[JsonSerializable(typeof(AlertsAnswer))]
internal sealed partial class ApiJson : JsonSerializerContext;
