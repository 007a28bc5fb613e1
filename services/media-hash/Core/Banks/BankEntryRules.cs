using System.Buffers;

namespace Moderation.MediaHash.Banks;

/// <summary>A field that is wrong, and what would be right.</summary>
/// <param name="Field">The field's path in the contract's naming, such as <c>entry.value</c>.</param>
/// <param name="Description">What would be right.</param>
public sealed record FieldError(string Field, string Description);

/// <summary>What an entry's fields must look like. All errors are found at once.</summary>
public static class BankEntryRules
{
    /// <summary>Longest bank id in characters.</summary>
    public const int MaxBankIdLength = 64;

    /// <summary>Longest entry id in characters.</summary>
    public const int MaxEntryIdLength = 128;

    /// <summary>Longest source in characters.</summary>
    public const int MaxSourceLength = 200;

    /// <summary>Longest note in characters.</summary>
    public const int MaxNoteLength = 1000;

    /// <summary>Most labels of an entry.</summary>
    public const int MaxLabels = 16;

    /// <summary>Most tenants of an entry.</summary>
    public const int MaxTenants = 16;

    /// <summary>Most frames of a video's entry.</summary>
    public const int MaxFrames = 1024;

    private static readonly SearchValues<char> BankIdCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly SearchValues<char> EntryIdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    /// <summary>Everything that is wrong with an entry; empty when it can be stored.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="path">What stands before the field names, such as <c>entry.</c>; may be empty.</param>
    public static IReadOnlyList<FieldError> Check(BankEntry entry, string path)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var errors = new List<FieldError>(CheckKey(entry.Key, path));
        if (entry.Category == HarmCategory.Unspecified || !Enum.IsDefined(entry.Category))
            errors.Add(new FieldError(path + "category", "A harm of the taxonomy other than HARM_CATEGORY_UNSPECIFIED."));
        errors.AddRange(CheckHash(entry.Kind, entry.Value, path));
        if (entry.Source.Length > MaxSourceLength)
            errors.Add(new FieldError(path + "source", $"At most {MaxSourceLength} characters; {entry.Source.Length} were sent."));
        if (entry.Note.Length > MaxNoteLength)
            errors.Add(new FieldError(path + "note", $"At most {MaxNoteLength} characters; {entry.Note.Length} were sent."));
        errors.AddRange(CheckTerms(entry, path));
        return errors;
    }

    /// <summary>What is wrong with a kind and its value, if anything.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="value">The hash.</param>
    /// <param name="path">What stands before the field names; may be empty.</param>
    public static IEnumerable<FieldError> CheckHash(HashKind kind, string value, string path)
    {
        var digits = DigitsOf(kind);
        if (digits == 0)
            yield return new FieldError(path + "kind", "HASH_KIND_PDQ, HASH_KIND_SHA256, HASH_KIND_SHA1, HASH_KIND_MD5 or HASH_KIND_VPDQ.");
        else if (kind == HashKind.Vpdq && !IsFrames(value))
            yield return new FieldError(path + "value", $"1 to {MaxFrames} frames of {digits} hexadecimal digits, commas between.");
        else if (kind != HashKind.Vpdq && !IsHex(value, digits))
            yield return new FieldError(path + "value", $"{digits} hexadecimal digits for this kind.");
    }

    private static IEnumerable<FieldError> CheckTerms(BankEntry entry, string path)
    {
        var terms = entry.Terms;
        if (!Enum.IsDefined(terms.State))
            yield return new FieldError(path + "state", "BANK_ENTRY_STATE_ACTIVE, _DISABLED or _QUARANTINED, or unset.");
        if (terms.DisableEndTime is not null && terms.State != EntryState.Disabled)
            yield return new FieldError(path + "disable_end_time", "Only with BANK_ENTRY_STATE_DISABLED.");
        if (!Enum.IsDefined(entry.Severity))
            yield return new FieldError(path + "severity", "A value of BankEntrySeverity, or unset.");
        if (entry.Labels.Count > MaxLabels || entry.Labels.Any(label => label.Length is 0 or > 64 || label.AsSpan().ContainsAnyExcept(LabelCharacters)))
            yield return new FieldError(path + "labels", $"At most {MaxLabels} of 1 to 64 characters of a-z 0-9 - and _.");
        if (terms.MatchRadius is < 0 or > Index.PdqIndexSnapshot.MatchRadius)
            yield return new FieldError(path + "match_radius", $"0 to {Index.PdqIndexSnapshot.MatchRadius} bits.");
        if (terms.TrafficShare is not (> 0 and <= 1))
            yield return new FieldError(path + "traffic_share", "Above 0, up to 1; to switch it off set state to BANK_ENTRY_STATE_DISABLED.");
        if (terms.TenantIds.Count > MaxTenants || terms.TenantIds.Any(id => id.Length is 0 or > 64 || id.AsSpan().ContainsAnyExcept(BankIdCharacters)))
            yield return new FieldError(path + "tenant_ids", $"At most {MaxTenants} of 1 to 64 characters of a-z, 0-9 and hyphen.");
        if (terms.MinQueryPercent is < 1 or > 100)
            yield return new FieldError(path + "min_query_percent", "1 to 100.");
        if (terms.MinReferencePercent is < 0 or > 100)
            yield return new FieldError(path + "min_reference_percent", "0 to 100.");
    }

    /// <summary>Everything that is wrong with an entry's identity.</summary>
    /// <param name="key">The identity.</param>
    /// <param name="path">What stands before the field names; may be empty.</param>
    public static IEnumerable<FieldError> CheckKey(BankEntryKey key, string path) =>
        [.. CheckBankId(key.BankId, path + "bank_id"), .. CheckEntryId(key.EntryId, path + "entry_id")];

    /// <summary>What is wrong with a bank's id, if anything.</summary>
    public static IEnumerable<FieldError> CheckBankId(string bankId, string field)
    {
        ArgumentNullException.ThrowIfNull(bankId);
        if (bankId.Length is 0 or > MaxBankIdLength || bankId.AsSpan().ContainsAnyExcept(BankIdCharacters))
            yield return new FieldError(field, $"1 to {MaxBankIdLength} characters of a-z, 0-9 and hyphen.");
    }

    private static SearchValues<char> HexDigits { get; } = SearchValues.Create("0123456789abcdefABCDEF");

    private static IEnumerable<FieldError> CheckEntryId(string entryId, string field)
    {
        if (entryId.Length is 0 or > MaxEntryIdLength || entryId.AsSpan().ContainsAnyExcept(EntryIdCharacters))
            yield return new FieldError(field, $"1 to {MaxEntryIdLength} characters of A-Z a-z 0-9 . _ : -");
    }

    private static bool IsHex(ReadOnlySpan<char> value, int digits) => value.Length == digits && !value.ContainsAnyExcept(HexDigits);

    private static bool IsFrames(string value)
    {
        if (value.Length > MaxFrames * 65)
            return false;
        foreach (var frame in value.AsSpan().Split(','))
        {
            if (!IsHex(value.AsSpan()[frame], 64))
                return false;
        }
        return true;
    }

    private static int DigitsOf(HashKind kind) => kind switch
    {
        HashKind.Pdq or HashKind.Sha256 or HashKind.Vpdq => 64,
        HashKind.Sha1 => 40,
        HashKind.Md5 => 32,
        _ => 0,
    };
}
