namespace Moderation.TextClassify.Training;

/// <summary>What the pool's manifest says of one data set.</summary>
/// <param name="Name">Name, as in the rows' source column.</param>
/// <param name="Licence">Licence as stated.</param>
/// <param name="Evidence">Where the statement was seen.</param>
/// <param name="Origin">Where the data were taken from.</param>
/// <param name="Attribution">Whom to credit.</param>
/// <param name="Mapping">How the source's labels became ours.</param>
public sealed record DataSource(string Name, string Licence, string Evidence, string Origin, string Attribution, string Mapping)
{
    /// <summary>Whether the manifest calls the licence verified. A card seen elsewhere, or doubtful upstream rights, do not count.</summary>
    public bool LicenceVerified => Evidence.StartsWith("verified", StringComparison.Ordinal);
}

/// <summary>Reads the pool's manifest, a Markdown table.</summary>
public static class SourceCatalogue
{
    /// <summary>Reads the table whose header starts with "| file |".</summary>
    /// <exception cref="InvalidDataException">There is no such table, or a column is missing.</exception>
    public static IReadOnlyDictionary<string, DataSource> Parse(TextReader reader)
    {
        string[]? header = null;
        var sources = new SortedDictionary<string, DataSource>(StringComparer.Ordinal);
        DataSource? last = null;
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('|'))
            {
                if (header is not null) break;
                continue;
            }
            var cells = line.Trim('|', ' ').Split('|').Select(c => c.Trim()).ToArray();
            if (header is null)
            {
                if (cells[0] == "file") header = cells;
                continue;
            }
            if (cells[0].StartsWith("---", StringComparison.Ordinal)) continue;
            // "same" and "as above" repeat the row before; a mapping may hold bars of its own, and is the last column.
            last = new DataSource(
                cells[0],
                Repeat(Cell(header, cells, "licence"), last?.Licence),
                Repeat(Cell(header, cells, "licence evidence"), last?.Evidence),
                Repeat(Cell(header, cells, "origin"), last?.Origin),
                Repeat(Cell(header, cells, "attribution"), last?.Attribution),
                string.Join('|', cells[Index(header, "mapping")..]));
            sources[last.Name] = last;
        }
        if (header is null || sources.Count == 0) throw new InvalidDataException("The manifest has no table whose header starts with '| file |'.");
        return sources;
    }

    private static string Repeat(string value, string? before) => value is "same" or "as above" ? before ?? value : value;

    private static string Cell(string[] header, string[] cells, string column)
    {
        var index = Index(header, column);
        return index < cells.Length ? cells[index] : throw new InvalidDataException($"The manifest's row '{cells[0]}' has no column '{column}'.");
    }

    private static int Index(string[] header, string column)
    {
        var index = Array.IndexOf(header, column);
        return index >= 0 ? index : throw new InvalidDataException($"The manifest's table has no column '{column}'.");
    }
}
