using System.IO.Hashing;
using System.Text;

namespace Moderation.MediaHash.Banks.Compact;

/// <summary>
/// The words that many entries share (banks, sources, people, labels), each kept once and named by a number. There are at most
/// <see cref="Capacity"/>, first come; the words of later ones stand in the entries themselves, so that a list with a source of its own for
/// each entry costs no more than its letters. One writer, any number of readers: a number is read from a record that was written after its word.
/// </summary>
internal sealed class WordTable
{
    public const int Capacity = 4096;

    private readonly string[] _words = new string[Capacity];
    private readonly ulong[] _hashes = new ulong[Capacity];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Words so far.</summary>
    public int Count { get; private set; }

    public string this[int number] => _words[number];

    /// <summary>The words so far, in the order of their numbers.</summary>
    public IEnumerable<string> All => _words.Take(Count);

    /// <summary>The hash of a word, as <see cref="HashOf"/> gives it.</summary>
    public ulong Hash(int number) => _hashes[number];

    /// <summary>The number of a word, which gets one if there is room.</summary>
    public bool TryIntern(string word, out int number)
    {
        if (_numbers.TryGetValue(word, out number))
            return true;
        if (Count == Capacity)
            return false;
        number = Count;
        _words[number] = word;
        _hashes[number] = HashOf(Encoding.UTF8.GetBytes(word));
        _numbers.Add(word, number);
        Count++;
        return true;
    }

    /// <summary>The hash of a word's UTF-8 bytes.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> utf8) => XxHash3.HashToUInt64(utf8);
}
