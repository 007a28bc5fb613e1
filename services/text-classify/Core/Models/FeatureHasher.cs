using System.Globalization;
using System.Numerics;

namespace Moderation.TextClassify.Models;

/// <summary>Takes the hashed features of a text; ranges are UTF-16 units of the normalised text.</summary>
internal interface IFeatureSink
{
    void Word(uint bucket, int start, int end);

    void Gram(uint bucket, int start, int end);
}

/// <summary>
/// Hashes a normalised text into 2^20 buckets: words and word pairs, and all runs of 3 to 5 UTF-16 units with a space on
/// each end of the text. Han, kana, Thai and similar letters are words by themselves, as are emoji.
/// </summary>
internal static class FeatureHasher
{
    public const int BucketBits = 20;
    public const int Buckets = 1 << BucketBits;

    /// <summary>Scripts from Hebrew on say more with a letter, Hangul above all: there pairs of units are features as well.</summary>
    private const char FirstDense = '\u0590';

    private const uint Prime = 0x01000193;
    private const uint WordSeed = 0x811C9DC5;
    private const uint PairSeed = 0x9E3779B9;
    private const uint GramSeed = 0x7F4A7C15;

    public static void Visit<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : struct, IFeatureSink, allows ref struct
    {
        if (text.IsEmpty) return;
        VisitWords(text, ref sink);
        VisitGrams(text, ref sink);
    }

    private static void VisitWords<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : struct, IFeatureSink, allows ref struct
    {
        uint previous = 0;
        var previousStart = -1;
        for (var i = 0; i < text.Length;)
        {
            var end = WordEnd(text, i);
            if (end == i)
            {
                i++;
                continue;
            }
            var hash = WordSeed;
            for (var j = i; j < end; j++) hash = (hash ^ text[j]) * Prime;
            sink.Word(Bucket(hash), i, end);
            if (previousStart >= 0) sink.Word(Bucket((BitOperations.RotateLeft(previous, 7) ^ PairSeed) * Prime ^ hash), previousStart, end);
            previous = hash;
            previousStart = i;
            i = end;
        }
    }

    private static void VisitGrams<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : struct, IFeatureSink, allows ref struct
    {
        // Position -1 and text.Length are the padding spaces.
        for (var i = -1; i + 2 <= text.Length; i++)
        {
            if (i >= 0 && i + 5 <= text.Length)
            {
                VisitFive(text.Slice(i, 5), i, ref sink);
                continue;
            }
            var hash = GramSeed;
            var longest = Math.Min(5, text.Length + 1 - i);
            for (var n = 0; n < longest; n++)
            {
                var at = i + n;
                hash = (hash ^ ((uint)at < (uint)text.Length ? text[at] : ' ')) * Prime;
                if (n >= 2 || (n == 1 && text[at < text.Length ? at : at - 1] >= FirstDense)) sink.Gram(Bucket(hash), Math.Max(0, i), Math.Min(text.Length, at + 1));
            }
        }
    }

    // What the general loop does where no padding is in reach: most places of a text.
    private static void VisitFive<TSink>(ReadOnlySpan<char> five, int at, ref TSink sink)
        where TSink : struct, IFeatureSink, allows ref struct
    {
        var hash = (((GramSeed ^ five[0]) * Prime) ^ five[1]) * Prime;
        if (five[1] >= FirstDense) sink.Gram(Bucket(hash), at, at + 2);
        hash = (hash ^ five[2]) * Prime;
        sink.Gram(Bucket(hash), at, at + 3);
        hash = (hash ^ five[3]) * Prime;
        sink.Gram(Bucket(hash), at, at + 4);
        hash = (hash ^ five[4]) * Prime;
        sink.Gram(Bucket(hash), at, at + 5);
    }

    /// <summary>One past the word that starts at a position, or the position itself where none does.</summary>
    internal static int WordEnd(ReadOnlySpan<char> text, int start)
    {
        var c = text[start];
        if (char.IsHighSurrogate(c) && start + 1 < text.Length) return start + 2;
        if (IsWordByItself(c)) return start + 1;
        var end = start;
        while (end < text.Length && IsWordPart(text[end])) end++;
        return end;
    }

    /// <summary>Whether a unit is part of a word that may have several.</summary>
    internal static bool IsWordPart(char c) =>
        c is >= 'a' and <= 'z' or >= '0' and <= '9' or '*'
        || (c >= '\u0080' && !IsWordByItself(c) && !char.IsSurrogate(c) && (char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark));

    private static bool IsWordByItself(char c) =>
        c is >= '\u4e00' and <= '\u9fff' or >= '\u3040' and <= '\u30ff' or >= '\u3400' and <= '\u4dbf' or >= '\u0e00' and <= '\u0e7f'
            or >= '\u2600' and <= '\u27bf';

    private static uint Bucket(uint hash)
    {
        hash ^= hash >> 15;
        hash *= 0x2C1B3C6D;
        return hash >> (32 - BucketBits);
    }
}
