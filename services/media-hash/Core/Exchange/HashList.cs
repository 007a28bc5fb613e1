using Moderation.MediaHash.Banks;

namespace Moderation.MediaHash.Exchange;

/// <summary>What a hash list does not say of its entries.</summary>
/// <param name="BankId">The bank that they go to.</param>
/// <param name="Category">The harm that they stand for, where a row has none of the taxonomy; lists of others know other ones.</param>
/// <param name="Source">Where they come from, where a row does not say.</param>
public sealed record HashListDefaults(string BankId, HarmCategory Category, string Source);

/// <summary>A row of a hash list.</summary>
/// <param name="Number">Its number in the file, from 1; the header of a CSV file is row 1.</param>
/// <param name="Entries">The entries that it spells: some lists have several hashes of one file in a row.</param>
/// <param name="WithdrawnIds">Entries that the list has taken back.</param>
/// <param name="Problem">What is wrong with it; null when nothing is.</param>
public sealed record HashListRow(long Number, IReadOnlyList<BankEntry> Entries, IReadOnlyList<string> WithdrawnIds, string? Problem = null)
{
    internal static HashListRow Wrong(long number, string problem) => new(number, [], [], problem);
}

/// <summary>How a hash list is written.</summary>
public enum HashListShape
{
    /// <summary>Our own: all that is known of an entry.</summary>
    Entries,

    /// <summary>A kind and a hash a row, as python-threatexchange has them: <c>signal_type</c> and <c>signal_str</c>.</summary>
    ThreatExchange,

    /// <summary>The fingerprints of one file a row, as NCMEC's hash sharing has them: <c>md5</c>, <c>sha1</c> ... and <c>deleted</c>.</summary>
    Ncmec,
}
