using SeniorIoT.Benchmarks.TimeSeries;

return args switch
{
    ["timeseries", .. var rest] => await TimeSeriesScenario.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("scenarios:\n" + Arguments.Help);
    return 2;
}
