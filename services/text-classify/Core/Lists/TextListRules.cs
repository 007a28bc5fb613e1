using System.Text.RegularExpressions;
using Moderation.TextClassify.Links;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Lists;

/// <summary>What an entry must look like, and the form in which it is compared. All errors are found at once.</summary>
public static class TextListRules
{
    /// <summary>Longest term in characters.</summary>
    public const int MaxTermLength = 200;

    /// <summary>Longest regular expression in characters.</summary>
    public const int MaxRegexLength = 500;

    /// <summary>Longest host in characters.</summary>
    public const int MaxHostLength = 253;

    /// <summary>Longest link in characters.</summary>
    public const int MaxLinkLength = 2048;

    /// <summary>Longest note in characters.</summary>
    public const int MaxNoteLength = 1000;

    /// <summary>Everything that is wrong with an entry but its ids; empty when it can be stored. Fields as the contract names them.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<(string Field, string Description)> Check(TextListEntry entry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Category is HarmCategory.Unspecified or HarmCategory.ChildSexualExploitation or HarmCategory.FalseClaim || !Enum.IsDefined(entry.Category))
            yield return ("category", "must be a harm of the taxonomy other than CHILD_SEXUAL_EXPLOITATION and FALSE_CLAIM, which no list of terms may stand for");
        if (CheckPattern(entry.Kind, entry.Pattern) is { } wrong) yield return wrong;
        if (entry.Note.Length > MaxNoteLength) yield return ("note", $"must be at most {MaxNoteLength} characters");
        if (entry.EndTime <= now) yield return ("end_time", "must be in the future, or absent");
    }

    /// <summary>The form of a term in which it is compared, without its final '*'; empty when nothing is left of it.</summary>
    public static string CanonicalTerm(string term) => TextNormalizer.Normalize(WithoutStar(term)).Text.Trim();

    /// <summary>Whether the last word of a term may go on.</summary>
    public static bool IsOpen(string term)
    {
        ArgumentNullException.ThrowIfNull(term);
        return term.EndsWith('*');
    }

    /// <summary>The expression in the engine of linear time.</summary>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking, or too many states.</exception>
    public static Regex Compile(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static (string, string)? CheckPattern(TextListKind kind, string pattern) => kind switch
    {
        TextListKind.Term when pattern.Length is 0 or > MaxTermLength => ("term", $"must be 1..{MaxTermLength} characters"),
        TextListKind.Term when CanonicalTerm(pattern).Length == 0 => ("term", "must have a letter, digit or sign that normalisation keeps"),
        TextListKind.Term when IsOpen(pattern) && CanonicalTerm(pattern).Length < 3 => ("term", "must have 3 characters or more before a final '*'"),
        TextListKind.Regex => CheckRegex(pattern),
        TextListKind.Host when pattern.Length > MaxHostLength || HostName.Canonical(pattern) is null => ("host", "must be a host name such as evil.example, without scheme, port and path"),
        TextListKind.Link when pattern.Length > MaxLinkLength || LinkPrefix.Parse(pattern) is null => ("link", "must be a host and the beginning of a path, such as files.example/u/evil, without scheme, port and query"),
        TextListKind.Unspecified => ("pattern", "must be one of term, regex, host and link"),
        _ => null,
    };

    private static (string, string)? CheckRegex(string pattern)
    {
        if (pattern.Length is 0 or > MaxRegexLength) return ("regex", $"must be 1..{MaxRegexLength} characters");
        try
        {
            return Compile(pattern).IsMatch("") ? ("regex", "must not match the empty text: it would match every text") : null;
        }
        catch (ArgumentException wrong)
        {
            return ("regex", $"must be a regular expression: {wrong.Message}");
        }
        catch (NotSupportedException)
        {
            return ("regex", "must do without look-around, backreferences, atomic groups and large counts: it runs in an engine of linear time");
        }
    }

    private static string WithoutStar(string term) => IsOpen(term) ? term[..^1] : term;
}
