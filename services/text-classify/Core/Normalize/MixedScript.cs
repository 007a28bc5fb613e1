using System.Collections.Frozen;
using System.Globalization;

namespace Moderation.TextClassify.Normalize;

/// <summary>
/// Folds look-alike letters (a subset of Unicode UTS #39) inside words that mix scripts. A word that is wholly Cyrillic or
/// Greek is somebody's language and stays as it is; so does the Greek mu, which is the micro sign's normal form.
/// </summary>
internal static class MixedScript
{
    private static readonly FrozenDictionary<char, char> ToLatin = new Dictionary<char, char>
    {
        ['а'] = 'a',
        ['ь'] = 'b',
        ['в'] = 'b',
        ['с'] = 'c',
        ['ԁ'] = 'd',
        ['е'] = 'e',
        ['ё'] = 'e',
        ['һ'] = 'h',
        ['н'] = 'h',
        ['і'] = 'i',
        ['ї'] = 'i',
        ['ј'] = 'j',
        ['к'] = 'k',
        ['м'] = 'm',
        ['о'] = 'o',
        ['р'] = 'p',
        ['ԛ'] = 'q',
        ['ѕ'] = 's',
        ['т'] = 't',
        ['ѵ'] = 'v',
        ['ԝ'] = 'w',
        ['х'] = 'x',
        ['у'] = 'y',
        ['ү'] = 'y',
        ['α'] = 'a',
        ['ά'] = 'a',
        ['β'] = 'b',
        ['ϲ'] = 'c',
        ['σ'] = 'o',
        ['ς'] = 'c',
        ['ε'] = 'e',
        ['έ'] = 'e',
        ['η'] = 'n',
        ['ή'] = 'n',
        ['ι'] = 'i',
        ['ί'] = 'i',
        ['κ'] = 'k',
        ['ν'] = 'v',
        ['ο'] = 'o',
        ['ό'] = 'o',
        ['ρ'] = 'p',
        ['τ'] = 't',
        ['υ'] = 'u',
        ['ύ'] = 'u',
        ['χ'] = 'x',
        ['γ'] = 'y',
        ['ω'] = 'w',
        ['ζ'] = 'z',
        ['ո'] = 'n',
        ['ս'] = 'u',
        ['օ'] = 'o',
        ['հ'] = 'h',
        ['ց'] = 'g',
        ['զ'] = 'q',
        ['ք'] = 'p',
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<char, char> ToCyrillic = new Dictionary<char, char>
    {
        ['a'] = 'а',
        ['c'] = 'с',
        ['e'] = 'е',
        ['h'] = 'н',
        ['i'] = 'і',
        ['j'] = 'ј',
        ['k'] = 'к',
        ['m'] = 'м',
        ['o'] = 'о',
        ['p'] = 'р',
        ['s'] = 'ѕ',
        ['t'] = 'т',
        ['x'] = 'х',
        ['y'] = 'у',
        ['b'] = 'в',
    }.ToFrozenDictionary();

    public static bool IsLatin(char c) => c is >= 'a' and <= 'z'
        || (c >= '\u00aa' && (c < '\u0250' || c is >= '\u0250' and <= '\u02af' or >= '\u1d00' and <= '\u1dbf' or >= '\u1e00' and <= '\u1eff'
            or >= '\u2c60' and <= '\u2c7f' or >= '\ua722' and <= '\ua7ff' or >= '\uab30' and <= '\uab64') && char.IsLetter(c));

    public static bool IsCyrillic(char c) => c is >= '\u0400' and <= '\u052f' && char.IsLetter(c);

    private static bool IsCasedForeign(char c) => c is >= '\u0370' and <= '\u058f' && char.IsLetter(c);

    public static bool Fold(NormalizationBuffer buffer)
    {
        if (!buffer.Chars.AsSpan(0, buffer.Length).ContainsAnyInRange('\u0370', '\u058f')) return false;
        var changed = false;
        var drop = false;
        for (var i = 0; i < buffer.Length;)
        {
            int latin = 0, foreign = 0, foldable = 0, cyrillic = 0, toCyrillic = 0, end = i;
            for (; end < buffer.Length; end++)
            {
                var c = buffer.Chars[end];
                if (IsLatin(c))
                {
                    latin++;
                    if (ToCyrillic.ContainsKey(c)) toCyrillic++;
                }
                else if (IsCasedForeign(c))
                {
                    foreign++;
                    if (IsCyrillic(c)) cyrillic++;
                    if (ToLatin.ContainsKey(c)) foldable++;
                }
                else if (!IsMark(c))
                {
                    break;
                }
            }
            if (latin > 0 && foreign > 0)
            {
                if (foldable > 0 && (foldable == foreign || latin >= foreign)) drop |= Replace(buffer, i, end, ToLatin, ref changed);
                else if (cyrillic == foreign && toCyrillic == latin) drop |= Replace(buffer, i, end, ToCyrillic, ref changed);
            }
            i = end + 1;
        }
        if (drop) Compact(buffer);
        return changed;
    }

    /// <summary>A word with every letter that looks like a Latin one read as that, also where the whole word is of the other script.</summary>
    public static string Skeleton(string word)
    {
        if (!word.AsSpan().ContainsAnyInRange('\u0370', '\u058f')) return word;
        return string.Create(word.Length, word, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = from[i] == 'ӏ' ? 'l' : ToLatin.GetValueOrDefault(from[i], from[i]);
        });
    }

    private static bool Replace(NormalizationBuffer buffer, int start, int end, FrozenDictionary<char, char> map, ref bool changed)
    {
        var drop = false;
        for (var i = start; i < end; i++)
        {
            if (!map.TryGetValue(buffer.Chars[i], out var folded)) continue;
            buffer.Chars[i] = folded;
            changed = true;
            // A mark on what is now a Latin letter goes, as all marks on Latin letters do.
            for (var m = i + 1; ReferenceEquals(map, ToLatin) && m < end && IsMark(buffer.Chars[m]); m++)
            {
                buffer.Chars[m] = '\0';
                drop = true;
            }
        }
        return drop;
    }

    private static bool IsMark(char c) => c >= '\u0300' && char.GetUnicodeCategory(c)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static void Compact(NormalizationBuffer buffer)
    {
        var to = 0;
        for (var i = 0; i < buffer.Length; i++)
            if (buffer.Chars[i] != '\0') buffer.Move(i, to++);
        buffer.Length = to;
    }
}
