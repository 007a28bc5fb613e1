using System.Runtime.CompilerServices;

namespace Moderation.MediaHash.Hashing;

/// <summary>
/// PDQ, the perceptual hash of facebook/ThreatExchange, to the bit of its C++ reference for the same brightness values. Stateless and safe
/// for concurrent use. Pictures are hashed at the size given; sampling large ones first is <see cref="NearestSampling"/>.
/// </summary>
public static class PdqHasher
{
    /// <summary>Pictures with a side under this many pixels get the zero hash of quality 0.</summary>
    public const int MinSide = 5;

    /// <summary>The planes that <see cref="HashForms"/> takes.</summary>
    public const int FormPlanes = 4;

    /// <summary>Hashes interleaved RGB bytes: 3 a pixel, rows from top to bottom without padding.</summary>
    /// <param name="rgb">width * height * 3 bytes, or more.</param>
    /// <param name="width">Pixels in a row, 1 or more.</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is under 1.</exception>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public static PdqFingerprint HashRgb(ReadOnlySpan<byte> rgb, int width, int height)
    {
        Check(rgb.Length, 3, width, height);
        return Hash(new RgbLumaRows(rgb, width), width, height);
    }

    /// <summary>Hashes brightness values (0 to 255), row by row.</summary>
    /// <inheritdoc cref="HashRgb"/>
    /// <param name="luma">width * height values, or more.</param>
    /// <param name="width">Pixels in a row, 1 or more.</param>
    /// <param name="height">Rows, 1 or more.</param>
    public static PdqFingerprint HashLuma(ReadOnlySpan<float> luma, int width, int height)
    {
        Check(luma.Length, 1, width, height);
        return Hash(new FloatLumaRows(luma, width), width, height);
    }

    /// <summary>Hashes interleaved RGB bytes in all eight rotations and reflections.</summary>
    /// <inheritdoc cref="HashRgb"/>
    public static PdqDihedralFingerprint HashRgbDihedral(ReadOnlySpan<byte> rgb, int width, int height)
    {
        Check(rgb.Length, 3, width, height);
        Span<float> coefficients = stackalloc float[PdqTransform.CoefficientCount];
        return TryTransform(new RgbLumaRows(rgb, width), width, height, filterAlways: true, coefficients, out var quality)
            ? PdqDihedral.From(coefficients, quality)
            : new PdqDihedralFingerprint(default, default, default, default, default, default, default, default, 0);
    }

    /// <summary>
    /// Hashes a picture as <see cref="HashRgb"/> does, and its seven turned and mirrored forms as that would hash those: the reduction is not quite
    /// symmetric, so that the signs of one transform give forms that are up to some dozen bits away from the hashes of pictures that were turned.
    /// </summary>
    /// <param name="planes">
    /// Four times width * height * 3 bytes: the picture; mirrored left to right; mirrored top to bottom; both. The other four forms are transposes of these.
    /// </param>
    /// <param name="width">Pixels in a row, 1 or more.</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="forms">
    /// The hashes of the forms in the order of <see cref="Banks.PictureForm"/>; empty where the picture's own hash is not matched either.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A side is under 1.</exception>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public static PdqFingerprint HashForms(ReadOnlySpan<byte> planes, int width, int height, out IReadOnlyList<PdqHash> forms)
    {
        Check(planes.Length, 3 * FormPlanes, width, height);
        forms = [];
        Span<float> coefficients = stackalloc float[PdqTransform.CoefficientCount];
        var length = width * height * 3;
        Span<PdqHash> straight = stackalloc PdqHash[FormPlanes];
        Span<PdqHash> transposed = stackalloc PdqHash[FormPlanes];
        var quality = 0;
        for (var plane = 0; plane < FormPlanes; plane++)
        {
            var rows = new RgbLumaRows(planes.Slice(plane * length, length), width);
            if (!TryTransform(rows, width, height, filterAlways: false, coefficients, out var ofPlane))
                return default;
            straight[plane] = PdqTransform.ToBits(coefficients);
            transposed[plane] = PdqDihedral.Transposed(coefficients);
            if (plane > 0)
                continue;
            quality = ofPlane;
            if (quality < PdqFingerprint.MinMatchQuality)
                return new PdqFingerprint(straight[0], quality);
        }
        forms = [transposed[1], straight[3], transposed[2], straight[2], straight[1], transposed[0], transposed[3]];
        return new PdqFingerprint(straight[0], quality);
    }

    private static PdqFingerprint Hash<TRows>(TRows rows, int width, int height)
        where TRows : struct, ILumaRows, allows ref struct
    {
        Span<float> coefficients = stackalloc float[PdqTransform.CoefficientCount];
        return TryTransform(rows, width, height, filterAlways: false, coefficients, out var quality)
            ? new PdqFingerprint(PdqTransform.ToBits(coefficients), quality)
            : default;
    }

    // A 64x64 picture needs no reduction. The reference still filters it on the way to the eight forms, with a window of one pixel, whose
    // running sums leave rounding errors; to agree in every bit, so do we.
    [SkipLocalsInit]
    private static bool TryTransform<TRows>(
        TRows rows, int width, int height, bool filterAlways, Span<float> coefficients, out int quality)
        where TRows : struct, ILumaRows, allows ref struct
    {
        quality = 0;
        if (width < MinSide || height < MinSide)
            return false;
        Span<float> block = stackalloc float[PdqTransform.BlockSide * PdqTransform.BlockSide];
        if (!filterAlways && width == PdqTransform.BlockSide && height == PdqTransform.BlockSide)
        {
            for (var y = 0; y < height; y++)
                rows.Fill(y, block.Slice(y * width, width));
        }
        else
        {
            PdqReduction.Reduce(rows, width, height, block);
        }
        quality = PdqTransform.Quality(block);
        PdqTransform.Dct(block, coefficients);
        return true;
    }

    private static void Check(int length, int valuesPerPixel, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (length < (long)width * height * valuesPerPixel)
            throw new ArgumentException($"{length} values are too few for a picture of {width}x{height}; {valuesPerPixel} a pixel are needed.");
    }
}
