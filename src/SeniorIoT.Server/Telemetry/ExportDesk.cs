using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using SeniorIoT.Api;
using SeniorIoT.Server.Access;

namespace SeniorIoT.Server.Telemetry;

/// <summary>An export that was ordered.</summary>
internal sealed record OrderedExport(string Id, string User, AreaScope Scope, ExportOrder Order, int Homes, string Ticket, DateTimeOffset At)
{
    /// <summary>How far it is.</summary>
    public ExportProgress Progress { get; } = new();

    /// <summary>One of <see cref="ExportStates"/>.</summary>
    public string State { get; set; } = ExportStates.Waiting;

    /// <summary>Why it failed.</summary>
    public string? Problem { get; set; }
}

/// <summary>What became of a ticket.</summary>
internal enum TicketAnswer
{
    /// <summary>The file may be made now. Say how it ended.</summary>
    Taken,

    /// <summary>There is no such ticket, it was used, or it is too old.</summary>
    Unknown,

    /// <summary>Others are exporting; the ticket stays good.</summary>
    Busy,
}

/// <summary>The exports of the last time, in memory: a restart forgets them, and they are ordered again. Thread-safe.</summary>
internal sealed class ExportDesk(TimeProvider clock)
{
    /// <summary>How many are remembered; the oldest makes room.</summary>
    public const int RememberedMax = 100;

    /// <summary>How many are made at the same time: each reads as fast as it can.</summary>
    public const int RunningMax = 2;

    /// <summary>How long a ticket is good.</summary>
    public static readonly TimeSpan TicketFor = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly LinkedList<OrderedExport> _ordered = new();

    /// <summary>Remembers an order and makes a ticket for its file.</summary>
    public OrderedExport Add(string user, AreaScope scope, ExportOrder order, int homes)
    {
        var ordered = new OrderedExport(Random(9), user, scope, order, homes, Random(32), clock.GetUtcNow());
        lock (_lock)
        {
            _ordered.AddLast(ordered);
            // Those that run stay: there are few of them.
            for (var node = _ordered.First; node is not null && _ordered.Count > RememberedMax;)
            {
                var next = node.Next;
                if (node.Value.State != ExportStates.Running) _ordered.Remove(node);
                node = next;
            }
        }

        return ordered;
    }

    /// <summary>An export that this person may see: his own, or any for an administrator.</summary>
    public Export? Find(string id, string user, bool isAdministrator)
    {
        lock (_lock)
        {
            Expire();
            return _ordered.FirstOrDefault(export => export.Id == id && (isAdministrator || export.User == user)) is { } found ? Show(found, null) : null;
        }
    }

    /// <summary>Uses a ticket up.</summary>
    public TicketAnswer Take(string id, string? ticket, out OrderedExport? taken)
    {
        lock (_lock)
        {
            Expire();
            taken = _ordered.FirstOrDefault(export => export.Id == id && export.State == ExportStates.Waiting && IsSame(export.Ticket, ticket));
            if (taken is null) return TicketAnswer.Unknown;
            if (_ordered.Count(export => export.State == ExportStates.Running) >= RunningMax) return TicketAnswer.Busy;
            taken.State = ExportStates.Running;
            return TicketAnswer.Taken;
        }
    }

    /// <summary>Says how a taken export ended: <paramref name="problem"/> is null for a whole file.</summary>
    public void End(OrderedExport export, string? problem)
    {
        lock (_lock) (export.State, export.Problem) = (problem is null ? ExportStates.Done : ExportStates.Failed, problem);
    }

    /// <summary>As people see it.</summary>
    public static Export Show(OrderedExport export, string? file) => new(
        export.Id, export.State, export.Progress.HomesDone, export.Homes, export.Progress.Rows, export.Progress.Bytes, export.Problem, file);

    private static bool IsSame(string ticket, string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(ticket), Encoding.UTF8.GetBytes(given));

    private static string Random(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));

    private void Expire()
    {
        var oldest = clock.GetUtcNow() - TicketFor;
        foreach (var export in _ordered.Where(export => export.State == ExportStates.Waiting && export.At < oldest))
            (export.State, export.Problem) = (ExportStates.Failed, "The file was not fetched within ten minutes. Order it again.");
    }
}
