namespace Moderation.MediaHash.Hashing;

/// <summary>
/// The reference command line first brings a picture with a side over 512 to 512x512 by nearest neighbours, without keeping the aspect.
/// Published hash lists are made that way, so we do the same.
/// </summary>
public static class NearestSampling
{
    /// <summary>Longest side that is hashed as it is, and the side of what larger pictures are brought to.</summary>
    public const int MaxSide = 512;

    /// <summary>Whether a picture of this size is sampled before hashing.</summary>
    public static bool IsNeeded(int width, int height) => width > MaxSide || height > MaxSide;

    /// <summary>The source index of sample <paramref name="sample"/> (0 to 511) in a side of <paramref name="length"/> pixels.</summary>
    public static int SourceIndex(int sample, int length) => (int)((long)sample * length / MaxSide);

    /// <summary>Samples interleaved RGB bytes (3 a pixel, rows without padding) to 512x512.</summary>
    /// <exception cref="ArgumentException">The span is shorter than width * height * 3, or the target than 512 * 512 * 3.</exception>
    public static void Sample(ReadOnlySpan<byte> rgb, int width, int height, Span<byte> target)
    {
        if (rgb.Length < (long)width * height * 3)
            throw new ArgumentException("The picture has fewer bytes than width * height * 3.", nameof(rgb));
        if (target.Length < MaxSide * MaxSide * 3)
            throw new ArgumentException("The target has fewer bytes than 512 * 512 * 3.", nameof(target));
        var to = 0;
        for (var y = 0; y < MaxSide; y++)
        {
            var row = rgb.Slice(SourceIndex(y, height) * width * 3, width * 3);
            for (var x = 0; x < MaxSide; x++, to += 3)
                row.Slice(SourceIndex(x, width) * 3, 3).CopyTo(target[to..]);
        }
    }
}
