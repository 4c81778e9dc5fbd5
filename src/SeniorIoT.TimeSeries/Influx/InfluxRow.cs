using System.Text.Json;

namespace SeniorIoT.TimeSeries.Influx;

/// <summary>One row of a query's result. Its columns are numbered as the query asked for them. Valid while it is handed over.</summary>
internal readonly struct InfluxRow(string? device, JsonElement values, int[] positions)
{
    /// <summary>The device, when the query groups by it.</summary>
    public string Device => device ?? throw new JsonException("a series without its device");

    public bool IsNull(int column) => positions[column] < 0 || values[positions[column]].ValueKind == JsonValueKind.Null;

    public long Long(int column) => values[positions[column]].GetInt64();

    public double Double(int column) => values[positions[column]].GetDouble();

    public bool Bool(int column) => values[positions[column]].GetBoolean();

    public string Text(int column) => values[positions[column]].GetString() ?? "";
}
