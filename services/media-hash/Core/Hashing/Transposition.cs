using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Moderation.MediaHash.Hashing;

/// <summary>Turns rows into columns in blocks of 16 rows, so that filters along rows can run in vector lanes.</summary>
internal static unsafe class Transposition
{
    /// <summary>
    /// Reads 16 rows of <paramref name="columns"/> floats (rounded up to 8; the padding is read) and writes element k of row n to
    /// <c>target[k * 16 + n]</c>.
    /// </summary>
    public static void RowsToLines(float* source, nint sourceStride, float* target, int columns)
    {
        for (var x = 0; x < columns; x += 8)
        {
            Block8(source + x, sourceStride, target + x * BoxFilter.Lines, BoxFilter.Lines);
            Block8(source + 8 * sourceStride + x, sourceStride, target + x * BoxFilter.Lines + 8, BoxFilter.Lines);
        }
    }

    /// <summary>The way back: writes 16 rows, with padding up to a multiple of 8 columns.</summary>
    public static void LinesToRows(float* source, float* target, nint targetStride, int columns)
    {
        for (var x = 0; x < columns; x += 8)
        {
            Block8(source + x * BoxFilter.Lines, BoxFilter.Lines, target + x, targetStride);
            Block8(source + x * BoxFilter.Lines + 8, BoxFilter.Lines, target + 8 * targetStride + x, targetStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block8(float* source, nint sourceStride, float* target, nint targetStride)
    {
        if (!Avx.IsSupported)
        {
            for (var i = 0; i < 8; i++)
            {
                for (var j = 0; j < 8; j++)
                    target[j * targetStride + i] = source[i * sourceStride + j];
            }
            return;
        }
        var r0 = Vector256.Load(source);
        var r1 = Vector256.Load(source + sourceStride);
        var r2 = Vector256.Load(source + 2 * sourceStride);
        var r3 = Vector256.Load(source + 3 * sourceStride);
        var r4 = Vector256.Load(source + 4 * sourceStride);
        var r5 = Vector256.Load(source + 5 * sourceStride);
        var r6 = Vector256.Load(source + 6 * sourceStride);
        var r7 = Vector256.Load(source + 7 * sourceStride);
        var t0 = Avx.UnpackLow(r0, r1);
        var t1 = Avx.UnpackHigh(r0, r1);
        var t2 = Avx.UnpackLow(r2, r3);
        var t3 = Avx.UnpackHigh(r2, r3);
        var t4 = Avx.UnpackLow(r4, r5);
        var t5 = Avx.UnpackHigh(r4, r5);
        var t6 = Avx.UnpackLow(r6, r7);
        var t7 = Avx.UnpackHigh(r6, r7);
        var u0 = Avx.Shuffle(t0, t2, 0x44);
        var u1 = Avx.Shuffle(t0, t2, 0xEE);
        var u2 = Avx.Shuffle(t1, t3, 0x44);
        var u3 = Avx.Shuffle(t1, t3, 0xEE);
        var u4 = Avx.Shuffle(t4, t6, 0x44);
        var u5 = Avx.Shuffle(t4, t6, 0xEE);
        var u6 = Avx.Shuffle(t5, t7, 0x44);
        var u7 = Avx.Shuffle(t5, t7, 0xEE);
        Avx.Permute2x128(u0, u4, 0x20).Store(target);
        Avx.Permute2x128(u1, u5, 0x20).Store(target + targetStride);
        Avx.Permute2x128(u2, u6, 0x20).Store(target + 2 * targetStride);
        Avx.Permute2x128(u3, u7, 0x20).Store(target + 3 * targetStride);
        Avx.Permute2x128(u0, u4, 0x31).Store(target + 4 * targetStride);
        Avx.Permute2x128(u1, u5, 0x31).Store(target + 5 * targetStride);
        Avx.Permute2x128(u2, u6, 0x31).Store(target + 6 * targetStride);
        Avx.Permute2x128(u3, u7, 0x31).Store(target + 7 * targetStride);
    }
}
