using System.Diagnostics;

namespace SeniorIoT.EndToEnd.Parts;

/// <summary>Waits for what a real process does in its own time: looks again and again, until a deadline.</summary>
internal static class Wait
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(40);

    /// <summary>The first answer that is not null. Throws with the last exception or <paramref name="what"/> when the deadline passes.</summary>
    public static async Task<T> ForAsync<T>(string what, Func<Task<T?>> look, double seconds = 60)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        Exception? last = null;
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            try
            {
                if (await look() is { } found) return found;
                last = null;
            }
            catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException or System.Net.Sockets.SocketException)
            {
                last = error;
            }

            await PauseAsync(LookEvery);
        }

        throw new TimeoutException($"Waited {seconds} s in vain: {what}.", last);
    }

    /// <summary>Until it is so.</summary>
    public static Task UntilAsync(string what, Func<Task<bool>> isSo, double seconds = 60) => ForAsync(what, async () => await isSo() ? "" : null, seconds);

    /// <summary>Lets time pass: between two looks, or before a kill at a moment drawn by lot.</summary>
    public static Task PauseAsync(TimeSpan pause) => Task.Delay(pause, TimeProvider.System);
}
