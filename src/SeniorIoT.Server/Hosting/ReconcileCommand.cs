using System.CommandLine;
using SeniorIoT.Server.Proof;

namespace SeniorIoT.Server.Hosting;

/// <summary>The command <c>reconcile</c>.</summary>
internal static class ReconcileCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var from = new Option<string?>("--from") { Description = "ISO 8601 instant; calls and alerts from here on (default: a day before --to)" };
        var to = new Option<string?>("--to") { Description = "ISO 8601 instant after it (default: now)" };
        var command = new Command(
            "reconcile",
            "Compares calls, alerts, notices, receipts and answers, also while the server runs, and names everything that is missing. Changes nothing. "
            + "Exit code 0: nothing is missing; 1: something is; 2: bad usage.")
        {
            from, to,
        };
        var serve = new ServeSettings(command, "data", "time-zone", "twilio-account-sid", "twilio-auth-token", "twilio-from", "twilio-public-url");
        command.SetAction(async (parsed, cancel) => serve.TryRead(parsed, out var options)
            ? await new ReconcileCli(options, TimeProvider.System).RunAsync(parsed.GetValue(from), parsed.GetValue(to), System.Console.Out, cancel)
            : 2);
        return command;
    }
}
