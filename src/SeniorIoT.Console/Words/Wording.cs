using System.Globalization;

namespace SeniorIoT.Console.Words;

/// <summary>Every text of the console in the language chosen now. Switching keeps the view: components only render again.</summary>
public sealed class Wording
{
    public const string Chinese = "zh";
    public const string English = "en";

    /// <summary>Language in use.</summary>
    public string Language { get; private set; } = Chinese;

    /// <summary>Raised after a switch.</summary>
    public event Action? Changed;

    /// <summary>The text of a key. A key nobody wrote shows itself, so that it is seen; a test finds it first.</summary>
    public string this[string key] => Table(Language).GetValueOrDefault(key, key);

    /// <summary>The name of an id the server sent, e.g. a rule; one this console does not know yet is shown as it came.</summary>
    public string Name(string family, string id) => Table(Language).GetValueOrDefault($"{family}.{id}", id);

    /// <summary>Whether a key has a text.</summary>
    public bool Has(string key) => Table(Language).ContainsKey(key);

    /// <summary>The text of a key with its places filled.</summary>
    public string Say(string key, params object?[] values) => string.Format(CultureInfo.InvariantCulture, this[key], values);

    /// <summary>A sentence the server wrote by itself, in the chosen language; any other text comes back as it is.</summary>
    public string FromServer(string text) => Language == Chinese ? ServerTexts.ToChinese(text) : text;

    /// <summary>Changes the language; unknown ones mean Chinese.</summary>
    public void Switch(string? language)
    {
        Language = language == English ? English : Chinese;
        Changed?.Invoke();
    }

    internal static IReadOnlyDictionary<string, string> Table(string language) => language == English ? EnglishTable.Texts : ChineseTable.Texts;
}
