using Moderation.TextClassify.Models;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Claims;

/// <summary>What claims and texts are compared by: stems of words, and runs of four letters, which also meet where inflections differ.</summary>
internal static class ClaimWords
{
    private const int Run = 4;

    private static readonly HashSet<string> Common = new(StringComparer.Ordinal)
    {
        "a", "an", "the", "and", "or", "but", "if", "of", "to", "in", "on", "at", "for", "from", "by", "with", "as", "is", "are", "was", "were", "be", "been",
        "being", "it", "its", "this", "that", "these", "those", "he", "she", "they", "we", "you", "i", "his", "her", "their", "our", "your", "my", "me", "him",
        "them", "us", "not", "no", "do", "does", "did", "has", "have", "had", "will", "would", "can", "could", "should", "may", "might", "than", "then", "so",
        "such", "about", "into", "over", "after", "before", "just", "only", "also", "there", "here", "what", "which", "who", "whom", "how", "when", "where",
        "why", "all", "any", "some", "more", "most", "other", "s", "t", "http", "mail", "@user",
    };

    // Longest first; what is left must have three letters.
    private static readonly string[] Endings = ["ations", "ation", "ings", "ing", "edly", "ies", "ied", "ed", "es", "ly", "s"];

    /// <summary>The stems of a normalised text, in its order.</summary>
    public static List<string> Stems(ReadOnlySpan<char> text)
    {
        var stems = new List<string>();
        var common = Common.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var i = 0; i < text.Length;)
        {
            var end = FeatureHasher.WordEnd(text, i);
            if (end == i)
            {
                i = Math.Max(i + 1, EmojiWords.End(text, i)); // a laughing face is no part of a claim
                continue;
            }
            var word = text[i..end];
            if (!common.Contains(word)) stems.Add(Stem(word));
            i = end;
        }
        return stems;
    }

    /// <summary>The runs of four letters inside of words, a blank on each end; a shorter word is one run.</summary>
    public static void Runs(ReadOnlySpan<char> text, ICollection<string> runs)
    {
        for (var i = 0; i < text.Length;)
        {
            var end = FeatureHasher.WordEnd(text, i);
            if (end == i)
            {
                i = Math.Max(i + 1, EmojiWords.End(text, i)); // a laughing face is no part of a claim
                continue;
            }
            var word = string.Concat(" ", text[i..end], " ");
            if (word.Length <= Run) runs.Add(word);
            for (var at = 0; word.Length > Run && at + Run <= word.Length; at++) runs.Add(word.Substring(at, Run));
            i = end;
        }
    }

    private static string Stem(ReadOnlySpan<char> word)
    {
        if (!IsAsciiLetters(word)) return word.ToString();
        var isY = false;
        if (word.Length > 4)
        {
            foreach (var ending in Endings)
            {
                if (!word.EndsWith(ending) || word.Length - ending.Length < 3) continue;
                word = word[..^ending.Length];
                isY = ending is "ies" or "ied";
                break;
            }
        }
        if (isY) return string.Concat(word, "y");
        if (word.Length > 3 && word[^1] == 'e') word = word[..^1];
        if (word.Length > 3 && word[^1] == word[^2]) word = word[..^1];
        return word.ToString();
    }

    private static bool IsAsciiLetters(ReadOnlySpan<char> word)
    {
        foreach (var c in word)
            if (!char.IsAsciiLetterLower(c)) return false;
        return true;
    }
}
