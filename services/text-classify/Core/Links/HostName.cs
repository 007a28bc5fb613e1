using System.Globalization;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Links;

/// <summary>
/// Host names in the form in which they are compared: lower case, punycode decoded, full-width and styled letters plain, accents on Latin
/// letters dropped, as the normaliser has it. (So a listed "münchen.example" also matches "munchen.example".)
/// </summary>
public static class HostName
{
    /// <summary>Longest label, as DNS has it.</summary>
    internal const int MaxLabel = 63;

    private static readonly IdnMapping Punycode = new() { AllowUnassigned = true };

    /// <summary>A host's form; null where the text is no host of two labels or more.</summary>
    public static string? Canonical(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var folded = TextNormalizer.Fold(host).Text.TrimEnd('.');
        var labels = folded.Split('.');
        if (labels.Length < 2 || !IsTop(labels[^1])) return null;
        foreach (var label in labels)
            if (label.Length is 0 or > MaxLabel || !label.All(IsPart)) return null;
        return string.Join('.', labels.Select(Decode));
    }

    /// <summary>Whether a unit may stand in a label.</summary>
    internal static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c >= '\u0080' && (char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark));

    /// <summary>Whether a label can be the last: a name of two letters or more, in any script. Numbers and "g" of "e.g" can't.</summary>
    internal static bool IsTop(string label) => label.Length is >= 2 and <= MaxLabel && char.IsLetter(label[0]);

    /// <summary>A label with its punycode decoded.</summary>
    internal static string Decode(string label)
    {
        if (!label.StartsWith("xn--", StringComparison.Ordinal)) return label;
        try
        {
            return TextNormalizer.Fold(Punycode.GetUnicode(label)).Text;
        }
        catch (ArgumentException)
        {
            return label; // no punycode after all
        }
    }
}

/// <summary>A host with the beginning of a path.</summary>
public static class LinkPrefix
{
    /// <summary>The form "host/segment/segment", lower case and unescaped; null where the text is not one.</summary>
    public static string? Parse(string link)
    {
        ArgumentNullException.ThrowIfNull(link);
        var slash = link.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || HostName.Canonical(link[..slash]) is not { } host) return null;
        var path = Path(TextNormalizer.Fold(link.AsSpan(slash)).Text);
        return path.Count == 0 || link.AsSpan().ContainsAny('?', '#', ' ') ? null : host + "/" + string.Join('/', path);
    }

    /// <summary>The segments of a folded path, without query and fragment.</summary>
    internal static IReadOnlyList<string> Path(string path)
    {
        var end = path.AsSpan().IndexOfAny('?', '#');
        return [.. Uri.UnescapeDataString(end < 0 ? path : path[..end]).Split('/', StringSplitOptions.RemoveEmptyEntries)];
    }
}
