using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Moderation.MediaHash.Banks;

namespace Moderation.MediaHash.Exchange;

/// <summary>
/// Reads the lines of a hash list: NDJSON, or CSV with a header. Which shape a row has is told by its fields, so that a file need not be described:
/// <c>kind</c> and <c>value</c> are ours, <c>signal_type</c> and <c>signal_str</c> (or <c>type</c> and <c>indicator</c>) python-threatexchange's,
/// <c>md5</c>, <c>sha1</c> ... or <c>fingerprints</c> NCMEC's. Other fields are passed over.
/// </summary>
public sealed class HashListParser(HashListDefaults defaults, bool isCsv)
{
    /// <summary>Longest line in characters; a video has at most 1,024 frames.</summary>
    public const int MaxLineLength = 256 * 1024;

    private IReadOnlyList<string>? _columns;

    /// <summary>Reads a line; null for one without an entry: a blank line, the header of a CSV file.</summary>
    /// <param name="number">The line's number, from 1.</param>
    /// <param name="line">The line without its end.</param>
    public HashListRow? Parse(long number, string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (number == 1)
            line = line.TrimStart('\uFEFF');
        if (string.IsNullOrWhiteSpace(line))
            return null;
        if (line.Length > MaxLineLength)
            return HashListRow.Wrong(number, $"the line has {line.Length} characters; at most {MaxLineLength} are read");
        if (!isCsv)
            return FieldsOfJson(line) is { } fields ? ToRow(number, fields) : HashListRow.Wrong(number, "must be one JSON object");
        var record = CsvLine.Split(line);
        if (record is null)
            return HashListRow.Wrong(number, "has a quotation mark in the wrong place");
        if (_columns is null)
        {
            _columns = [.. record.Select(Normal)];
            return _columns.Any(HoldsHashes)
                ? null
                : HashListRow.Wrong(number, "the header must name a column of hashes: value, signal_str, indicator, md5, sha1, sha256, pdq or vpdq");
        }
        if (record.Count != _columns.Count)
            return HashListRow.Wrong(number, $"must have {_columns.Count} columns like the header, has {record.Count}");
        return ToRow(number, new RowFields(_columns.Zip(record).GroupBy(pair => pair.First).ToDictionary(pair => pair.Key, pair => pair.First().Second)));
    }

    private static RowFields? FieldsOfJson(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            var fields = new Dictionary<string, string>();
            Add(document.RootElement, fields);
            return new RowFields(fields);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Add(JsonElement row, Dictionary<string, string> fields)
    {
        foreach (var property in row.EnumerateObject())
        {
            var name = Normal(property.Name);
            if (name is "fingerprints" && property.Value.ValueKind == JsonValueKind.Object)
                Add(property.Value, fields);
            else if (property.Value.ValueKind == JsonValueKind.Array && name is "tags" or "labels" or "tenant_ids")
                fields[name] = string.Join(';', property.Value.EnumerateArray().Select(item => item.ToString()));
            else if (property.Value.ValueKind != JsonValueKind.Null)
                fields[name] = property.Value.ToString();
        }
    }

    // entryType, EntryType and entry_type are one.
    private static string Normal(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name.Trim())
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0 && char.IsAsciiLetterLower(text[^1]))
                text.Append('_');
            text.Append(c is '-' or ' ' ? '_' : char.ToLowerInvariant(c));
        }
        return text.ToString();
    }

    private static bool HoldsHashes(string column) =>
        column is "value" or "signal_str" or "indicator" || HashKindNames.InColumns.Any(kind => HashKindNames.Of(kind) == column);

    private HashListRow ToRow(long number, RowFields fields)
    {
        var (kind, value) = fields.Has("value") ? (fields["kind"], fields["value"])
            : fields.Has("signal_str") ? (fields["signal_type"], fields["signal_str"])
            : (fields["type"], fields["indicator"]);
        if (value.Length > 0)
        {
            return HashKindNames.Find(kind) is { } found
                ? Of(number, fields, [(found, value, fields.First("entry_id", "id"))])
                : HashListRow.Wrong(number, $"'{kind}' is no kind of hash that is taken: pdq, vpdq, md5, sha1 or sha256");
        }
        var id = fields.First("entry_id", "id");
        var hashes = HashKindNames.InColumns.Where(column => fields[HashKindNames.Of(column)].Length > 0)
            .Select(column => (column, fields[HashKindNames.Of(column)], id.Length == 0 ? "" : $"{id}:{HashKindNames.Of(column)}")).ToList();
        if (hashes.Count == 0 && fields["deleted"].Equals("true", StringComparison.OrdinalIgnoreCase) && id.Length > 0)
            return new HashListRow(number, [], [.. HashKindNames.InColumns.Select(column => $"{id}:{HashKindNames.Of(column)}")]);
        return hashes.Count > 0 ? Of(number, fields, hashes) : HashListRow.Wrong(number, "has no hash: no value, signal_str, indicator, md5, sha1, sha256, pdq or vpdq");
    }

    private HashListRow Of(long number, RowFields fields, IReadOnlyList<(HashKind Kind, string Value, string Id)> hashes)
    {
        var entries = new List<BankEntry>();
        foreach (var (kind, value, id) in hashes)
        {
            if ((kind == HashKind.Vpdq ? VideoHashText.ToValue(value) : value.Trim().ToLowerInvariant()) is not { } text)
                return HashListRow.Wrong(number, "the video's hashes must be 64 hexadecimal digits a frame, commas between, or a JSON array of frames");
            if (!fields.TryEntry(defaults, kind, text, id.Length > 0 ? id : IdOf(kind, text), out var entry, out var problem))
                return HashListRow.Wrong(number, problem);
            if (BankEntryRules.Check(entry, "") is [var first, ..])
                return HashListRow.Wrong(number, $"{first.Field}: {first.Description}");
            entries.Add(entry);
        }
        return fields["deleted"].Equals("true", StringComparison.OrdinalIgnoreCase)
            ? new HashListRow(number, [], [.. entries.Select(entry => entry.Key.EntryId)])
            : new HashListRow(number, entries, []);
    }

    // The same hash of a list without ids is the same entry, however often the list is read.
    private static string IdOf(HashKind kind, string value) => string.Create(
        CultureInfo.InvariantCulture,
        $"{HashKindNames.Of(kind)}:{(kind == HashKind.Vpdq ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value))) : value)}");
}
