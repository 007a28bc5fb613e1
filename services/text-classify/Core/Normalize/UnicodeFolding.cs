using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;

namespace Moderation.TextClassify.Normalize;

/// <summary>
/// Compatibility folding, mark classes and canonical composition from the Unicode Character Database.
/// In invariant globalization mode string.Normalize is the identity, so the tables are our own (unicode-folding.tsv).
/// </summary>
internal sealed class UnicodeFolding
{
    private readonly string?[] _basic = new string?[0x10000];
    private readonly FrozenDictionary<int, string> _supplementary;
    private readonly FrozenDictionary<int, byte> _markClasses;
    private readonly FrozenDictionary<long, char> _compositions;

    public static UnicodeFolding Shared { get; } = new();

    private UnicodeFolding()
    {
        var supplementary = new Dictionary<int, string>();
        var markClasses = new Dictionary<int, byte>();
        var compositions = new Dictionary<long, char>();
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("unicode-folding.tsv")
            ?? throw new InvalidOperationException("The assembly lacks its resource unicode-folding.tsv.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split('\t');
            switch (parts[0])
            {
                case "F":
                    var from = Parse(parts[1]);
                    var to = string.Concat(parts[2].Split(' ').Select(p => char.ConvertFromUtf32(Parse(p))));
                    if (from < 0x10000) _basic[from] = to;
                    else supplementary[from] = to;
                    break;
                case "C":
                    markClasses[Parse(parts[1])] = (byte)int.Parse(parts[2], CultureInfo.InvariantCulture);
                    break;
                case "P" when Parse(parts[3]) < 0x10000:
                    compositions[Pair(Parse(parts[1]), Parse(parts[2]))] = (char)Parse(parts[3]);
                    break;
            }
        }
        _supplementary = supplementary.ToFrozenDictionary();
        _markClasses = markClasses.ToFrozenDictionary();
        _compositions = compositions.ToFrozenDictionary();
    }

    /// <summary>The folded form, or null where the code point stays as it is.</summary>
    public string? Fold(int codePoint) =>
        codePoint < 0x10000 ? _basic[codePoint] : _supplementary.GetValueOrDefault(codePoint);

    /// <summary>The canonical combining class; 0 for a starter.</summary>
    public byte MarkClass(int codePoint) => codePoint < 0x300 ? (byte)0 : _markClasses.GetValueOrDefault(codePoint);

    /// <summary>The canonical composite of two characters, Hangul jamo included, or '\0' where there is none.</summary>
    public char Compose(char first, char second)
    {
        if (first is >= '\u1100' and <= '\u1112' && second is >= '\u1161' and <= '\u1175')
            return (char)(0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28);
        if (first is >= '\uAC00' and <= '\uD7A3' && (first - 0xAC00) % 28 == 0 && second is >= '\u11A8' and <= '\u11C2')
            return (char)(first + (second - 0x11A7));
        return second < 0x300 ? '\0' : _compositions.GetValueOrDefault(Pair(first, second));
    }

    private static long Pair(int first, int second) => ((long)first << 21) | (uint)second;

    private static int Parse(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
