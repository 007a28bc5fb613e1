using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Moderation.Enforcement;

/// <summary>What ends a kind of record.</summary>
public enum RetentionEnd
{
    /// <summary>The store's own expiry.</summary>
    Expiry,
    /// <summary>The walk of the sweeper.</summary>
    Sweep,
    /// <summary>A trim by age or length.</summary>
    Trim,
    /// <summary>It goes with what it is about.</summary>
    Object,
    /// <summary>Nothing; it holds nothing that has to end.</summary>
    Never,
}

/// <summary>How long a kind of record is kept.</summary>
/// <param name="Kind">Its name.</param>
/// <param name="Key">Its keys, with placeholders.</param>
/// <param name="Minimum">Shorter would break a promise or a law; null: none.</param>
/// <param name="Maximum">Longer would be more than is needed; null: none.</param>
/// <param name="Setting">The setting; empty: none.</param>
/// <param name="EndedBy">What ends it.</param>
/// <param name="Source">Where the number comes from.</param>
public sealed record RetentionRule(string Kind, string Key, TimeSpan? Minimum, TimeSpan? Maximum, string Setting, RetentionEnd EndedBy, string Source);

/// <summary>The retention table.</summary>
public static class RetentionTable
{
    /// <summary>The rows as they are shipped.</summary>
    public static ImmutableArray<RetentionRule> Rules { get; } = Read(Shipped());

    /// <summary>What is wrong with a configuration: a setting that the table names and nobody gives, or one outside its bounds.</summary>
    /// <param name="configured">The settings by name.</param>
    public static IReadOnlyList<string> Faults(IReadOnlyDictionary<string, TimeSpan> configured)
    {
        ArgumentNullException.ThrowIfNull(configured);
        var faults = new List<string>();
        foreach (var rule in Rules.Where(r => r.Setting.Length > 0))
        {
            if (!configured.TryGetValue(rule.Setting, out var value))
                faults.Add($"{rule.Setting} is in the retention table and is no setting");
            else if (value < rule.Minimum)
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{rule.Setting} is {value.TotalDays} days, and {rule.Kind} needs {rule.Minimum.Value.TotalDays} or more: {rule.Source}"));
            else if (value > rule.Maximum)
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{rule.Setting} is {value.TotalDays} days, and {rule.Kind} allows {rule.Maximum.Value.TotalDays} at most: {rule.Source}"));
        }
        return faults;
    }

    /// <summary>Reads a table.</summary>
    /// <exception cref="InvalidDataException">A row is wrong; the message says which.</exception>
    internal static ImmutableArray<RetentionRule> Read(string yaml)
    {
        var rows = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build().Deserialize<List<Row>>(yaml);
        return [.. rows.Select(Read)];
    }

    private static RetentionRule Read(Row row)
    {
        var rule = new RetentionRule(
            row.Kind, row.Key, Days(row, row.Minimum), Days(row, row.Maximum), row.Setting,
            Enum.TryParse<RetentionEnd>(row.EndedBy, ignoreCase: true, out var end) ? end : throw Wrong(row, $"ended_by {row.EndedBy} is none"), row.Source);
        if (rule.Kind.Length == 0 || rule.Key.Length == 0 || rule.Source.Length == 0)
            throw Wrong(row, "kind, key and source are required");
        if (rule.Minimum > rule.Maximum)
            throw Wrong(row, "its minimum is above its maximum");
        return rule;
    }

    private static TimeSpan? Days(Row row, string text)
    {
        if (text.Length == 0)
            return null;
        return text[^1] == 'd' && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            ? TimeSpan.FromDays(days) : throw Wrong(row, $"{text} is no number of days, such as 7d");
    }

    private static InvalidDataException Wrong(Row row, string what) => new($"retention.yaml: {(row.Kind.Length > 0 ? row.Kind : row.Key)}: {what}");

    private static string Shipped()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("retention.yaml")!); // embedded in this assembly
        return reader.ReadToEnd();
    }

    private sealed class Row
    {
        public string Kind { get; set; } = "";
        public string Key { get; set; } = "";
        public string Minimum { get; set; } = "";
        public string Maximum { get; set; } = "";
        public string Setting { get; set; } = "";
        public string EndedBy { get; set; } = "";
        public string Source { get; set; } = "";
    }
}
