namespace Moderation.MediaHash.Banks;

/// <summary>The identity of an entry.</summary>
/// <param name="BankId">The bank: 1 to 64 characters of a-z, 0-9 and hyphen.</param>
/// <param name="EntryId">Unique in the bank: 1 to 128 characters of A-Z, a-z, 0-9, full stop, underscore, colon and hyphen.</param>
public readonly record struct BankEntryKey(string BankId, string EntryId)
{
    /// <summary>Bank and entry with a slash between, which neither may contain.</summary>
    public override string ToString() => $"{BankId}/{EntryId}";
}

/// <summary>A fingerprint of known harmful media, and where it comes from.</summary>
/// <param name="Key">Its identity.</param>
/// <param name="Category">The harm it stands for.</param>
/// <param name="Kind">The kind of <paramref name="Value"/>.</param>
/// <param name="Value">
/// Lower-case hexadecimal: 64 digits for PDQ and SHA-256, 40 for SHA-1, 32 for MD5; for vPDQ a PDQ hash a frame, commas between.
/// </param>
/// <param name="Source">Where the fingerprint comes from, at most 200 characters.</param>
/// <param name="Note">A note for people, at most 1,000 characters.</param>
/// <param name="Creator">Who added it.</param>
/// <param name="CreateTime">When it was added.</param>
public sealed record BankEntry(
    BankEntryKey Key,
    HarmCategory Category,
    HashKind Kind,
    string Value,
    string Source,
    string Note,
    string Creator,
    DateTimeOffset CreateTime)
{
    /// <summary>How grave it is.</summary>
    public EntrySeverity Severity { get; init; }

    /// <summary>Words to find it by.</summary>
    public WordList Labels { get; init; } = [];

    /// <summary>When, for whom and how closely it matches.</summary>
    public EntryTerms Terms { get; init; } = EntryTerms.Default;

    /// <summary>Whether it is a digest of the bytes rather than of what they look like.</summary>
    public bool IsExact => Kind is HashKind.Sha256 or HashKind.Sha1 or HashKind.Md5;

    /// <summary>What makes two entries of one identity the same: value, harm and sign. Words about it and its terms may differ.</summary>
    public bool HasSameContent(BankEntry other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Category == other.Category && Kind == other.Kind && Value == other.Value && Terms.IsNegative == other.Terms.IsNegative;
    }
}
