using System.Text;

namespace Moderation.TextClassify.Training;

/// <summary>The ways people write around filters, seeded: they make the perturbed copies of training texts.</summary>
internal static class Perturbation
{
    /// <summary>The kinds, in the order of their indices.</summary>
    public static readonly string[] Kinds = ["homoglyph", "leet", "zero_width", "spacing", "glue", "style", "typo", "mask"];

    private const string LeetFrom = "aeiostbgl";
    private static readonly string[] LeetTo = ["4@", "3", "1!", "0", "5$", "7", "8", "9", "1"];
    private const string LooksFrom = "aceijopsxyhkABCEHIKMOPTX";
    private const string LooksTo = "асеіјорѕхуһкАВСЕНІКМОРТХ";
    private const string Hidden = "\u200b\u200c\u200d\u2060\ufeff\u00ad";
    private static readonly int[] StyledLower = [0x1D41A, 0x1D482, 0x1D4EA, 0x1D552, 0x1D5BA, 0x1D68A, 0xFF41];
    private static readonly string[] Keys =
        ["qsz", "vn", "xv", "sf", "wr", "dg", "fh", "gj", "uo", "hk", "jl", "k", "n", "bm", "ip", "o", "wa", "et", "ad", "ry", "yi", "cb", "qe", "zc", "tu", "x"];

    /// <summary>Rewrites a share of the letters or words of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="kind">An index into <see cref="Kinds"/>.</param>
    /// <param name="rate">Share of letters or words, 0 to 1.</param>
    /// <param name="random">The seeded generator.</param>
    public static string Apply(string text, int kind, double rate, ref SeededRandom random) => Kinds[kind] switch
    {
        "homoglyph" => Letters(text, rate, ref random, static (c, r) => LooksFrom.IndexOf(c) is >= 0 and var i ? LooksTo[i] : c),
        "leet" => Letters(text, Math.Min(1, rate * 2), ref random, static (c, r) =>
            LeetFrom.IndexOf(char.ToLowerInvariant(c)) is >= 0 and var i ? LeetTo[i][(int)(r % (ulong)LeetTo[i].Length)] : c),
        "zero_width" => ZeroWidth(text, rate, ref random),
        "glue" => Glue(text, rate, ref random),
        "spacing" => Words(text, rate, 4, ref random, Space),
        "style" => Words(text, rate, 3, ref random, Style),
        "typo" => Words(text, rate, 4, ref random, Typo),
        _ => Words(text, rate, 3, ref random, Mask),
    };

    private delegate string WordEdit(string word, ref SeededRandom random);

    private static string Letters(string text, double rate, ref SeededRandom random, Func<char, ulong, char> edit)
    {
        var letters = text.ToCharArray();
        for (var i = 0; i < letters.Length; i++)
            if (random.NextDouble() < rate) letters[i] = edit(letters[i], random.Next() >> 8);
        return new string(letters);
    }

    private static string Words(string text, double rate, int minimum, ref SeededRandom random, WordEdit edit)
    {
        var words = text.Split(' ');
        var eligible = Enumerable.Range(0, words.Length)
            .Where(i => words[i].Count(char.IsLetter) >= minimum && words[i][0] is not ('@' or '#') && !words[i].StartsWith("http", StringComparison.Ordinal)).ToArray();
        if (eligible.Length == 0) return text;
        random.Shuffle(eligible.AsSpan());
        foreach (var i in eligible.AsSpan(0, Math.Max(1, (int)Math.Round(rate * eligible.Length)))) words[i] = edit(words[i], ref random);
        return string.Join(' ', words);
    }

    private static string ZeroWidth(string text, double rate, ref SeededRandom random)
    {
        var result = new StringBuilder(text.Length * 2);
        for (var i = 0; i < text.Length; i++)
        {
            result.Append(text[i]);
            if (i + 1 < text.Length && char.IsLetter(text[i]) && char.IsLetter(text[i + 1]) && random.NextDouble() < rate)
                result.Append(Hidden[random.Next(Hidden.Length)]);
        }
        return result.ToString();
    }

    private static string Glue(string text, double rate, ref SeededRandom random)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
            if (c != ' ' || random.NextDouble() >= rate) result.Append(c);
        return result.ToString();
    }

    private static string Space(string word, ref SeededRandom random)
    {
        var separator = " .-_* "[random.Next(6)];
        if (random.Next(2) == 0) return string.Join(separator, word.AsEnumerable());
        var at = 1 + random.Next(word.Length - 1);
        return word[..at] + separator + word[at..];
    }

    private static string Style(string word, ref SeededRandom random)
    {
        if (random.Next(2) == 0)
        {
            var at = random.Next(word.Length);
            return word[..at] + new string(word[at], 3 + random.Next(4)) + word[(at + 1)..];
        }
        var alphabet = StyledLower[random.Next(StyledLower.Length)];
        return string.Concat(word.Select(c => char.IsAsciiLetter(c) ? char.ConvertFromUtf32(alphabet + (c | 0x20) - 'a') : c.ToString()));
    }

    private static string Typo(string word, ref SeededRandom random)
    {
        var i = 1 + random.Next(Math.Max(1, word.Length - 3));
        switch (random.Next(4))
        {
            case 0: return i + 2 <= word.Length ? $"{word[..i]}{word[i + 1]}{word[i]}{word[(i + 2)..]}" : word;
            case 1: return word.Remove(i, 1);
            case 2: return word.Insert(i, word[i].ToString());
            default:
                var key = char.ToLowerInvariant(word[i]) - 'a';
                return key is < 0 or > 25 ? word : $"{word[..i]}{Keys[key][random.Next(Keys[key].Length)]}{word[(i + 1)..]}";
        }
    }

    private static string Mask(string word, ref SeededRandom random)
    {
        var inner = Enumerable.Range(1, word.Length - 2).Where(i => char.IsLetter(word[i])).ToArray();
        var vowels = inner.Where(i => "aeiou".Contains(char.ToLowerInvariant(word[i]), StringComparison.Ordinal)).ToArray();
        if (vowels.Length == 0) vowels = inner;
        if (vowels.Length == 0) return word;
        random.Shuffle(vowels.AsSpan());
        var letters = word.ToCharArray();
        var sign = "**#-_"[random.Next(5)];
        foreach (var i in vowels.AsSpan(0, Math.Min(vowels.Length, word.Length < 6 ? 1 : 2))) letters[i] = sign;
        return new string(letters);
    }
}
