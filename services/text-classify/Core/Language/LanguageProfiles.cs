using System.Globalization;
using System.Reflection;
using System.Runtime.Intrinsics;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Language;

/// <summary>
/// How common runs of three letters are in languages that share a script (language-profiles.tsv): the sums over a text tell its language
/// (Cavnar and Trenkle 1994, with probabilities in the place of ranks). Immutable.
/// </summary>
internal sealed class LanguageProfiles
{
    /// <summary>Weights of a run: one byte a language, for up to 64.</summary>
    public const int Width = 64;

    /// <summary>A weight is this many times a natural logarithm.</summary>
    public const float Scale = 8;

    private const int MaxRuns = 400;
    private const int SlotBits = 16;
    private readonly ulong[] _runs = new ulong[1 << SlotBits];
    private readonly int[] _rows = new int[1 << SlotBits];
    private readonly byte[] _weights;

    public static LanguageProfiles Shared { get; } = new();

    private LanguageProfiles()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("language-profiles.tsv")
            ?? throw new InvalidOperationException("The assembly lacks its resource language-profiles.tsv.");
        using var reader = new StreamReader(stream);
        var (languages, weights, rows) = (new List<(string, string)>(), new List<byte>(), 0);
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split('\t');
            if (parts[0] == "L") languages.Add((parts[1], parts[2]));
            if (parts[0] != "T") continue;
            weights.AddRange(Enumerable.Repeat((byte)0, Width));
            for (var i = 0; i < parts[2].Length; i += 2) weights[rows * Width + parts[2][i] - 'A'] = (byte)(parts[2][i + 1] - ' ');
            var run = Run(parts[1][0], parts[1][1], parts[1][2]);
            var slot = Slot(run);
            while (_runs[slot] != 0) slot = (slot + 1) & (_runs.Length - 1);
            (_runs[slot], _rows[slot]) = (run, rows++);
        }
        _weights = [.. weights];
        Languages = languages;
    }

    /// <summary>Languages and their scripts, in the order of the sums.</summary>
    public IReadOnlyList<(string Language, string Script)> Languages { get; }

    /// <summary>Adds up the weights of a text's runs, each once, so that laughter and repeated words do not decide.</summary>
    /// <param name="text">A normalised text.</param>
    /// <param name="sums">Receives a sum for each language; <see cref="Width"/> long.</param>
    public void Sum(ReadOnlySpan<char> text, Span<short> sums)
    {
        Span<ulong> seen = stackalloc ulong[_weights.Length / Width / 64 + 1];
        seen.Clear();
        Vector256<short> a = default, b = default, c = default, d = default;
        var (runs, letters) = (0, 0);
        char first = '\0', second = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var third = text[i];
            if (third == ':' && EmojiWords.End(text, i) is var end && end > i)
            {
                (i, letters) = (end - 1, 0);
                continue;
            }
            letters = third is >= 'a' and <= 'z' || (third > '\u0080' && IsLetterOrMark(third)) ? letters + 1 : 0;
            if (letters >= 3)
            {
                if (++runs > MaxRuns) break;
                if (Find(Run(first, second, third)) is >= 0 and var row && (seen[row >> 6] & 1UL << row) == 0)
                {
                    seen[row >> 6] |= 1UL << row;
                    ref var at = ref _weights[row * Width];
                    var (low, high) = (Vector256.LoadUnsafe(ref at), Vector256.LoadUnsafe(ref at, 32));
                    a += Vector256.WidenLower(low).AsInt16();
                    b += Vector256.WidenUpper(low).AsInt16();
                    c += Vector256.WidenLower(high).AsInt16();
                    d += Vector256.WidenUpper(high).AsInt16();
                }
            }
            (first, second) = (second, third);
        }
        a.CopyTo(sums);
        b.CopyTo(sums[16..]);
        c.CopyTo(sums[32..]);
        d.CopyTo(sums[48..]);
    }

    private static bool IsLetterOrMark(char c) =>
        char.IsLetter(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private int Find(ulong run)
    {
        for (var slot = Slot(run); _runs[slot] != 0; slot = (slot + 1) & (_runs.Length - 1))
            if (_runs[slot] == run) return _rows[slot];
        return -1;
    }

    private static ulong Run(char first, char second, char third) => ((ulong)first << 32) | ((ulong)second << 16) | third;

    private static int Slot(ulong run) => (int)(run * 0x9E3779B97F4A7C15UL >> (64 - SlotBits));
}
