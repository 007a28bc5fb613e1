using System.Buffers;

namespace Moderation.TextClassify.Normalize;

/// <summary>
/// Reads digits and signs inside Latin words as the letters they stand for: "k1ll", "h4te", "b!tch", "a$$".
/// Version numbers ("v1.2"), ordinals ("2nd"), names such as "4chan" or "covid19", e-mail addresses and plain numbers stay.
/// A '#' between letters becomes '*', so that "f#ck" and "f*ck" are one word to the model.
/// </summary>
internal static class Leet
{
    private static readonly SearchValues<char> Signs = SearchValues.Create("0123456789@$!#");

    public static bool Fold(NormalizationBuffer buffer)
    {
        var chars = buffer.Chars;
        if (!chars.AsSpan(0, buffer.Length).ContainsAny(Signs)) return false;
        var changed = false;
        for (var i = 0; i < buffer.Length;)
        {
            if (!IsPart(chars[i]))
            {
                if (chars[i] == '#' && i > 0 && i + 1 < buffer.Length && IsLetter(chars[i - 1]) && IsLetter(chars[i + 1]))
                {
                    chars[i] = '*';
                    changed = true;
                }
                i++;
                continue;
            }
            var end = i;
            int letters = 0, signs = 0;
            for (; end < buffer.Length && IsPart(chars[end]); end++)
            {
                if (IsLetter(chars[end])) letters++;
                else signs++;
            }
            if ((letters >= 2 || IsShort(chars, i, end)) && signs > 0 && signs <= 2 * letters && !IsVersionOrAddress(buffer, i, end)) changed |= FoldWord(chars, i, end);
            i = end;
        }
        return changed;
    }

    // "a$$": the one word with a single letter that is written so often enough.
    private static bool IsShort(char[] chars, int start, int end) => chars.AsSpan(start, end - start).SequenceEqual("a$$");

    private static bool FoldWord(char[] chars, int start, int end)
    {
        bool inner = false, changed = false;
        for (var i = start; i < end;)
        {
            if (IsLetter(chars[i]))
            {
                i++;
                continue;
            }
            var runEnd = i;
            while (runEnd < end && !IsLetter(chars[runEnd])) runEnd++;
            var length = runEnd - i;
            var allMapped = true;
            for (var j = i; j < runEnd; j++) allMapped &= Letter(chars, j, i, runEnd) != '\0';
            if (i > start && runEnd < end && length <= 2 && allMapped && !(length == 2 && chars[i] == '!' && chars[i + 1] == '!'))
            {
                Replace(chars, i, runEnd);
                inner = changed = true;
            }
            i = runEnd;
        }
        // The ends of a word are folded for signs, and for one digit where the word has shown that it is written so.
        var first = chars[start];
        if (!IsLetter(first) && IsLetter(chars[start + 1]) && (first == '$' || (inner && Letter(chars, start, start, start + 1) != '\0' && first is not ('@' or '!'))))
        {
            Replace(chars, start, start + 1);
            changed = true;
        }
        var tail = end;
        while (!IsLetter(chars[tail - 1])) tail--;
        if (tail < end)
        {
            var allDollars = chars.AsSpan(tail, end - tail).IndexOfAnyExcept('$') < 0;
            if ((allDollars && (end - tail > 1 || end - start > 3)) || (inner && end - tail == 1 && char.IsAsciiDigit(chars[tail]) && Letter(chars, tail, tail, end) != '\0'))
            {
                Replace(chars, tail, end);
                changed = true;
            }
        }
        return changed;
    }

    private static void Replace(char[] chars, int start, int end)
    {
        Span<char> letters = stackalloc char[2];
        if (end - start > 2)
        {
            chars.AsSpan(start, end - start).Fill('s'); // only a run of '$' is this long
            return;
        }
        for (var i = start; i < end; i++) letters[i - start] = Letter(chars, i, start, end);
        letters[..(end - start)].CopyTo(chars.AsSpan(start));
    }

    private static char Letter(char[] chars, int at, int start, int end) => chars[at] switch
    {
        '0' => 'o',
        '1' => end - start == 2 && chars[start] == '1' && chars[start + 1] == '1' ? 'l' : 'i',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' => 't',
        '8' => 'b',
        '9' => 'g',
        '!' => 'i',
        _ => '\0',
    };

    private static bool IsLetter(char c) => MixedScript.IsLatin(c);

    private static bool IsPart(char c) => IsLetter(c) || char.IsAsciiDigit(c) || c is '@' or '$' or '!';

    /// <summary>A dot or slash that ties the word to a digit or, with an '@', to a domain.</summary>
    private static bool IsVersionOrAddress(NormalizationBuffer buffer, int start, int end)
    {
        var chars = buffer.Chars;
        var dotBefore = start >= 2 && chars[start - 1] is '.' or '/' or ':' or '_' or '-' && char.IsAsciiLetterOrDigit(chars[start - 2]);
        var dotAfter = end + 1 < buffer.Length && chars[end] is '.' or '/' or ':' or '_' or '-' && char.IsAsciiLetterOrDigit(chars[end + 1]);
        if (!dotBefore && !dotAfter) return false;
        var word = chars.AsSpan(start, end - start);
        if (word.Contains('@')) return true;
        return (dotAfter && char.IsAsciiDigit(chars[end + 1])) || (dotBefore && char.IsAsciiDigit(chars[start - 2]));
    }
}
