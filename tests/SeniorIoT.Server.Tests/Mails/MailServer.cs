using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SeniorIoT.Server.Tests.Mails;

/// <summary>
/// A mail server of a few lines on a port of its own: as strict about the order of commands as RFC 5321, with PLAIN logins, and with answers
/// that a test can change.
/// </summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<(string From, string To, string Message)> _taken = [];
    private readonly Task _accepting;

    public MailServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What was taken.</summary>
    public IReadOnlyList<(string From, string To, string Message)> Taken
    {
        get
        {
            lock (_lock) return [.. _taken];
        }
    }

    /// <summary>How many connections were made.</summary>
    public int Connections { get; private set; }

    /// <summary>User and password that are let in; null: nobody has to log in.</summary>
    public (string User, string Password)? Login { get; set; }

    /// <summary>An answer in place of the ordinary one to a command; null: the ordinary one.</summary>
    public Func<string, string?> Instead { get; set; } = _ => null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                talks.Add(TalkAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
                Connections++;
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                break; // the test is over
            }
        }

        await Task.WhenAll(talks);
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.UTF8);
            string? from = null, to = null;
            var isIn = Login is null;
            await SayAsync(stream, "220 test");
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                var verb = line.Split(' ', ':')[0].ToUpperInvariant();
                var answer = Instead(line) ?? verb switch
                {
                    "EHLO" or "HELO" => Login is null ? "250 test" : "250-test\r\n250 AUTH PLAIN",
                    "AUTH" => (isIn = line == "AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{Login!.Value.User}\0{Login.Value.Password}"))) ? "235 in" : "535 wrong",
                    "MAIL" when !isIn => "530 log in first",
                    "MAIL" => "250 ok",
                    "RCPT" when from is null => "503 MAIL first",
                    "RCPT" => "250 ok",
                    "DATA" when to is null => "503 RCPT first",
                    "DATA" => "354 go on",
                    "RSET" or "NOOP" => "250 ok",
                    "QUIT" => "221 bye",
                    _ => "502 not known",
                };
                if (answer.StartsWith("250", StringComparison.Ordinal) && verb == "MAIL") from = line[(line.IndexOf('<') + 1)..line.IndexOf('>')];
                if (answer.StartsWith("250", StringComparison.Ordinal) && verb == "RCPT") to = line[(line.IndexOf('<') + 1)..line.IndexOf('>')];
                if (verb == "RSET") (from, to) = (null, null);
                await SayAsync(stream, answer);
                if (answer.StartsWith("221", StringComparison.Ordinal)) return;
                if (!answer.StartsWith("354", StringComparison.Ordinal)) continue;
                var message = new StringBuilder();
                while (await reader.ReadLineAsync(_stop.Token) is { } part && part != ".") message.AppendLine(part.StartsWith('.') ? part[1..] : part);
                lock (_lock) _taken.Add((from!, to!, message.ToString()));
                (from, to) = (null, null);
                await SayAsync(stream, "250 taken");
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The client went, or the test is over.
        }
    }

    private static async Task SayAsync(Stream stream, string line) => await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"));
}
