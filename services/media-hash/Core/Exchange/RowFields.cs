using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Moderation.MediaHash.Banks;

namespace Moderation.MediaHash.Exchange;

/// <summary>The fields of a row by their names in lower case; one that is not there is empty.</summary>
internal sealed class RowFields(IReadOnlyDictionary<string, string> values)
{
    public string this[string name] => values.TryGetValue(name, out var value) ? value.Trim() : "";

    public bool Has(string name) => this[name].Length > 0;

    /// <summary>The first of these that is there.</summary>
    public string First(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Has(name))
                return this[name];
        }
        return "";
    }

    /// <summary>The entry that the row makes of a hash.</summary>
    public bool TryEntry(
        HashListDefaults defaults, HashKind kind, string value, string id, [NotNullWhen(true)] out BankEntry? entry, [NotNullWhen(false)] out string? problem)
    {
        (entry, problem) = (null, null);
        var terms = EntryTerms.Default;
        if (!TryEnum("category", defaults.Category, out HarmCategory category))
            problem = $"'{this["category"]}' is no harm of the taxonomy";
        else if (!TryEnum("severity", EntrySeverity.Unspecified, out EntrySeverity severity))
            problem = "severity must be LOW, MEDIUM, HIGH or CRITICAL";
        else if (!TryEnum("state", EntryState.Active, out EntryState state) || state == EntryState.Quarantined)
            problem = "state must be ACTIVE or DISABLED";
        else if (!TryNumber("match_radius", terms.MatchRadius, out var radius) || !TryNumber("min_query_percent", terms.MinQueryPercent, out var query)
            || !TryNumber("min_reference_percent", terms.MinReferencePercent, out var reference))
            problem = "match_radius, min_query_percent and min_reference_percent must be whole numbers";
        else
        {
            entry = new BankEntry(
                new BankEntryKey(defaults.BankId, id), category, kind, value, Has("source") ? this["source"] : defaults.Source, this["note"], "", default)
            {
                Severity = severity,
                Labels = [.. LabelsOf(First("labels", "tags"))],
                Terms = terms with
                {
                    State = state,
                    MatchRadius = radius,
                    MinQueryPercent = query,
                    MinReferencePercent = reference,
                    IsNegative = this["is_negative"].Equals("true", StringComparison.OrdinalIgnoreCase),
                    TenantIds = [.. this["tenant_ids"].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
                },
            };
        }
        return problem is null;
    }

    // Tags of others have capitals and spaces; what is left over of 16 is in the list itself.
    private static IEnumerable<string> LabelsOf(string text) => text
        .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(label => string.Concat(label.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '-')))
        .Where(label => label.Length <= 64)
        .Distinct(StringComparer.Ordinal)
        .Take(BankEntryRules.MaxLabels);

    private bool TryEnum<T>(string name, T unset, out T value)
        where T : struct, Enum
    {
        value = unset;
        return !Has(name) || (!char.IsAsciiDigit(this[name][0]) && Enum.TryParse(this[name].Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out value) && Enum.IsDefined(value));
    }

    private bool TryNumber(string name, int unset, out int value)
    {
        value = unset;
        return !Has(name) || int.TryParse(this[name], NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
