using SeniorIoT.Benchmarks.TimeSeries;

return args switch
{
    ["timeseries", .. var rest] => await TimeSeriesScenario.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("scenarios:\n  timeseries [--points N] [--batch N] [--upload N]   append, size on disk and 24 h queries of the embedded telemetry store\n"
        + "      points in all; points an append; readings a meter sends at a time (a mix of 4 to 96 if left out)");
    return 2;
}
