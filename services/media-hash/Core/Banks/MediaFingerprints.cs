using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Banks;

/// <summary>All that is kept of a medium.</summary>
/// <param name="MediaId"><c>m_</c> and the SHA-256 of the bytes.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
/// <param name="Md5">32 lower-case hexadecimal digits.</param>
/// <param name="Pdq">The perceptual hash and its quality.</param>
public sealed record MediaFingerprints(string MediaId, string Sha256, string Md5, PdqFingerprint Pdq)
{
    /// <summary>The id of the medium with these bytes: the same bytes have the same id.</summary>
    public static string MediaIdFor(string sha256) => "m_" + sha256;
}

/// <summary>A medium that matches an entry.</summary>
/// <param name="MediaId">The medium.</param>
/// <param name="Entry">The entry.</param>
/// <param name="Distance">Differing bits, 0 to 31 for PDQ; 0 for exact hashes.</param>
/// <param name="Quality">PDQ quality of the medium, 50 to 100; 100 for exact hashes.</param>
public sealed record BankMatch(string MediaId, BankEntry Entry, int Distance, int Quality);
