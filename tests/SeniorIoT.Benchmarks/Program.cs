using SeniorIoT.Benchmarks.TimeSeries;

return args switch
{
    ["timeseries", .. var rest] => await TimeSeriesScenario.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("scenarios:\n  timeseries [--points N] [--batch N]   append, size on disk and 24 h queries of the embedded telemetry store");
    return 2;
}
