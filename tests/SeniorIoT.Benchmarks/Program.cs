using SeniorIoT.Benchmarks.Ingest;
using SeniorIoT.Benchmarks.Rules;
using SeniorIoT.Benchmarks.Storm;
using SeniorIoT.Benchmarks.Summaries;
using SeniorIoT.Benchmarks.TimeSeries;

return args switch
{
    ["timeseries", .. var rest] => await TimeSeriesScenario.RunAsync(rest),
    ["ingest", .. var rest] => await IngestScenario.RunAsync(rest),
    ["rules", .. var rest] => RulesScenario.Run(rest),
    ["storm", .. var rest] => await StormScenario.RunAsync(rest),
    ["summaries", .. var rest] => await SummariesScenario.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("scenarios:\n" + Arguments.Help + "\n" + IngestArguments.Help + "\n" + RulesScenario.Help + "\n" + StormArguments.Help + "\n" + SummariesScenario.Help);
    return 2;
}
