using System.Text;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Language;

/// <summary>Counts the letters of a text by script (ISO 15924 codes; Hans stands for Han of either kind).</summary>
internal static class ScriptMix
{
    private static readonly string[] Codes = ["Latn", "Hans", "Jpan", "Kore", "Arab", "Beng", "Cyrl", "Grek", "Deva", "Thai", "Hebr", "Zzzz",
        "Gujr", "Guru", "Taml", "Telu", "Knda", "Mlym", "Sinh", "Laoo", "Mymr", "Geor", "Ethi", "Khmr", "Armn"];

    /// <summary>The script of most letters; null for a text without letters.</summary>
    public static string? Dominant(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text) && !text.Contains(':')) return text.ContainsAnyInRange('a', 'z') ? Codes[0] : null;
        Span<int> counts = stackalloc int[Codes.Length];
        counts.Clear();
        var foreignArabic = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == ':' && EmojiWords.End(text, i) is var end && end > i)
            {
                i = end - 1;
                continue;
            }
            var script = Script(c);
            if (script < 0) continue;
            counts[script]++;
            if (c is 'پ' or 'چ' or 'ژ' or 'گ' or 'ک' or 'ی' or 'ے' or 'ٹ' or 'ڈ' or 'ں' or 'ہ' or 'ھ' or 'ڑ') foreignArabic++;
        }
        // Japanese mixes Han with kana; Chinese has none.
        if (counts[2] * 10 > counts[1]) (counts[1], counts[2]) = (0, counts[1] + counts[2]);
        // A Han or Hangul letter says about as much as three Latin ones.
        counts[0] = (counts[0] + 2) / 3;
        for (var i = 4; i < counts.Length; i++) counts[i] = (counts[i] + 2) / 3;
        var best = 0;
        for (var i = 1; i < counts.Length; i++)
            if (counts[i] > counts[best]) best = i;
        if (counts[best] == 0) return null;
        // Persian, Urdu and their kin write letters that Arabic does not.
        return best == 4 && foreignArabic * 12 > counts[4] ? "Aran" : Codes[best];
    }

    private static int Script(char c) => c switch
    {
        < '\u0041' => -1,
        < '\u0250' => char.IsLetter(c) ? 0 : -1,
        >= '\u1e00' and <= '\u1eff' => 0,
        >= '\u4e00' and <= '\u9fff' or >= '\u3400' and <= '\u4dbf' => 1,
        >= '\u3041' and <= '\u30fa' => 2,
        >= '\uac00' and <= '\ud7a3' or >= '\u1100' and <= '\u11ff' => 3,
        >= '\u0600' and <= '\u06ff' or >= '\u0750' and <= '\u077f' => char.IsLetter(c) ? 4 : -1,
        >= '\u0980' and <= '\u09ff' => 5,
        >= '\u0400' and <= '\u052f' => 6,
        >= '\u0370' and <= '\u03ff' => 7,
        >= '\u0900' and <= '\u097f' => 8,
        >= '\u0e00' and <= '\u0e7f' => 9,
        >= '\u0590' and <= '\u05ff' => 10,
        >= '\u0a80' and <= '\u0aff' => 12,
        >= '\u0a00' and <= '\u0a7f' => 13,
        >= '\u0b80' and <= '\u0bff' => 14,
        >= '\u0c00' and <= '\u0c7f' => 15,
        >= '\u0c80' and <= '\u0cff' => 16,
        >= '\u0d00' and <= '\u0d7f' => 17,
        >= '\u0d80' and <= '\u0dff' => 18,
        >= '\u0e80' and <= '\u0eff' => 19,
        >= '\u1000' and <= '\u109f' => 20,
        >= '\u10a0' and <= '\u10ff' => 21,
        >= '\u1200' and <= '\u139f' => 22,
        >= '\u1780' and <= '\u17ff' => 23,
        >= '\u0530' and <= '\u058f' => 24,
        _ => char.IsLetter(c) ? 11 : -1,
    };
}
