using System.Diagnostics;
using System.Reflection;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Tests.Telemetry;

/// <summary>A telemetry store that is as well or unwell as the test says. It keeps dead letters and nothing else: whoever reads or writes samples fails.</summary>
public class ScriptedStore : DispatchProxy
{
    private readonly List<DeadLetter> _letters = [];
    private readonly List<DeadLetter> _retried = [];
    private StoreStatus _status = new("influx", StoreState.Ok, null, null);

    /// <summary>Letters that were put back.</summary>
    public IReadOnlyList<DeadLetter> Retried => _retried;

    /// <summary>Letters that are kept.</summary>
    public IReadOnlyList<DeadLetter> Kept => _letters;

    /// <summary>The store, and what drives it.</summary>
    public static (ITimeSeriesStore Store, ScriptedStore Script) Create()
    {
        var store = Create<ITimeSeriesStore, ScriptedStore>();
        return (store, (ScriptedStore)store);
    }

    public void Becomes(StoreState state, DateTimeOffset since, string? problem = null, Func<StoreStatus, StoreStatus>? with = null)
    {
        _status = new StoreStatus("influx", state, since, problem);
        _status = with?.Invoke(_status) ?? _status;
    }

    public void Refuses(long id, DateTimeOffset at) => _letters.Add(new DeadLetter(id, at, "senioriot", $"water,device=w1 total={id}", "field type conflict"));

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        "get_Status" => _status with { DeadLetters = _letters.Count, NewestDeadLetter = _letters.Concat(_retried).Select(letter => letter.Id).DefaultIfEmpty(0).Max() },
        nameof(ITimeSeriesStore.ReadDeadLetters) => (IReadOnlyList<DeadLetter>)
            [.. _letters.Where(letter => letter.Id < ((long?)args![0] ?? long.MaxValue)).OrderByDescending(letter => letter.Id).Take((int)args![1]!)],
        nameof(ITimeSeriesStore.DiscardDeadLettersAsync) => Task.FromResult(_letters.RemoveAll(letter => letter.Id <= (long)args![0]!)),
        nameof(ITimeSeriesStore.RetryDeadLettersAsync) => Task.FromResult(Retry((long)args![0]!)),
        nameof(IAsyncDisposable.DisposeAsync) => ValueTask.CompletedTask,
        var name => throw new UnreachableException($"The script has no {name}."),
    };

    private int Retry(long upToId)
    {
        _retried.AddRange(_letters.Where(letter => letter.Id <= upToId));
        return _letters.RemoveAll(letter => letter.Id <= upToId);
    }
}
