using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Moderation.MediaHash.Hashing;

/// <summary>
/// From the 64x64 reduction to bits: quality, DCT, median, thresholds. Every sum is taken in the reference's order, in float and without
/// fused multiply-add, so that the bits agree with it; vectors only ever run independent sums side by side.
/// </summary>
internal static class PdqTransform
{
    public const int BlockSide = 64;
    public const int CoefficientSide = 16;
    public const int CoefficientCount = CoefficientSide * CoefficientSide;

    private static readonly float[] DctRows = CreateDctRows();
    private static readonly float[] DctColumns = Transpose(DctRows, CoefficientSide, BlockSide);

    /// <summary>Rows 1 to 16 of the 64-point DCT-II: sqrt(2/64) * cos(pi/128 * (i + 1) * (2 j + 1)).</summary>
    private static float[] CreateDctRows()
    {
        var rows = new float[CoefficientSide * BlockSide];
        var scale = (float)Math.Sqrt(2.0 / BlockSide);
        for (var i = 0; i < CoefficientSide; i++)
        {
            for (var j = 0; j < BlockSide; j++)
                rows[i * BlockSide + j] = (float)(scale * Math.Cos(Math.PI / 2.0 / BlockSide * (i + 1) * (2 * j + 1)));
        }
        return rows;
    }

    private static float[] Transpose(float[] matrix, int rows, int columns)
    {
        var result = new float[matrix.Length];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                result[j * rows + i] = matrix[i * columns + j];
        }
        return result;
    }

    /// <summary>0 to 100: the summed gradients of neighbours, each cut to whole per cents of 255, divided by 90.</summary>
    public static int Quality(ReadOnlySpan<float> block)
    {
        var sum = 0;
        for (var i = 0; i < BlockSide; i++)
        {
            var row = block.Slice(i * BlockSide, BlockSide);
            if (i + 1 < BlockSide)
                sum += GradientSum(row, block.Slice((i + 1) * BlockSide, BlockSide));
            sum += GradientSum(row[..^1], row[1..]);
        }
        return Math.Min(100, sum / 90);
    }

    private static int GradientSum(ReadOnlySpan<float> us, ReadOnlySpan<float> vs)
    {
        var sums = Vector256<int>.Zero;
        var hundred = Vector256.Create(100f);
        var white = Vector256.Create(255f);
        var i = 0;
        for (; i <= us.Length - 8; i += 8)
        {
            var difference = Vector256.Create(us.Slice(i, 8)) - Vector256.Create(vs.Slice(i, 8));
            sums += Vector256.Abs(Vector256.ConvertToInt32(difference * hundred / white));
        }
        var sum = Vector256.Sum(sums);
        for (; i < us.Length; i++)
            sum += Math.Abs((int)((us[i] - vs[i]) * 100f / 255f));
        return sum;
    }

    /// <summary>The 16x16 low-frequency coefficients without the constant ones: D A D^T, in two products.</summary>
    [SkipLocalsInit]
    public static void Dct(ReadOnlySpan<float> block, Span<float> coefficients)
    {
        Span<float> half = stackalloc float[CoefficientSide * BlockSide];
        ref var source = ref MemoryMarshal.GetReference(block);
        ref var middle = ref MemoryMarshal.GetReference(half);
        for (var i = 0; i < CoefficientSide; i++)
        {
            for (var j = 0; j < BlockSide; j += 32)
            {
                Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
                for (var k = 0; k < BlockSide; k++)
                {
                    var d = Vector256.Create(DctRows[i * BlockSide + k]);
                    var at = (nuint)(k * BlockSide + j);
                    s0 += d * Vector256.LoadUnsafe(ref source, at);
                    s1 += d * Vector256.LoadUnsafe(ref source, at + 8);
                    s2 += d * Vector256.LoadUnsafe(ref source, at + 16);
                    s3 += d * Vector256.LoadUnsafe(ref source, at + 24);
                }
                var to = (nuint)(i * BlockSide + j);
                s0.StoreUnsafe(ref middle, to);
                s1.StoreUnsafe(ref middle, to + 8);
                s2.StoreUnsafe(ref middle, to + 16);
                s3.StoreUnsafe(ref middle, to + 24);
            }
        }
        ref var columns = ref MemoryMarshal.GetArrayDataReference(DctColumns);
        ref var target = ref MemoryMarshal.GetReference(coefficients);
        for (var i = 0; i < CoefficientSide; i += 2)
        {
            Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default;
            for (var k = 0; k < BlockSide; k++)
            {
                var d0 = Vector256.LoadUnsafe(ref columns, (nuint)(k * CoefficientSide));
                var d1 = Vector256.LoadUnsafe(ref columns, (nuint)(k * CoefficientSide + 8));
                var a = Vector256.Create(half[i * BlockSide + k]);
                var b = Vector256.Create(half[(i + 1) * BlockSide + k]);
                a0 += a * d0;
                a1 += a * d1;
                b0 += b * d0;
                b1 += b * d1;
            }
            var to = (nuint)(i * CoefficientSide);
            a0.StoreUnsafe(ref target, to);
            a1.StoreUnsafe(ref target, to + 8);
            b0.StoreUnsafe(ref target, to + 16);
            b1.StoreUnsafe(ref target, to + 24);
        }
    }

    /// <summary>One bit a coefficient: above the lower median or not.</summary>
    [SkipLocalsInit]
    public static PdqHash ToBits(ReadOnlySpan<float> coefficients)
    {
        Span<float> sorted = stackalloc float[CoefficientCount];
        coefficients.CopyTo(sorted);
        sorted.Sort();
        var median = sorted[CoefficientCount / 2 - 1];
        Span<ulong> words = stackalloc ulong[4];
        for (var w = 0; w < 4; w++)
        {
            var word = 0UL;
            for (var b = 0; b < 64; b++)
            {
                if (coefficients[w * 64 + b] > median)
                    word |= 1UL << b;
            }
            words[w] = word;
        }
        return new PdqHash(words[0], words[1], words[2], words[3]);
    }
}
