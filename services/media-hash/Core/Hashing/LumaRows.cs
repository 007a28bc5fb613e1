using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Moderation.MediaHash.Hashing;

/// <summary>Where the rows of brightness come from.</summary>
internal interface ILumaRows
{
    /// <summary>Writes row <paramref name="y"/> to <paramref name="row"/>, which is one picture width long.</summary>
    void Fill(int y, scoped Span<float> row);
}

/// <summary>Rows that are brightness already.</summary>
internal readonly ref struct FloatLumaRows(ReadOnlySpan<float> luma, int width) : ILumaRows
{
    private readonly ReadOnlySpan<float> _luma = luma;

    public void Fill(int y, scoped Span<float> row) => _luma.Slice(y * width, width).CopyTo(row);
}

/// <summary>Rows of interleaved RGB bytes, turned into 0.299 R + 0.587 G + 0.114 B in float, summed (R + G) + B.</summary>
internal readonly ref struct RgbLumaRows(ReadOnlySpan<byte> rgb, int width) : ILumaRows
{
    private const float Red = 0.299f;
    private const float Green = 0.587f;
    private const float Blue = 0.114f;

    private readonly ReadOnlySpan<byte> _rgb = rgb;

    public void Fill(int y, scoped Span<float> row)
    {
        var source = _rgb.Slice(y * width * 3, width * 3);
        var x = 0;
        if (Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian)
        {
            // A load takes 16 bytes and uses 12: the last pixels of the row are left to the loop below.
            ref var bytes = ref MemoryMarshal.GetReference(source);
            ref var target = ref MemoryMarshal.GetReference(row);
            for (; x + 6 <= width; x += 4)
            {
                var pixels = Vector128.LoadUnsafe(ref bytes, (nuint)(x * 3));
                FourPixels(pixels).StoreUnsafe(ref target, (nuint)x);
            }
        }
        for (; x < width; x++)
        {
            var at = x * 3;
            row[x] = Red * source[at] + Green * source[at + 1] + Blue * source[at + 2];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> FourPixels(Vector128<byte> pixels)
    {
        // Index 255 is outside the vector and gives zero: each byte is widened to 32 bits by the shuffle itself.
        var r = Vector128.Shuffle(pixels, Vector128.Create((byte)0, 255, 255, 255, 3, 255, 255, 255, 6, 255, 255, 255, 9, 255, 255, 255));
        var g = Vector128.Shuffle(pixels, Vector128.Create((byte)1, 255, 255, 255, 4, 255, 255, 255, 7, 255, 255, 255, 10, 255, 255, 255));
        var b = Vector128.Shuffle(pixels, Vector128.Create((byte)2, 255, 255, 255, 5, 255, 255, 255, 8, 255, 255, 255, 11, 255, 255, 255));
        return Vector128.ConvertToSingle(r.AsInt32()) * Red
            + Vector128.ConvertToSingle(g.AsInt32()) * Green
            + Vector128.ConvertToSingle(b.AsInt32()) * Blue;
    }
}
