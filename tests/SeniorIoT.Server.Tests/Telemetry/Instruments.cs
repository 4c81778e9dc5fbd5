using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace SeniorIoT.Server.Tests.Telemetry;

/// <summary>What instruments say when somebody asks.</summary>
internal static class Instruments
{
    /// <summary>Name behind the prefix, number of labels and value of each, ordered by name.</summary>
    public static string Read(string prefix, Action<IMeterFactory> register)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var listener = new MeterListener();
        var seen = new SortedDictionary<string, double>(StringComparer.Ordinal);
        listener.InstrumentPublished = (instrument, itself) =>
        {
            if (instrument.Name.StartsWith(prefix, StringComparison.Ordinal)) itself.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Add($"{instrument.Name}{tags.Length}", value));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => seen.Add($"{instrument.Name}{tags.Length}", value));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen.Add($"{instrument.Name}{tags.Length}", value));
        listener.Start();
        register(services.GetRequiredService<IMeterFactory>());
        listener.RecordObservableInstruments();
        return string.Join(", ", seen.Select(pair => $"{pair.Key[prefix.Length..]} {pair.Value}"));
    }
}
