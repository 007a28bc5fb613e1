namespace Moderation.MediaHash.Host.Pulling;

/// <summary>What the names of lists say.</summary>
internal static class ListNames
{
    /// <summary>What stands behind the name of a list to name its signature.</summary>
    public const string SignatureEnding = ".sig";

    /// <summary>Whether a list is CSV, by its name; null when it is no list.</summary>
    public static bool? IsCsv(string name) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".csv" => true,
        ".ndjson" or ".jsonl" or ".json" => false,
        _ => null,
    };
}
