using System.Buffers;
using System.Globalization;
using System.Text;

namespace Moderation.MediaHash.Host.Video;

/// <summary>Reads pictures in the PPM format, one behind the other: "P6 width height 255" on three lines, then 3 bytes a pixel.</summary>
internal sealed class FrameReader(Stream stream, int maxPixels) : IDisposable
{
    private const int MaxHeaderBytes = 64;

    private byte[] _rgb = [];

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>The pixels of the current frame; the next one overwrites them.</summary>
    public ReadOnlySpan<byte> Rgb => _rgb.AsSpan(0, Width * Height * 3);

    /// <summary>False at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">The stream is not what a decoder of ours writes, or breaks off inside a frame.</exception>
    public async Task<bool> TryReadAsync(CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(isFirst: true, cancellationToken) is not { } magic)
            return false;
        var size = (await ReadLineAsync(isFirst: false, cancellationToken))?.Split(' ') ?? [];
        var depth = await ReadLineAsync(isFirst: false, cancellationToken);
        if (magic != "P6" || depth != "255" || size.Length != 2
            || !int.TryParse(size[0], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            || !int.TryParse(size[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            || width == 0 || height == 0 || (long)width * height > maxPixels)
        {
            throw new InvalidDataException("A frame does not begin as a picture of the agreed size.");
        }
        (Width, Height) = (width, height);
        var length = width * height * 3;
        if (_rgb.Length < length)
        {
            Dispose();
            _rgb = ArrayPool<byte>.Shared.Rent(length);
        }
        try
        {
            await stream.ReadExactlyAsync(_rgb.AsMemory(0, length), cancellationToken);
        }
        catch (EndOfStreamException broken)
        {
            throw new InvalidDataException("A frame breaks off.", broken);
        }
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_rgb.Length > 0)
            ArrayPool<byte>.Shared.Return(_rgb, clearArray: true);
        _rgb = [];
    }

    private async Task<string?> ReadLineAsync(bool isFirst, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < MaxHeaderBytes)
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
                return isFirst && line.Length == 0 ? null : throw new InvalidDataException("A frame's heading breaks off.");
            if (one[0] == '\n')
                return line.ToString();
            line.Append((char)one[0]);
        }
        throw new InvalidDataException("A frame's heading has no end.");
    }
}
