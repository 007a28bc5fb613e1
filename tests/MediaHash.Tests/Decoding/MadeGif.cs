using System.Buffers.Binary;

namespace Moderation.MediaHash.Tests.Decoding;

/// <summary>How a frame leaves the picture, as GIF counts it.</summary>
internal enum GifDisposal
{
    Keep = 1,
    Clear = 2,
    Previous = 3,
}

/// <summary>A frame: palette indexes of a part of the picture.</summary>
/// <param name="Indexes">Row by row.</param>
/// <param name="Left">Where it begins.</param>
/// <param name="Top">Where it begins.</param>
/// <param name="Width">Its width.</param>
/// <param name="Delay">How long it is shown, in hundredths of a second.</param>
/// <param name="Disposal">What becomes of it.</param>
/// <param name="Transparent">The index that lets what is there show through; -1: none.</param>
internal sealed record GifFrame(byte[] Indexes, int Left, int Top, int Width, int Delay = 10, GifDisposal Disposal = GifDisposal.Keep, int Transparent = -1);

/// <summary>Animated GIFs written by hand, and what each frame of them shows, worked out one pixel at a time.</summary>
internal static class MadeGif
{
    // The dictionary of LZW is cleared before a code would need more bits.
    private const int CodesBetweenClears = 250;
    private const int CodeBits = 9;
    private const int ClearCode = 256;

    /// <summary>The file; colour i of its palette is grey of brightness i.</summary>
    public static byte[] Write(int width, int height, params IEnumerable<GifFrame> frames)
    {
        var file = new MemoryStream();
        file.Write("GIF89a"u8);
        WriteShort(file, width);
        WriteShort(file, height);
        file.Write([0xF7, 0, 0]); // 256 colours, background 0
        for (var i = 0; i < 256; i++)
            file.Write([(byte)i, (byte)i, (byte)i]);
        file.Write([0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0]);
        foreach (var frame in frames)
        {
            file.Write([0x21, 0xF9, 4, (byte)((int)frame.Disposal << 2 | (frame.Transparent >= 0 ? 1 : 0))]);
            WriteShort(file, frame.Delay);
            file.Write([(byte)Math.Max(0, frame.Transparent), 0, 0x2C]);
            WriteShort(file, frame.Left);
            WriteShort(file, frame.Top);
            WriteShort(file, frame.Width);
            WriteShort(file, frame.Indexes.Length / frame.Width);
            file.Write([0, 8]);
            foreach (var block in Pack(frame.Indexes).Chunk(255))
                file.Write([(byte)block.Length, .. block]);
            file.WriteByte(0);
        }
        file.WriteByte(0x3B);
        return file.ToArray();
    }

    /// <summary>What each frame shows, as RGB on white.</summary>
    public static IEnumerable<byte[]> Show(int width, int height, IEnumerable<GifFrame> frames)
    {
        var canvas = new int[width * height];
        Array.Fill(canvas, -1);
        foreach (var frame in frames)
        {
            int[] before = [.. canvas];
            for (var i = 0; i < frame.Indexes.Length; i++)
            {
                if (frame.Indexes[i] != frame.Transparent)
                    canvas[At(frame, i)] = frame.Indexes[i];
            }
            yield return [.. canvas.SelectMany(value => Enumerable.Repeat((byte)(value < 0 ? 255 : value), 3))];
            if (frame.Disposal == GifDisposal.Previous)
                canvas = before;
            // To the background colour, as the format says, and to nothing where the frame itself had holes, as everybody does.
            for (var i = 0; frame.Disposal == GifDisposal.Clear && i < frame.Indexes.Length; i++)
                canvas[At(frame, i)] = frame.Transparent >= 0 ? -1 : 0;
        }

        int At(GifFrame frame, int i) => (frame.Top + (i / frame.Width)) * width + frame.Left + (i % frame.Width);
    }

    private static byte[] Pack(byte[] indexes)
    {
        var packed = new List<byte>();
        var (bits, count) = (0, 0);
        for (var i = 0; i < indexes.Length; i++)
        {
            if (i % CodesBetweenClears == 0)
                Put(ClearCode);
            Put(indexes[i]);
        }
        Put(ClearCode + 1);
        if (count > 0)
            packed.Add((byte)bits);
        return [.. packed];

        void Put(int code)
        {
            bits |= code << count;
            for (count += CodeBits; count >= 8; count -= 8, bits >>= 8)
                packed.Add((byte)bits);
        }
    }

    private static void WriteShort(Stream file, int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        file.Write(bytes);
    }
}
