using System.Buffers;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>
/// An upright picture as the hasher wants it: 8-bit sRGB on white, and brought to 512x512 where a side was longer. Its buffer is rented;
/// dispose of it.
/// </summary>
internal sealed class DecodedPicture(int width, int height) : IDisposable
{
    private byte[]? _rgb = ArrayPool<byte>.Shared.Rent(SampleSide(width, width, height) * SampleSide(height, width, height) * 3);

    /// <summary>Width of the upright picture in pixels.</summary>
    public int Width { get; } = width;

    /// <summary>Height of the upright picture in pixels.</summary>
    public int Height { get; } = height;

    /// <summary>Width of <see cref="Rgb"/>.</summary>
    public int SampleWidth { get; } = SampleSide(width, width, height);

    /// <summary>Height of <see cref="Rgb"/>.</summary>
    public int SampleHeight { get; } = SampleSide(height, width, height);

    /// <summary>Interleaved bytes, 3 a pixel, rows without padding.</summary>
    public Span<byte> Rgb => (_rgb ?? throw new ObjectDisposedException(nameof(DecodedPicture))).AsSpan(0, SampleWidth * SampleHeight * 3);

    /// <summary>The perceptual hash.</summary>
    public PdqFingerprint Hash() => PdqHasher.HashRgb(Rgb, SampleWidth, SampleHeight);

    /// <summary>The perceptual hash, and those of its turned and mirrored forms.</summary>
    public PdqFingerprint Hash(out IReadOnlyList<PdqHash> forms) => PdqHasher.HashRgb(Rgb, SampleWidth, SampleHeight, out forms);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rgb, null) is { } rented)
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
    }

    private static int SampleSide(int side, int width, int height) => NearestSampling.IsNeeded(width, height) ? NearestSampling.MaxSide : side;
}
