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

    /// <summary>The picture as it is, mirrored left to right, top to bottom, and both; the other four forms are transposes of these.</summary>
    internal const int MirroredForms = 4;

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
    /// Hashes a picture as <see cref="HashRgb"/> does, and its seven turned and mirrored forms nearly as that would hash those: sampling and reduction
    /// are not quite symmetric, so that the signs of one transform give forms that are up to some dozen bits away from the hashes of pictures that were
    /// turned. Here the forms' reductions are read off the picture's own, at the places where theirs would be.
    /// </summary>
    /// <param name="rgb">width * height * 3 bytes, or more.</param>
    /// <param name="width">Pixels in a row, 1 or more.</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="source">The size of the picture that these pixels are samples of (<see cref="NearestSampling"/>); their own where they are not.</param>
    /// <param name="forms">
    /// The hashes of the forms in the order of <see cref="Banks.PictureForm"/>; empty where the picture's own hash is not matched either.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A side is under 1.</exception>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    [SkipLocalsInit]
    public static PdqFingerprint HashForms(ReadOnlySpan<byte> rgb, int width, int height, SampledFrom source, out IReadOnlyList<PdqHash> forms)
    {
        Check(rgb.Length, 3, width, height);
        ArgumentOutOfRangeException.ThrowIfLessThan(source.Width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(source.Height, 1);
        forms = [];
        if (width < MinSide || height < MinSide)
            return default;
        Span<float> blocks = stackalloc float[MirroredForms * PdqTransform.BlockSide * PdqTransform.BlockSide];
        ReduceForms(new RgbLumaRows(rgb, width), width, height, source, blocks);
        Span<PdqHash> straight = stackalloc PdqHash[MirroredForms];
        Span<PdqHash> transposed = stackalloc PdqHash[MirroredForms];
        Span<float> coefficients = stackalloc float[PdqTransform.CoefficientCount];
        var quality = PdqTransform.Quality(Block(blocks, 0));
        for (var form = 0; form < MirroredForms; form++)
        {
            PdqTransform.Dct(Block(blocks, form), coefficients);
            straight[form] = PdqTransform.ToBits(coefficients);
            if (quality < PdqFingerprint.MinMatchQuality)
                return new PdqFingerprint(straight[0], quality);
            transposed[form] = PdqDihedral.Transposed(coefficients);
        }
        forms = [transposed[1], straight[3], transposed[2], straight[2], straight[1], transposed[0], transposed[3]];
        return new PdqFingerprint(straight[0], quality);
    }

    private static void ReduceForms(RgbLumaRows rows, int width, int height, SampledFrom source, Span<float> blocks)
    {
        if (!IsBlock(width, height))
        {
            PdqReduction.ReduceForms(rows, width, height, source, blocks);
            return;
        }
        for (var y = 0; y < height; y++)
        {
            rows.Fill(y, Block(blocks, 0).Slice(y * width, width));
            for (var form = 1; form < MirroredForms; form++)
            {
                var row = Block(blocks, form).Slice(((form & 2) == 0 ? y : height - 1 - y) * width, width);
                rows.Fill(y, row);
                if ((form & 1) != 0)
                    row.Reverse();
            }
        }
    }

    private static Span<float> Block(Span<float> blocks, int form)
    {
        const int Length = PdqTransform.BlockSide * PdqTransform.BlockSide;
        return blocks.Slice(form * Length, Length);
    }

    private static bool IsBlock(int width, int height) => width == PdqTransform.BlockSide && height == PdqTransform.BlockSide;

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
        if (!filterAlways && IsBlock(width, height))
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
