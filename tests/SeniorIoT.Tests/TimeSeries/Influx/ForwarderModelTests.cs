using CsCheck;
using SeniorIoT.TimeSeries.Influx;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>Spool and forwarder against a server that does all that servers do, and processes that end at any moment.</summary>
public sealed class ForwarderModelTests
{
    private static readonly long Now = Rig.Start.ToUnixTimeMilliseconds();

    private enum LineKind { Good, Poisoned, Conflicting, Expired }

    private enum Trouble { Unreachable, LostAnswer, Busy, Throttled, Token, NoDatabase, TooLarge, Proxy }

    private abstract record Step
    {
        public sealed record Append(string Database, (LineKind Kind, int Device, int Time)[] Lines) : Step;

        public sealed record Settle : Step;

        public sealed record Answer(Trouble[] Next) : Step;

        public sealed record OneRequest : Step;

        public sealed record Crash : Step;

        public sealed record CrashInRequest(int After) : Step;

        public sealed record Retry : Step;
    }

    private static readonly Gen<(LineKind, int, int)> AnyLine = Gen.Select(
        Gen.Frequency((20, Gen.Const(LineKind.Good)), (1, Gen.Const(LineKind.Poisoned)), (1, Gen.Const(LineKind.Conflicting)), (2, Gen.Const(LineKind.Expired))),
        Gen.Int[0, 3], Gen.Int[0, 9]);

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (8, Gen.Select(Gen.OneOf("raw", "raw", "raw", "raw_1d"), AnyLine.Array[1, 40], (database, lines) => (Step)new Step.Append(database, lines))),
        (3, Gen.Enum<Trouble>().Array[1, 4].Select(next => (Step)new Step.Answer(next))),
        (4, Gen.Const((Step)new Step.OneRequest())),
        (1, Gen.Const((Step)new Step.Settle())),
        (1, Gen.Const((Step)new Step.Crash())),
        (1, Gen.Int[0, 6].Select(after => (Step)new Step.CrashInRequest(after))),
        (1, Gen.Const((Step)new Step.Retry())));

    [Theory]
    [InlineData(Personality.V1_6)]
    [InlineData(Personality.V2)]
    [InlineData(Personality.V3)]
    public Task Every_line_is_in_the_database_or_dead_or_expired_and_the_three_add_up(object personality) => AnyStep.Array[1, 30].SampleAsync(async steps =>
    {
        await using var rig = new Rig((Personality)personality, batchPointsMax: 60) { ScriptsMayBury = false };
        var wanted = new Dictionary<(string Database, string Series, long At), string>();
        var (dead, appended, value) = (new List<string>(), 0L, 0);
        var requestsUntilCrash = -1;
        rig.Crashes = () => requestsUntilCrash >= 0 && requestsUntilCrash-- == 0;
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Append append:
                    var lines = append.Lines.Select(line => Text(append.Database, line, ++value)).ToArray();
                    await rig.AppendAsync(append.Database, lines);
                    appended += lines.Length;
                    for (var i = 0; i < lines.Length; i++)
                    {
                        var (kind, device, time) = append.Lines[i];
                        if (IsRefused(kind)) dead.Add(lines[i]);
                        // The later value of a point wins, however often anything was sent.
                        else if (!IsExpired(append.Database, kind)) wanted[(append.Database, $"m,device=wm-{device}", TimeOf(kind, time))] = $"{value - lines.Length + i + 1}i";
                    }

                    break;
                case Step.Answer answer:
                    foreach (var trouble in answer.Next) rig.Script.Enqueue(AnswerOf(trouble));
                    break;
                case Step.OneRequest:
                    await rig.StepAsync();
                    break;
                case Step.Settle:
                    await rig.SettleAsync();
                    break;
                case Step.Crash:
                    await rig.ReopenAsync();
                    break;
                case Step.CrashInRequest crash:
                    requestsUntilCrash = crash.After;
                    break;
                case Step.Retry:
                    appended += await rig.Forwarder.RetryDeadLettersAsync(long.MaxValue, CancellationToken.None);
                    break;
            }

            Assert.True(rig.Spool.Depth is { Rows: >= 0, Points: >= 0, Bytes: >= 0, DeadLetters: >= 0 } depth && depth.Rows == 0 == (depth.OldestAt is null), $"{rig.Spool.Depth}");
        }

        rig.Script.Clear();
        await rig.SettleAsync();

        var found = rig.Databases.All.SelectMany(database => database.Value.Points.Select(point =>
            (Key: (database.Key, point.Key.Series, point.Key.AtMs), Value: point.Value["v"]))).ToDictionary(point => point.Key, point => point.Value);
        Assert.Equal(wanted.OrderBy(point => point.Key), found.OrderBy(point => point.Key));
        var letters = rig.Forwarder.ReadDeadLetters(null, int.MaxValue);
        Assert.Equal(dead.Order(), letters.Select(letter => letter.Line).Order());
        var status = rig.Forwarder.Status;
        Assert.Equal(0, status.WaitingPoints);
        Assert.Equal(letters.Count, status.DeadLetters);
        // A letter that was tried again was appended again: its first death is part of the sum, too.
        Assert.Equal(appended, rig.Before.Written + status.WrittenPoints + rig.Before.Expired + status.ExpiredPoints + status.NewestDeadLetter);

        bool IsRefused(LineKind kind) => kind is LineKind.Poisoned or LineKind.Conflicting;

        bool IsExpired(string database, LineKind kind) => kind == LineKind.Expired && database == "raw" && (Personality)personality != Personality.V3;
    }, iter: 40);

    private static long TimeOf(LineKind kind, int time) => kind == LineKind.Expired ? 1_000_000 + time : Now + time;

    private static string Text(string database, (LineKind Kind, int Device, int Time) line, int value) => line.Kind switch
    {
        LineKind.Poisoned => $"m,device=wm-{line.Device} v=poison{value} {TimeOf(line.Kind, line.Time)}",
        LineKind.Conflicting => $"m,device=wm-{line.Device} v={value}.5 {TimeOf(line.Kind, line.Time)}",
        _ => $"m,device=wm-{line.Device} v={value}i {TimeOf(line.Kind, line.Time)}",
    };

    private static (WriteAnswer? Answer, bool IsWritten) AnswerOf(Trouble trouble) => trouble switch
    {
        Trouble.Unreachable => (new WriteAnswer(null, "Connection refused", null), false),
        Trouble.LostAnswer => (new WriteAnswer(null, "No answer within 10 s", null), true),
        Trouble.Busy => (new WriteAnswer(503, "request throttled, queue full", null), false),
        Trouble.Throttled => (new WriteAnswer(429, "", TimeSpan.FromSeconds(40)), false),
        Trouble.Token => (new WriteAnswer(401, "unauthorized access", null), false),
        Trouble.NoDatabase => (new WriteAnswer(404, "database not found: \"raw\"", null), false),
        Trouble.Proxy => (new WriteAnswer(400, "<html>400 Bad Request</html>", null), false),
        _ => (new WriteAnswer(413, "Request Entity Too Large", null), false),
    };
}
