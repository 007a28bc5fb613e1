using System.Buffers;
using System.Globalization;
using System.Text;

namespace Moderation.TextClassify.Normalize;

/// <summary>
/// Turns a submitted text into the form that models and term lists read: NFKC, lower case, accents on Latin letters and
/// format controls dropped, emoji put into words, marks bounded, look-alike letters folded inside mixed-script words, leet inside words folded,
/// spaced-out letters joined, repeated letters squeezed. Normalising a normalised text changes nothing; time and memory
/// are linear in the input, and any sequence of UTF-16 units is accepted.
/// </summary>
public static class TextNormalizer
{
    /// <summary>Marks kept on one base. Bengali and Thai use at most three; what is longer is an attack on renderers.</summary>
    private const int MaxMarks = 4;

    /// <summary>Normalises a text.</summary>
    /// <param name="submitted">Any text; lone surrogates read as U+FFFD.</param>
    /// <returns>The normalised text and its offsets.</returns>
    public static NormalizedText Normalize(ReadOnlySpan<char> submitted) => Normalize(submitted, out _);

    /// <summary>The same, with the units that were added or moved to make it.</summary>
    internal static NormalizedText Normalize(ReadOnlySpan<char> submitted, out long work)
    {
        var buffer = NormalizationBuffer.Rent(submitted.Length + 8);
        var length = FoldCodePoints(submitted, buffer, emojiWords: true);
        // A step can prepare the ground for another (joined letters may be leet); each one only shrinks or settles the text.
        var changed = true;
        for (var pass = 0; changed && pass < 6; pass++)
        {
            changed = SpacedLetters.Join(buffer);
            changed |= MixedScript.Fold(buffer);
            changed |= Leet.Fold(buffer);
            changed |= Repeats.Squeeze(buffer);
            buffer.Work += buffer.Length; // each pass looks at every unit, moved or not
        }
        work = buffer.Work;
        return buffer.ToText(length);
    }

    /// <summary>
    /// The first step alone: compatibility forms, case, accents on Latin letters, controls and blanks. Addresses are read in this form, because
    /// the later steps would mend what is no mistake in them, and an emoji is a letter of a host.
    /// </summary>
    internal static NormalizedText Fold(ReadOnlySpan<char> submitted)
    {
        var buffer = NormalizationBuffer.Rent(submitted.Length + 8);
        return buffer.ToText(FoldCodePoints(submitted, buffer, emojiWords: false));
    }

    private static int FoldCodePoints(ReadOnlySpan<char> submitted, NormalizationBuffer buffer, bool emojiWords)
    {
        var folding = UnicodeFolding.Shared;
        int position = 0, codePoint = 0, marks = 0;
        while (position < submitted.Length)
        {
            var c = submitted[position];
            if (c is > ' ' and < '\x7f')
            {
                buffer.Add(c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c, codePoint, codePoint + 1);
                position++;
                codePoint++;
                marks = 0;
                continue;
            }
            if (c is >= '\u4e00' and <= '\u9fff' or >= '\uac00' and <= '\ud7a3')
            {
                // Ideographs and Hangul syllables stay as they are.
                buffer.Add(c, codePoint, codePoint + 1);
                position++;
                codePoint++;
                marks = 0;
                continue;
            }
            if (c == ' ')
            {
                AddSpace(buffer, codePoint++);
                position++;
                continue;
            }
            // An invalid sequence decodes to U+FFFD and consumes one unit: it counts as one code point.
            if (Rune.DecodeFromUtf16(submitted[position..], out var rune, out var consumed) != OperationStatus.Done) consumed = 1;
            AddRune(rune, codePoint, buffer, folding, emojiWords, ref marks);
            position += consumed;
            codePoint++;
        }
        if (buffer.Length > 0 && buffer.Chars[buffer.Length - 1] == ' ') buffer.Length--;
        return codePoint;
    }

    private static void AddRune(Rune rune, int at, NormalizationBuffer buffer, UnicodeFolding folding, bool emojiWords, ref int marks)
    {
        var category = Rune.GetUnicodeCategory(rune);
        if (category is UnicodeCategory.Control or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator)
        {
            AddSpace(buffer, at);
            return;
        }
        if (IsInvisible(rune.Value, category)) return;
        if (folding.Fold(rune.Value) is { } folded && (emojiWords || !EmojiWords.Are(folded)))
        {
            if (EmojiWords.Are(folded) && EndsWithTwice(buffer, folded))
            {
                buffer.Ends[buffer.Length - 1] = at + 1;
                return;
            }
            foreach (var c in folded)
                if (c < '\u034f' || !IsInvisible(c, char.GetUnicodeCategory(c))) AddUnit(c, at, buffer, folding, ref marks);
            return;
        }
        Span<char> units = stackalloc char[2];
        var count = rune.EncodeToUtf16(units);
        if (count == 1)
        {
            AddUnit(units[0], at, buffer, folding, ref marks);
            return;
        }
        if (IsMark(category)) return; // marks beyond the basic plane belong to scripts without data, and to attacks
        buffer.Add(units[0], at, at + 1);
        buffer.Add(units[1], at, at + 1);
        marks = 0;
    }

