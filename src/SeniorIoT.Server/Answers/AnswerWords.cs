using System.Text.Json;

namespace SeniorIoT.Server.Answers;

/// <summary>Ids of answers and fates as the API says them.</summary>
internal static class AnswerWords
{
    /// <summary>The word in lower case with underscores: <c>needs_help</c>.</summary>
    public static string Id<T>(T word)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(word.ToString());
}
