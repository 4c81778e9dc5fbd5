using System.Text.Json;
using System.Text.Json.Serialization;
using SeniorIoT.Api;

namespace SeniorIoT.Console.Server;

/// <summary>JSON of everything that crosses the wire, generated, so that the trimmer can take nothing away from it.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(LoginResponse))]
[JsonSerializable(typeof(Overview))]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(AlertDetail))]
[JsonSerializable(typeof(AlertAction))]
[JsonSerializable(typeof(Page<Alert>), TypeInfoPropertyName = "Alerts")]
[JsonSerializable(typeof(Household))]
[JsonSerializable(typeof(Page<Household>), TypeInfoPropertyName = "Households")]
[JsonSerializable(typeof(NewHousehold))]
[JsonSerializable(typeof(HouseholdPatch))]
[JsonSerializable(typeof(Away))]
[JsonSerializable(typeof(Page<HistoryEntry>), TypeInfoPropertyName = "History")]
[JsonSerializable(typeof(Device))]
[JsonSerializable(typeof(Page<Device>), TypeInfoPropertyName = "Devices")]
[JsonSerializable(typeof(NewDevice))]
[JsonSerializable(typeof(DevicePatch))]
[JsonSerializable(typeof(EnrolledDevice))]
[JsonSerializable(typeof(Series))]
[JsonSerializable(typeof(Page<QuarantinedMessage>), TypeInfoPropertyName = "Quarantine")]
[JsonSerializable(typeof(Page<ServiceRequest>), TypeInfoPropertyName = "ServiceRequests")]
[JsonSerializable(typeof(Page<Digest>), TypeInfoPropertyName = "Digests")]
[JsonSerializable(typeof(AreaResponders))]
[JsonSerializable(typeof(Page<User>), TypeInfoPropertyName = "Users")]
[JsonSerializable(typeof(NewUser))]
[JsonSerializable(typeof(Kpi))]
[JsonSerializable(typeof(ImportReport))]
[JsonSerializable(typeof(SystemState))]
[JsonSerializable(typeof(Page<DeadLetter>), TypeInfoPropertyName = "DeadLetters")]
[JsonSerializable(typeof(DeadLetterRetry))]
[JsonSerializable(typeof(NewExport))]
[JsonSerializable(typeof(Export))]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(DateTimeOffset))]
internal sealed partial class ConsoleJson : JsonSerializerContext;
