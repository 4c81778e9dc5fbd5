using System.Runtime.CompilerServices;
using Xunit;

namespace SeniorIoT.Tests;

/// <summary>
/// Compares a whole output with <c>{TestFile}.{Test}.verified.txt</c> beside the test. On a mismatch the output is left as
/// <c>.received.txt</c>; run with SNAPSHOT_ACCEPT=1 to accept it.
/// </summary>
internal static class Snapshot
{
    public static void Match(string text, [CallerFilePath] string source = "", [CallerMemberName] string test = "")
    {
        var name = Path.Combine(Path.GetDirectoryName(source)!, $"{Path.GetFileNameWithoutExtension(source)}.{test}");
        var (verified, received) = ($"{name}.verified.txt", $"{name}.received.txt");
        var actual = text.ReplaceLineEndings("\n").TrimEnd() + "\n";
        var expected = File.Exists(verified) ? File.ReadAllText(verified).ReplaceLineEndings("\n") : "";
        if (actual == expected)
        {
            File.Delete(received);
        }
        else if (Environment.GetEnvironmentVariable("SNAPSHOT_ACCEPT") == "1")
        {
            File.WriteAllText(verified, actual);
            File.Delete(received);
        }
        else
        {
            File.WriteAllText(received, actual);
            Assert.Fail($"Not as in {Path.GetFileName(verified)}; SNAPSHOT_ACCEPT=1 accepts the new text.\n{Diff(expected.Split('\n'), actual.Split('\n'))}");
        }
    }

    private static string Diff(string[] expected, string[] actual)
    {
        var start = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        var end = expected.Skip(start).Reverse().Zip(actual.Skip(start).Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        return string.Join('\n', [$"from line {start + 1}:", .. expected[start..^end].Select(line => "- " + line), .. actual[start..^end].Select(line => "+ " + line)]);
    }
}
