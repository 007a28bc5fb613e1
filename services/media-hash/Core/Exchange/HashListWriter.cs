using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Moderation.MediaHash.Banks;

namespace Moderation.MediaHash.Exchange;

/// <summary>Writes entries as lines of a hash list that <see cref="HashListParser"/> and the tools of others read.</summary>
public sealed class HashListWriter(HashListShape shape, bool isCsv)
{
    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] EntryColumns =
    [
        "entry_id", "category", "kind", "value", "severity", "state", "source", "note", "labels", "match_radius", "is_negative", "tenant_ids",
        "min_query_percent", "min_reference_percent",
    ];

    /// <summary>The header of a CSV file; null for NDJSON.</summary>
    public string? Header => !isCsv ? null : CsvLine.Join(shape switch
    {
        HashListShape.ThreatExchange => ["id", "signal_type", "signal_str", "tags"],
        HashListShape.Ncmec => ["id", "entry_type", "deleted", .. HashKindNames.InColumns.Select(HashKindNames.Of)],
        _ => EntryColumns,
    });

    /// <summary>The line of an entry, without its end.</summary>
    public string Write(BankEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return shape switch
        {
            HashListShape.ThreatExchange => OfThreatExchange(entry),
            HashListShape.Ncmec => OfNcmec(entry),
            _ => OfEntry(entry),
        };
    }

    private string OfThreatExchange(BankEntry entry) => isCsv
        ? CsvLine.Join([entry.Key.EntryId, HashKindNames.Of(entry.Kind), entry.Value, string.Join(';', entry.Labels)])
        : JsonSerializer.Serialize(
            new { id = entry.Key.EntryId, signal_type = HashKindNames.Of(entry.Kind), signal_str = entry.Value, tags = entry.Labels.ToArray() }, Format);

    private string OfNcmec(BankEntry entry)
    {
        // Read back, the kind is put behind the id again.
        var kind = HashKindNames.Of(entry.Kind);
        var id = entry.Key.EntryId.EndsWith(":" + kind, StringComparison.Ordinal) ? entry.Key.EntryId[..^(kind.Length + 1)] : entry.Key.EntryId;
        var type = entry.Kind == HashKind.Vpdq ? "video" : "image";
        return isCsv
            ? CsvLine.Join([id, type, "false", .. HashKindNames.InColumns.Select(column => column == entry.Kind ? entry.Value : "")])
            : JsonSerializer.Serialize(
                new { id, entry_type = type, deleted = false, fingerprints = new Dictionary<string, string> { [kind] = entry.Value } }, Format);
    }

    private string OfEntry(BankEntry entry)
    {
        string[] values =
        [
            entry.Key.EntryId, entry.Category.ToString(), HashKindNames.Of(entry.Kind), entry.Value,
            entry.Severity == EntrySeverity.Unspecified ? "" : entry.Severity.ToString(),
            // Quarantine is this installation's own doubt; whoever reads the list gets the entry switched off.
            (entry.Terms.State == EntryState.Active ? EntryState.Active : EntryState.Disabled).ToString(),
            entry.Source, entry.Note, string.Join(';', entry.Labels), entry.Terms.MatchRadius.ToString(CultureInfo.InvariantCulture),
            entry.Terms.IsNegative ? "true" : "", string.Join(';', entry.Terms.TenantIds),
            entry.Terms.MinQueryPercent.ToString(CultureInfo.InvariantCulture), entry.Terms.MinReferencePercent.ToString(CultureInfo.InvariantCulture),
        ];
        return isCsv
            ? CsvLine.Join(values)
            : JsonSerializer.Serialize(EntryColumns.Zip(values).Where(pair => pair.Second.Length > 0).ToDictionary(pair => pair.First, pair => pair.Second), Format);
    }
}
