using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Moderation.MediaHash.Tests.Decoding;

/// <summary>PNG files written by hand, so that tests can say what no encoder would.</summary>
internal static class MadePictures
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <param name="width">Pixels a row, as the header says.</param>
    /// <param name="height">Rows, as the header says.</param>
    /// <param name="bitDepth">1, 2, 4, 8 or 16.</param>
    /// <param name="colourType">0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha.</param>
    /// <param name="rows">The unfiltered rows, without their filter bytes.</param>
    /// <param name="extra">Chunks between header and data.</param>
    public static byte[] Png(int width, int height, int bitDepth, int colourType, IEnumerable<byte[]> rows, params (string Type, byte[] Data)[] extra)
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = (byte)bitDepth;
        header[9] = (byte)colourType;
        WriteChunk(file, "IHDR", header);
        foreach (var (type, data) in extra)
            WriteChunk(file, type, data);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var row in rows)
            {
                zlib.WriteByte(0);
                zlib.Write(row);
            }
        }
        WriteChunk(file, "IDAT", packed.ToArray());
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    public static byte[] RgbPng(byte[] rgb, int width, int height, params (string Type, byte[] Data)[] extra) =>
        Png(width, height, 8, 2, rgb.Chunk(width * 3), extra);

    /// <summary>An eXIf chunk that holds nothing but the orientation.</summary>
    public static (string Type, byte[] Data) Exif(int orientation)
    {
        byte[] tiff =
        [
            (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, // big-endian, first directory at 8
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, // one entry: tag 0x112, one SHORT
            0, 0, 0, 0,
        ];
        return ("eXIf", tiff);
    }

    private static void WriteChunk(Stream file, string type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(body));
        file.Write(number);
    }
}
