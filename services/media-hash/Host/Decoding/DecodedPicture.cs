using System.Buffers;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>
/// An upright picture as the hasher wants it: 8-bit sRGB on white, and brought to 512x512 where a side was longer. Its buffer is rented; dispose of it.
/// </summary>
/// <param name="width">Width of the upright picture in pixels.</param>
/// <param name="height">Its height.</param>
/// <param name="decoded">The upright size that it was decoded to, where that was shrunk.</param>
/// <param name="withForms">Whether its turned and mirrored forms are hashed as well.</param>
internal sealed class DecodedPicture(int width, int height, SampledFrom decoded, bool withForms) : IDisposable
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

    /// <summary>Sampled frames of an animated picture after the first, those that may be matched and differ from the one before.</summary>
    public IReadOnlyList<PictureFrame> Frames { get; set; } = [];

    /// <summary>The column of the decoded upright picture that a sample is taken from.</summary>
    public int SourceColumn(int sample) => SourceIndex(sample, decoded.Width);

    /// <summary>The row of the decoded upright picture that a sample is taken from.</summary>
    public int SourceRow(int sample) => SourceIndex(sample, decoded.Height);

    /// <summary>The perceptual hash.</summary>
    public PdqFingerprint Hash() => PdqHasher.HashRgb(Rgb, SampleWidth, SampleHeight);

    /// <summary>The perceptual hash, and those of its turned and mirrored forms where they are asked for.</summary>
    public PdqFingerprint Hash(out IReadOnlyList<PdqHash> forms)
    {
        if (withForms)
            return PdqHasher.HashForms(Rgb, SampleWidth, SampleHeight, decoded, out forms);
        forms = [];
        return Hash();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rgb, null) is { } rented)
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
    }

    private int SourceIndex(int sample, int length) => NearestSampling.IsNeeded(Width, Height) ? NearestSampling.SourceIndex(sample, length) : sample;

    private static int SampleSide(int side, int width, int height) => NearestSampling.IsNeeded(width, height) ? NearestSampling.MaxSide : side;
}
