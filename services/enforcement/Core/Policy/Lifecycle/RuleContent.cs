using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Moderation.Enforcement;

/// <summary>What a rule does, as one hash: two rules with the same one decide alike, whatever document they stand in.</summary>
public static partial class RuleContent
{
    /// <summary>The SHA-256 over condition, named numbers that it reads, harm, clause, measures, severity and evidence.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="policy">Its policy.</param>
    public static byte[] HashOf(PolicyRule rule, CompiledPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(policy);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{rule.Id}\n{rule.Clause.Id}\n{TaxonomyNames.Of(rule.Category)}\n{rule.Severity}\n");
        text.AppendJoin(',', rule.Measures.Select(TaxonomyNames.Of)).Append('\n');
        text.AppendJoin(',', rule.Evidence.Select(e => e.Path)).Append('\n');
        // A condition that names t.x does something else once x is another number.
        var names = NumbersOf(rule).Order(StringComparer.Ordinal);
        text.AppendJoin(',', names.Select(n => $"{n}={policy.NumberOf(n)}")).Append('\n');
        text.Append(rule.When.Trim());
        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Whether a rule removes or suspends: then people other than its author must approve it.</summary>
    public static bool IsStrict(PolicyRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return rule.Measures.Any(m => m is MeasureKind.Remove or MeasureKind.SuspendAccount or MeasureKind.RestrictFeature);
    }

    /// <summary>The named numbers that a rule reads, without "t.".</summary>
    internal static IEnumerable<string> NumbersOf(PolicyRule rule) => NamedNumber().Matches(rule.When).Select(m => m.Groups[1].Value).Distinct();

    [GeneratedRegex(@"\bt\s*\.\s*([a-z][a-z0-9_]*)")]
    private static partial Regex NamedNumber();
}
