using SeniorIoT.Benchmarks.Ingest;
using SeniorIoT.Benchmarks.TimeSeries;

return args switch
{
    ["timeseries", .. var rest] => await TimeSeriesScenario.RunAsync(rest),
    ["ingest", .. var rest] => await IngestScenario.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("scenarios:\n" + Arguments.Help + "\n" + IngestArguments.Help);
    return 2;
}
