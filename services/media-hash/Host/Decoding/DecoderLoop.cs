using System.Buffers.Binary;
using System.Globalization;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>
/// What a decoder process does: reads a picture from its standard input, answers its hashes on its standard output, and so on until the input ends. It has
/// no configuration, no network and no secret; what a hostile picture does to the decoder, it does to this process.
/// </summary>
internal static class DecoderLoop
{
    /// <summary>The first argument of such a process; its limits follow.</summary>
    public const string Argument = "decode-pictures";

    /// <summary>The arguments of a process with these limits.</summary>
    public static IEnumerable<string> ArgumentsOf(DecodingOptions options) =>
    [
        Argument, options.MaxBytes.ToString(CultureInfo.InvariantCulture), options.MaxPixels.ToString(CultureInfo.InvariantCulture),
        options.MaxSide.ToString(CultureInfo.InvariantCulture), options.MaxFrames.ToString(CultureInfo.InvariantCulture),
        options.MaxFramePixels.ToString(CultureInfo.InvariantCulture), options.SampledFrames.ToString(CultureInfo.InvariantCulture),
        options.MatchForms.ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>Runs until the input ends.</summary>
    public static void Run(string[] limits, Stream input, Stream output)
    {
        var options = new DecodingOptions
        {
            MaxBytes = int.Parse(limits[0], CultureInfo.InvariantCulture),
            MaxPixels = long.Parse(limits[1], CultureInfo.InvariantCulture),
            MaxSide = int.Parse(limits[2], CultureInfo.InvariantCulture),
            MaxFrames = int.Parse(limits[3], CultureInfo.InvariantCulture),
            MaxFramePixels = long.Parse(limits[4], CultureInfo.InvariantCulture),
            SampledFrames = int.Parse(limits[5], CultureInfo.InvariantCulture),
            MatchForms = bool.Parse(limits[6]),
        };
        var decoder = new PictureDecoder(options);
        var length = new byte[sizeof(int)];
        var bytes = Array.Empty<byte>();
        while (input.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) == length.Length)
        {
            var count = BinaryPrimitives.ReadInt32LittleEndian(length);
            if (count < 0 || count > options.MaxBytes)
                return;
            if (bytes.Length < count)
                bytes = new byte[count];
            input.ReadExactly(bytes, 0, count);
            var answer = Answer(decoder, bytes.AsSpan(0, count));
            bytes.AsSpan(0, count).Clear();
            BinaryPrimitives.WriteInt32LittleEndian(length, answer.Length);
            output.Write([.. length, .. answer]);
            output.Flush();
        }
    }

    private static byte[] Answer(PictureDecoder decoder, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return HashedPicture.Of(decoder, bytes).ToAnswer();
        }
        catch (MediaRejectedException rejected)
        {
            return HashedPicture.ToAnswer(rejected);
        }
    }
}
