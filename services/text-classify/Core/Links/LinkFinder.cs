using Moderation.TextClassify.Lists;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Links;

/// <summary>A host that a text names, perhaps in disguise.</summary>
/// <param name="Keys">
/// What to look up: the host and the hosts above it, each also with look-alike letters read as Latin ones, and each with every beginning of
/// the path.
/// </param>
/// <param name="Start">First code point of the submitted text.</param>
/// <param name="End">One past the last code point.</param>
public sealed record FoundLink(IReadOnlyList<string> Keys, int Start, int End);

/// <summary>
/// Finds hosts in a text, also where they are written so that no program takes them for one: "hxxp://", "evil[.]example", "evil (dot)
/// example", "evil . example", full-width dots, punycode, look-alike letters. It is generous: "the end. Next" is a host as well, and costs
/// nothing but a look-up, since only listed hosts mean anything. Nothing is ever fetched. Linear in the text.
/// </summary>
public static class LinkFinder
{
    private const int MaxLabels = 8;
    private const int MaxSegments = 8;

    /// <summary>No listed link is longer. Without a bound, a text of paths that look like hosts would be read anew to its end for each of them.</summary>
    private const int MaxPath = TextListRules.MaxLinkLength;

    private readonly record struct Label(string Text, int Start, int End, bool IsTightBefore);

    /// <summary>The hosts of a text as submitted, in its order.</summary>
    public static IReadOnlyList<FoundLink> Find(string submitted)
    {
        ArgumentNullException.ThrowIfNull(submitted);
        var folded = TextNormalizer.Fold(submitted);
        var text = folded.Text;
        if (text.AsSpan().IndexOfAny('.', '。') < 0 && !text.Contains("dot", StringComparison.Ordinal)) return [];
        var links = new List<FoundLink>();
        var run = new List<Label>();
        for (var i = 0; i < text.Length;)
        {
            if (!HostName.IsPart(text[i]))
            {
                i++;
                continue;
            }
            run.Clear();
            i = ReadRun(text, i, run);
            AddLinks(folded, run, links);
        }
        return links;
    }

    /// <summary>Reads labels with separators between them; gives the place after the last.</summary>
    private static int ReadRun(string text, int at, List<Label> run)
    {
        var tight = false;
        while (true)
        {
            var end = at;
            while (end < text.Length && HostName.IsPart(text[end])) end++;
            run.Add(new Label(text[at..end], at, end, tight));
            var next = AfterSeparator(text, end, out tight);
            if (next < 0 || next >= text.Length || !HostName.IsPart(text[next])) return end;
            at = next;
        }
    }

    /// <summary>One past the separator that starts here: ".", " . ", "[.]", "(dot)", " dot "; -1 where there is none.</summary>
    private static int AfterSeparator(string text, int at, out bool tight)
    {
        tight = at < text.Length && text[at] is '.' or '。' && at + 1 < text.Length && HostName.IsPart(text[at + 1]);
        if (tight) return at + 1;
        var i = SkipSpace(text, at);
        if (i >= text.Length) return -1;
        var closing = text[i] switch { '[' => ']', '(' => ')', '{' => '}', '<' => '>', _ => '\0' };
        if (closing != '\0') i = SkipSpace(text, i + 1);
        if (i < text.Length && text[i] is '.' or '。') i++;
        else if (text.AsSpan(i).StartsWith("dot") && (closing != '\0' || (i > at && i + 3 < text.Length && text[i + 3] == ' '))) i += 3;
        else return -1;
        i = SkipSpace(text, i);
        if (closing == '\0') return i;
        return i < text.Length && text[i] == closing ? SkipSpace(text, i + 1) : -1;
    }

    private static int SkipSpace(string text, int at) => at < text.Length && text[at] == ' ' ? at + 1 : at;

    private static void AddLinks(NormalizedText folded, List<Label> run, List<FoundLink> links)
    {
        for (var last = 1; last < run.Count; last++)
        {
            // Within "evil.example.org" there is no host "evil.example"; within "evil.example. Next" there is.
            if (last + 1 < run.Count && run[last + 1].IsTightBefore) continue;
            var top = Top(run[last].Text);
            if (!HostName.IsTop(top)) continue;
            var path = last + 1 == run.Count && top.Length == run[last].Text.Length ? ReadPath(folded.Text, run[last].End) : [];
            var keys = new List<string>();
            var (plain, skeleton) = (HostName.Decode(top), MixedScript.Skeleton(HostName.Decode(top)));
            var first = last - 1;
            for (; first >= 0 && last - first < MaxLabels; first--)
            {
                var label = HostName.Decode(run[first].Text);
                if (label.Length > HostName.MaxLabel)
                {
                    // No name: the host begins behind it, or where the Latin letters at its end do.
                    if (Tail(label) is { Length: <= HostName.MaxLabel } end) AddKeys(keys, end + "." + plain, path);
                    break;
                }
                AddKeys(keys, label + "." + plain, path);
                // Before a host in Chinese and the like no blank stands: the host begins where the Latin letters do.
                if (Tail(label) is { } tail) AddKeys(keys, tail + "." + plain, path);
                (plain, skeleton) = (label + "." + plain, MixedScript.Skeleton(label) + "." + skeleton);
                if (skeleton != plain) AddKeys(keys, skeleton, path);
            }
            if (keys.Count == 0) continue;
            var from = run[Math.Min(first + 1, last - 1)].Start;
            var (start, beyond) = folded.ToSubmitted(from, run[last].Start + top.Length - from);
            links.Add(new FoundLink(keys, start, beyond));
        }
    }

    private static void AddKeys(List<string> keys, string host, IReadOnlyList<string> path)
    {
        keys.Add(host);
        var key = host;
        foreach (var segment in path.Take(MaxSegments)) keys.Add(key += "/" + segment);
    }

    private static IReadOnlyList<string> ReadPath(string text, int at)
    {
        var i = at;
        if (i < text.Length && text[i] == ':') while (++i < text.Length && char.IsAsciiDigit(text[i])) ;
        if (i >= text.Length || text[i] != '/') return [];
        var (end, most) = (i, Math.Min(text.Length, i + MaxPath));
        while (end < most && text[end] is not (' ' or '"' or '\'' or '<' or '>' or ')' or ']' or '}')) end++;
        return LinkPrefix.Path(text[i..end].TrimEnd('.', ',', '!', '?', ';', ':'));
    }

    // "com" of "com了解".
    private static string Top(string label)
    {
        if (label.Length == 0 || label[0] >= '\u0080') return label;
        var end = 0;
        while (end < label.Length && label[end] < '\u0080') end++;
        return label[..end];
    }

    private static string? Tail(string label)
    {
        var start = label.Length;
        while (start > 0 && label[start - 1] < '\u0080') start--;
        return start > 0 && start < label.Length ? label[start..] : null;
    }
}
