namespace Moderation.MediaHash.Hashing;

/// <summary>A PDQ hash and how far it can be trusted.</summary>
/// <param name="Hash">The 256 bits; all zero when the picture is too small to be hashed (a side under 5 pixels).</param>
/// <param name="Quality">
/// 0 (featureless) to 100: the sum of significant gradients in the 64x64 reduction. Hashes of quality 49 or less say little about the
/// picture and are not used for matching.
/// </param>
public readonly record struct PdqFingerprint(PdqHash Hash, int Quality)
{
    /// <summary>Lowest quality at which a hash is matched, the reference's recommendation.</summary>
    public const int MinMatchQuality = 50;

    /// <summary>Whether the hash may be matched.</summary>
    public bool IsMatchable => Quality >= MinMatchQuality;
}

/// <summary>The hashes of a picture and of its seven rotations and reflections, all from one transform.</summary>
/// <param name="Original">The picture as it is.</param>
/// <param name="Rotate90">Turned by 90 degrees counter-clockwise, as the reference names it.</param>
/// <param name="Rotate180">Turned by 180 degrees.</param>
/// <param name="Rotate270">Turned by 270 degrees counter-clockwise.</param>
/// <param name="FlipX">Mirrored at the horizontal axis: top and bottom change places.</param>
/// <param name="FlipY">Mirrored at the vertical axis: left and right change places.</param>
/// <param name="FlipPlus1">Transposed at the main diagonal.</param>
/// <param name="FlipMinus1">Transposed at the other diagonal.</param>
/// <param name="Quality">As in <see cref="PdqFingerprint.Quality"/>; the same for all eight.</param>
public sealed record PdqDihedralFingerprint(
    PdqHash Original,
    PdqHash Rotate90,
    PdqHash Rotate180,
    PdqHash Rotate270,
    PdqHash FlipX,
    PdqHash FlipY,
    PdqHash FlipPlus1,
    PdqHash FlipMinus1,
    int Quality);
