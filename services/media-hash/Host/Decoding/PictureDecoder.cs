using System.Globalization;
using NetVips;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>
/// Decodes untrusted pictures with libvips: limits first, then the header, then rows. JPEG, PNG, WebP and GIF (first frame); every other
/// loader is blocked in the library itself. BMP is read without it.
/// </summary>
internal sealed class PictureDecoder(DecodingOptions options)
{
    private static readonly string[] AllowedLoaders =
        ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadNsgif"];

    private static readonly double[] White = [255];

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
            throw new MediaRejectedException(RejectionDetail.UnsupportedFormat, "Neither JPEG, PNG, WebP, GIF nor BMP.");
        if (format == PictureFormat.Bmp)
            return BitmapFile.Decode(bytes, CheckSize);
        try
        {
            using var header = Image.NewFromBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated);
            CheckSize(header.Width, header.Height);
            return Sample(header);
        }
        catch (VipsException error)
        {
            var detail = PictureFormats.LacksEnd(format, bytes) || SaysTruncated(error.Message) ? RejectionDetail.Truncated : RejectionDetail.Corrupt;
            throw new MediaRejectedException(detail, $"libvips could not decode the {format} file.", error);
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

    private static DecodedPicture Sample(Image stored)
    {
        var orientation = Orientation.FromExif(ReadOrientation(stored));
        using var colour = ToSrgb(stored);
        using var opaque = colour.HasAlpha() ? colour.Flatten(background: White) : colour.Copy();
        using var rgb = opaque.Format == Enums.BandFormat.Uchar ? opaque.Copy() : opaque.Cast(Enums.BandFormat.Uchar);
        var picture = orientation.Transposed ? new DecodedPicture(rgb.Height, rgb.Width) : new DecodedPicture(rgb.Width, rgb.Height);
        try
        {
            RowSampler.Sample(rgb, orientation, picture);
            return picture;
        }
        catch (VipsException)
        {
            picture.Dispose();
            throw;
        }
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