    // A row of one emoji says no more than two of it, and would be a page of words.
    private static bool EndsWithTwice(NormalizationBuffer buffer, string words)
    {
        var tail = buffer.Chars.AsSpan(0, buffer.Length);
        return tail.EndsWith(words) && tail[..^words.Length].EndsWith(words);
    }

    private static void AddSpace(NormalizationBuffer buffer, int at)
    {
        if (buffer.Length > 0 && buffer.Chars[buffer.Length - 1] != ' ') buffer.Add(' ', at, at + 1);
    }

    private static void AddUnit(char c, int at, NormalizationBuffer buffer, UnicodeFolding folding, ref int marks)
    {
        if (c == ' ')
        {
            AddSpace(buffer, at);
            return;
        }
        var isMark = c >= '\u0300' && IsMark(char.GetUnicodeCategory(c));
        if (isMark && !TakesMarks(buffer)) return;
        // What composes with the unit before it is a mark or a Hangul vowel or final.
        if (buffer.Length > 0 && (isMark || c is >= '\u1160' and <= '\u11ff') && folding.Compose(buffer.Chars[buffer.Length - 1], c) is not '\0' and var composed)
        {
            buffer.Chars[buffer.Length - 1] = composed;
            buffer.Ends[buffer.Length - 1] = at + 1;
            return;
        }
        if (!isMark)
        {
            buffer.Add(c, at, at + 1);
            marks = 0;
            return;
        }
        if (++marks > MaxMarks) return;
        buffer.Add(c, at, at + 1);
        var place = Reorder(buffer, folding);
        // In its new place the mark may compose with the base, and the result with the mark after it.
        while (place > 0 && place < buffer.Length && folding.Compose(buffer.Chars[place - 1], buffer.Chars[place]) is not '\0' and var joined)
        {
            buffer.Chars[place - 1] = joined;
            buffer.Starts[place - 1] = Math.Min(buffer.Starts[place - 1], buffer.Starts[place]);
            buffer.Ends[place - 1] = Math.Max(buffer.Ends[place - 1], buffer.Ends[place]);
            for (var i = place + 1; i < buffer.Length; i++) buffer.Move(i, i - 1);
            buffer.Length--;
            marks--;
        }
    }

    /// <summary>Canonical ordering: the new mark moves before those of a higher class. At most MaxMarks steps; gives its place.</summary>
    private static int Reorder(NormalizationBuffer buffer, UnicodeFolding folding)
    {
        var i = buffer.Length - 1;
        for (; i > 0; i--)
        {
            var own = folding.MarkClass(buffer.Chars[i]);
            if (own == 0 || folding.MarkClass(buffer.Chars[i - 1]) <= own) break;
            (buffer.Chars[i - 1], buffer.Chars[i]) = (buffer.Chars[i], buffer.Chars[i - 1]);
            (buffer.Starts[i - 1], buffer.Starts[i]) = (buffer.Starts[i], buffer.Starts[i - 1]);
            (buffer.Ends[i - 1], buffer.Ends[i]) = (buffer.Ends[i], buffer.Ends[i - 1]);
        }
        return i;
    }

    /// <summary>Marks stay only after letters (and marks) of other scripts than Latin: elsewhere they are decoration.</summary>
    private static bool TakesMarks(NormalizationBuffer buffer)
    {
        if (buffer.Length == 0) return false;
        var last = buffer.Chars[buffer.Length - 1];
        if (last < '\u0300') return false;
        // A mark that is still there was itself taken, so its base takes more.
        return IsMark(char.GetUnicodeCategory(last)) || (char.IsLetter(last) && !MixedScript.IsLatin(last));
    }

    private static bool IsMark(UnicodeCategory category) =>
        category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>
    /// Zero-width and bidirectional controls, soft hyphens, variation selectors, Hangul and Braille blanks, combining
    /// grapheme joiners; Arabic short vowels and tatweel, which writers may leave out and evaders put in.
    /// </summary>
    private static bool IsInvisible(int value, UnicodeCategory category) =>
        category is UnicodeCategory.Format
        || value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0 or 0x0640 or 0x0670
            or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0x064B and <= 0x0652)
            or (>= 0xE0000 and <= 0xE0FFF);
}
