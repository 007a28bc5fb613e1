using System.Collections.Frozen;
using Moderation.MediaHash.Banks;

namespace Moderation.MediaHash.Exchange;

/// <summary>What hash lists call the kinds of hashes.</summary>
internal static class HashKindNames
{
    private static readonly FrozenDictionary<string, HashKind> Kinds = new Dictionary<string, HashKind>
    {
        ["pdq"] = HashKind.Pdq,
        ["hash_pdq"] = HashKind.Pdq,
        ["md5"] = HashKind.Md5,
        ["video_md5"] = HashKind.Md5,
        ["photo_md5"] = HashKind.Md5,
        ["hash_md5"] = HashKind.Md5,
        ["hash_video_md5"] = HashKind.Md5,
        ["sha1"] = HashKind.Sha1,
        ["hash_sha1"] = HashKind.Sha1,
        ["sha256"] = HashKind.Sha256,
        ["hash_sha256"] = HashKind.Sha256,
        ["vpdq"] = HashKind.Vpdq,
        ["video_pdq"] = HashKind.Vpdq,
        ["hash_video_pdq"] = HashKind.Vpdq,
        ["hash_vpdq"] = HashKind.Vpdq,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The kinds as a list has them that has a column for each.</summary>
    public static readonly IReadOnlyList<HashKind> InColumns = [HashKind.Md5, HashKind.Sha1, HashKind.Sha256, HashKind.Pdq, HashKind.Vpdq];

    public static HashKind? Find(string name) => Kinds.TryGetValue(name.Trim(), out var kind) ? kind : null;

    /// <summary>As we write it.</summary>
    public static string Of(HashKind kind) => kind switch
    {
        HashKind.Pdq => "pdq",
        HashKind.Md5 => "md5",
        HashKind.Sha1 => "sha1",
        HashKind.Sha256 => "sha256",
        HashKind.Vpdq => "vpdq",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An entry has a kind."),
    };
}
