using System.Buffers;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>
/// An upright picture as the hasher wants it: 8-bit sRGB on white, and brought to 512x512 where a side was longer. With its mirrored forms it holds four
/// planes: sampling takes other pixels of a mirrored picture, so each is sampled by itself. Its buffer is rented; dispose of it.
/// </summary>
/// <param name="width">Width of the upright picture in pixels.</param>
/// <param name="height">Its height.</param>
/// <param name="planes">1, or <see cref="PdqHasher.FormPlanes"/> with the mirrored forms.</param>
internal sealed class DecodedPicture(int width, int height, int planes = 1) : IDisposable
{
    private byte[]? _rgb = ArrayPool<byte>.Shared.Rent(SampleSide(width, width, height) * SampleSide(height, width, height) * 3 * planes);

    /// <summary>Width of the upright picture in pixels.</summary>
    public int Width { get; } = width;

    /// <summary>Height of the upright picture in pixels.</summary>
    public int Height { get; } = height;

    /// <summary>Planes: bit 0 of a plane's number stands for left and right changed, bit 1 for top and bottom.</summary>
    public int Planes { get; } = planes;

    /// <summary>Width of <see cref="Rgb"/>.</summary>
    public int SampleWidth { get; } = SampleSide(width, width, height);

    /// <summary>Height of <see cref="Rgb"/>.</summary>
    public int SampleHeight { get; } = SampleSide(height, width, height);

    /// <summary>The picture as it is: interleaved bytes, 3 a pixel, rows without padding.</summary>
    public Span<byte> Rgb => Plane(0);

    /// <summary>Sampled frames of an animated picture after the first, those that may be matched and differ from the one before.</summary>
    public IReadOnlyList<PictureFrame> Frames { get; set; } = [];

    private Span<byte> All => (_rgb ?? throw new ObjectDisposedException(nameof(DecodedPicture))).AsSpan(0, SampleWidth * SampleHeight * 3 * Planes);

    /// <summary>One plane, as <see cref="Rgb"/>.</summary>
    public Span<byte> Plane(int plane) => All.Slice(plane * SampleWidth * SampleHeight * 3, SampleWidth * SampleHeight * 3);

    /// <summary>
    /// The index in a source of <paramref name="length"/> pixels a side (the picture's own, or less where it was decoded shrunk) that a sample is taken
    /// from, of the picture mirrored along that side or not.
    /// </summary>
    public int SourceIndex(int sample, int length, bool mirrored)
    {
        var index = NearestSampling.IsNeeded(Width, Height) ? NearestSampling.SourceIndex(sample, length) : sample;
        return mirrored ? length - 1 - index : index;
    }

    /// <summary>The perceptual hash.</summary>
    public PdqFingerprint Hash() => PdqHasher.HashRgb(Rgb, SampleWidth, SampleHeight);

    /// <summary>The perceptual hash, and those of its turned and mirrored forms where there are planes for them.</summary>
    public PdqFingerprint Hash(out IReadOnlyList<PdqHash> forms)
    {
        if (Planes == PdqHasher.FormPlanes)
            return PdqHasher.HashForms(All, SampleWidth, SampleHeight, out forms);
        forms = [];
        return Hash();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rgb, null) is { } rented)
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
    }

    private static int SampleSide(int side, int width, int height) => NearestSampling.IsNeeded(width, height) ? NearestSampling.MaxSide : side;
}
