using System.Collections.Immutable;
using System.Globalization;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>Sums of what rules hit and did, by the fields of the store. Ids of rules hold no slash and no bar, so no two fields meet.</summary>
internal sealed class RuleCounts(IReadOnlyDictionary<string, long> sums)
{
    /// <summary>Posts decided.</summary>
    public const string Posts = "p";

    private const string HitPrefix = "h:";
    private const string ActionPrefix = "d:";
    private const string MeasurePrefix = "a:";

    public static string Hits(string rule) => HitPrefix + rule;

    public static string Actions(string rule) => ActionPrefix + rule;

    public static string Measures(string rule, MeasureKind kind) => $"{MeasurePrefix}{rule}/{((int)kind).ToString(CultureInfo.InvariantCulture)}";

    public static string ShadowHits(string rule, string policy) => $"s:{rule}|{policy}";

    /// <summary>The sum of a field; 0 where there is none.</summary>
    public long this[string field] => sums.GetValueOrDefault(field);

    /// <summary>The rules that hit.</summary>
    public IEnumerable<string> Rules => sums.Keys.Where(k => k.StartsWith(HitPrefix, StringComparison.Ordinal)).Select(k => k[HitPrefix.Length..]);

    /// <summary>How often each measure was taken, by all rules together.</summary>
    public ImmutableDictionary<MeasureKind, long> ByMeasure() => Sum(MeasurePrefix);

    /// <summary>The measures that a rule took, those of the ladder that followed from it included.</summary>
    public IEnumerable<MeasureKind> MeasuresOf(string rule) => Sum($"{MeasurePrefix}{rule}/").Keys;

    private ImmutableDictionary<MeasureKind, long> Sum(string prefix)
        => sums.Where(s => s.Key.StartsWith(prefix, StringComparison.Ordinal))
            .GroupBy(s => (MeasureKind)int.Parse(s.Key.AsSpan(s.Key.LastIndexOf('/') + 1), CultureInfo.InvariantCulture))
            .ToImmutableDictionary(g => g.Key, g => g.Sum(s => s.Value));
}
