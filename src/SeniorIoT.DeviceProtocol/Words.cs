using System.Text;
using System.Text.Json;

namespace SeniorIoT.DeviceProtocol;

/// <summary>A closed list of wire words in the order of their enum, found without allocating.</summary>
internal sealed class Words(params string[] inOrder)
{
    private readonly byte[][] _bytes = [.. inOrder.Select(Encoding.UTF8.GetBytes)];
    private readonly JsonEncodedText[] _encoded = [.. inOrder.Select(word => JsonEncodedText.Encode(word))];

    public int Count => inOrder.Length;

    public string this[int index] => inOrder[index];

    public JsonEncodedText Encoded(int index) => _encoded[index];

    /// <summary>The index of <paramref name="word"/>, or -1. Exact: case matters.</summary>
    public int Find(ReadOnlySpan<byte> word)
    {
        for (var i = 0; i < _bytes.Length; i++)
        {
            if (word.SequenceEqual(_bytes[i])) return i;
        }

        return -1;
    }

    /// <inheritdoc cref="Find(ReadOnlySpan{byte})"/>
    public int Find(ReadOnlySpan<char> word)
    {
        for (var i = 0; i < inOrder.Length; i++)
        {
            if (word.SequenceEqual(inOrder[i])) return i;
        }

        return -1;
    }

    /// <summary>The list as a person reads it in a remedy.</summary>
    public override string ToString() => string.Join(", ", inOrder);
}
