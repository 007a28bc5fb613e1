using System.Globalization;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;
using NetVips;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>
/// Decodes untrusted pictures with libvips: limits first, then the header, then rows. JPEG (shrunk where that is enough), PNG, WebP and GIF (first and
/// sampled frames); every other loader is blocked in the library itself. BMP is read without it.
/// </summary>
internal sealed class PictureDecoder(DecodingOptions options)
{
    private static readonly string[] AllowedLoaders =
        ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadNsgif"];

    private static readonly double[] White = [255];

    private const int MaxShrink = 4;

    /// <summary>Most rows of an image in the library, VIPS_MAX_COORD; frames lie one under the other.</summary>
    private const int MaxRows = 10_000_000 - 1;

    // The library writes each damaged file to stderr; what is wrong with it comes with the exception.
    private static readonly Log.LogDelegate Quiet = (_, _, _) => { };

    static PictureDecoder()
    {
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning | Enums.LogLevelFlags.Message | Enums.LogLevelFlags.Info, Quiet);
        Operation.Block("VipsForeignLoad", true);
        foreach (var loader in AllowedLoaders)
            Operation.Block(loader, false);

        // Pictures are seen once: a cache of operations would only keep bytes that we promise to drop. Parallelism is across pictures.
        Cache.Max = 0;
        NetVips.NetVips.Concurrency = 1;
    }

    /// <summary>Decodes, turns upright, converts to sRGB on white and samples.</summary>
    /// <exception cref="MediaRejectedException">The bytes are not a picture we take.</exception>
    public DecodedPicture Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            throw new MediaRejectedException(RejectionDetail.Empty, "No bytes were sent.");
        if (bytes.Length > options.MaxBytes)
            throw new MediaRejectedException(RejectionDetail.TooLarge, $"{bytes.Length} bytes; at most {options.MaxBytes} are taken.");
        var format = PictureFormats.Sniff(bytes);
        if (format == PictureFormat.Unknown)
            throw new MediaRejectedException(RejectionDetail.UnsupportedFormat, "Neither a picture (JPEG, PNG, WebP, GIF, BMP) nor a video that is taken.");
        if (format == PictureFormat.Bmp)
            return BitmapFile.Decode(bytes, CheckSize, options.MatchForms);
        if (format == PictureFormat.Gif && !GifFile.IsWhole(bytes))
            throw new MediaRejectedException(RejectionDetail.Truncated, "The GIF ends before its last block does.");
        try
        {
            using var header = Image.NewFromBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated);
            CheckSize(header.Width, header.Height);
            var frames = format == PictureFormat.Gif ? CheckFrames(header) : 1;
            if (frames > 1)
                return SampleFrames(bytes, header, frames);
            var shrink = format == PictureFormat.Jpeg ? ShrinkFor(header.Width, header.Height) : 1;
            if (shrink == 1)
                return Sample(header, header.Width, header.Height);
            using var shrunk = Image.NewFromBuffer(
                bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated, kwargs: new VOption { { "shrink", shrink } });
            return Sample(shrunk, header.Width, header.Height);
        }
        catch (VipsException error)
        {
            var detail = PictureFormats.LacksEnd(format, bytes) || SaysTruncated(error.Message) ? RejectionDetail.Truncated : RejectionDetail.Corrupt;
            var problem = detail == RejectionDetail.Truncated ? "ends before its picture does" : "is damaged: libvips could not decode it";
            throw new MediaRejectedException(detail, $"The {format.ToString().ToUpperInvariant()} file {problem}.", error);
        }
    }

    private void CheckSize(int width, int height)
    {
        if (width > options.MaxSide || height > options.MaxSide || (long)width * height > options.MaxPixels)
        {
            throw new MediaRejectedException(
                RejectionDetail.TooManyPixels,
                $"{width}x{height} pixels; at most {options.MaxSide} a side and {options.MaxPixels} in all are taken.");
        }
    }

    // Before any frame is decoded: the library reads the frames' places and times with the header.
    private int CheckFrames(Image header)
    {
        var frames = header.Contains("n-pages") ? Convert.ToInt32(header.Get("n-pages"), CultureInfo.InvariantCulture) : 1;
        if (frames > options.MaxFrames)
            throw new MediaRejectedException(RejectionDetail.TooLong, $"{frames} frames; at most {options.MaxFrames} are taken.");
        if ((long)frames * header.Width * header.Height > options.MaxFramePixels || (long)frames * header.Height > MaxRows)
        {
            throw new MediaRejectedException(
                RejectionDetail.TooManyPixels, $"{frames} frames of {header.Width}x{header.Height}; at most {options.MaxFramePixels} pixels in all frames are taken.");
        }
        return frames;
    }

    // The decoder's own averaging of 2 or 4 pixels a side, as long as no side falls below what is sampled from it. By 8 a picture of blocks and noise comes
    // out up to 16 bits from where a whole decode puts it, more than the 10 that decoders may differ by.
    private static int ShrinkFor(int width, int height)
    {
        var shrink = MaxShrink;
        while (shrink > 1 && Math.Min(width, height) / shrink < NearestSampling.MaxSide)
            shrink /= 2;
        return shrink;
    }

    private DecodedPicture Sample(Image stored, int width, int height)
    {
        var orientation = Orientation.FromExif(ReadOrientation(stored));
        using var rgb = ToRgb(stored);
        var picture = orientation.Transposed
            ? new DecodedPicture(height, width, new SampledFrom(rgb.Height, rgb.Width), options.MatchForms)
            : new DecodedPicture(width, height, new SampledFrom(rgb.Width, rgb.Height), options.MatchForms);
        try
        {
            using var region = Region.New(rgb);
            RowSampler.Sample(region, new StoredPicture(0, rgb.Width, rgb.Height), orientation, picture);
            return picture;
        }
        catch (VipsException)
        {
            picture.Dispose();
            throw;
        }
    }

    // The library puts the frames one under the other, each as it is shown: drawn over what the frames before it left.
    private DecodedPicture SampleFrames(ReadOnlySpan<byte> bytes, Image header, int frames)
    {
        using var all = Image.NewFromBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated, kwargs: new VOption { { "n", -1 } });
        using var rgb = ToRgb(all);
        using var region = Region.New(rgb);
        var delays = all.Contains("delay") && all.Get("delay") is int[] known ? known : [];
        var first = Frame(header);
        try
        {
            RowSampler.Sample(region, new StoredPicture(0, header.Width, header.Height), default, first);
            first.Frames = HashFrames(region, header, frames, delays, first.Hash().Hash);
            return first;
        }
        catch (VipsException)
        {
            first.Dispose();
            throw;
        }
    }

    private List<PictureFrame> HashFrames(Region region, Image header, int frames, int[] delays, PdqHash before)
    {
        var hashed = new List<PictureFrame>();
        var samples = Math.Min(options.SampledFrames, frames) - 1;
        for (var i = 1; i <= samples; i++)
        {
            var number = (int)((long)i * (frames - 1) / samples);
            using var frame = Frame(header);
            RowSampler.Sample(region, new StoredPicture(number * header.Height, header.Width, header.Height), default, frame);
            var pdq = frame.Hash(out var forms);
            if (pdq.Hash != before && pdq.IsMatchable)
                hashed.Add(new PictureFrame(number, TimeSpan.FromMilliseconds(delays.Take(number).Sum(delay => (long)Math.Max(0, delay))), pdq, forms));
            before = pdq.Hash;
        }
        return hashed;
    }

    private DecodedPicture Frame(Image header) => new(header.Width, header.Height, new SampledFrom(header.Width, header.Height), options.MatchForms);

    private static Image ToRgb(Image stored)
    {
        using var colour = ToSrgb(stored);
        using var opaque = colour.HasAlpha() ? colour.Flatten(background: White) : colour.Copy();
        return opaque.Format == Enums.BandFormat.Uchar ? opaque.Copy() : opaque.Cast(Enums.BandFormat.Uchar);
    }

    // Inks are multiplied without a colour profile, as the tools do that hash lists are made with: a profile moves the hash by 12 bits.
    private static Image ToSrgb(Image stored)
    {
        if (stored.Interpretation != Enums.Interpretation.Cmyk || stored.Bands < 4)
            return stored.Colourspace(Enums.Interpretation.Srgb);
        using var light = stored.Invert();
        using var inks = light.ExtractBand(0, n: 3);
        using var black = light.ExtractBand(3);
        using var product = inks * black;
        using var scaled = product / 255.0;
        using var bytes = scaled.Cast(Enums.BandFormat.Uchar);
        return bytes.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    private static int ReadOrientation(Image image) =>
        image.Contains("orientation") ? Convert.ToInt32(image.Get("orientation"), CultureInfo.InvariantCulture) : 1;

    private static bool SaysTruncated(string message) =>
        message.Contains("premature end", StringComparison.OrdinalIgnoreCase)
        || message.Contains("truncated", StringComparison.OrdinalIgnoreCase)
        || message.Contains("unexpected end", StringComparison.OrdinalIgnoreCase)
        || message.Contains("EOF", StringComparison.Ordinal);
}
