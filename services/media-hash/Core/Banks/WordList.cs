using System.Collections;
using System.Runtime.CompilerServices;

namespace Moderation.MediaHash.Banks;

/// <summary>Words in an order; two lists of the same words are equal, so that records that hold them compare by what they say.</summary>
[CollectionBuilder(typeof(WordList), nameof(Create))]
public sealed class WordList : IReadOnlyList<string>, IEquatable<WordList>
{
    /// <summary>No words.</summary>
    public static readonly WordList Empty = new([]);

    private readonly string[] _words;

    private WordList(string[] words) => _words = words;

    /// <inheritdoc/>
    public int Count => _words.Length;

    /// <inheritdoc/>
    public string this[int index] => _words[index];

    /// <summary>Of these words; a collection expression calls it.</summary>
    public static WordList Create(ReadOnlySpan<string> words) => words.IsEmpty ? Empty : new WordList(words.ToArray());

    /// <inheritdoc/>
    public bool Equals(WordList? other) => other is not null && _words.AsSpan().SequenceEqual(other._words);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as WordList);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var word in _words)
            hash.Add(word, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_words).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
