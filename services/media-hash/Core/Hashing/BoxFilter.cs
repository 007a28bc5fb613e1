using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Moderation.MediaHash.Hashing;

/// <summary>
/// A one-dimensional box filter over 16 lines side by side: element k of line n lies at <c>source[k * stride + n]</c>. Each line keeps a
/// running sum in float and divides it by the part of the window that is inside the line, in the order of the reference, so the lanes'
/// results are the reference's to the bit. Down columns the lines are 16 neighbouring columns; along rows the caller transposes first.
/// </summary>
internal static unsafe class BoxFilter
{
    /// <summary>Lines filtered at once.</summary>
    public const int Lines = 16;

    /// <summary>The window for a side of <paramref name="length"/>: half of a 64th, rounded up, because two passes follow each other.</summary>
    public static int WindowFor(int length) => (length + 127) / 128;

    /// <summary>Writes every element of the filtered lines.</summary>
    public static void Run(float* source, nint stride, float* target, nint targetStride, int length, int window)
    {
        var half = (window + 2) / 2;
        var left = source;
        var right = source;
        var sum = Vector512<float>.Zero;
        var size = 0;
        for (; size < half - 1; size++, right += stride)
            sum += Vector512.Load(right);
        while (size < window)
        {
            sum += Vector512.Load(right);
            size++;
            (sum / Vector512.Create((float)size)).Store(target);
            right += stride;
            target += targetStride;
        }
        target = RunFullWindow(left, right, stride, target, targetStride, length - window, sum, window, out sum);
        left += (length - window) * stride;
        for (var i = 1; i < half; i++)
        {
            sum -= Vector512.Load(left);
            size--;
            (sum / Vector512.Create((float)size)).Store(target);
            left += stride;
            target += targetStride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* RunFullWindow(
        float* left, float* right, nint stride, float* target, nint targetStride, int count, Vector512<float> sum, int window,
        out Vector512<float> sumAfter)
    {
        if ((window & (window - 1)) == 0)
        {
            // A power of two has an exact reciprocal: the product is the quotient to the bit (but for subnormals, which brightness has none of).
            var reciprocal = Vector512.Create(1f / window);
            for (var i = 0; i < count; i++)
            {
                sum += Vector512.Load(right);
                sum -= Vector512.Load(left);
                (sum * reciprocal).Store(target);
                left += stride;
                right += stride;
                target += targetStride;
            }
        }
        else
        {
            var divisor = Vector512.Create((float)window);
            for (var i = 0; i < count; i++)
            {
                sum += Vector512.Load(right);
                sum -= Vector512.Load(left);
                (sum / divisor).Store(target);
                left += stride;
                right += stride;
                target += targetStride;
            }
        }
        sumAfter = sum;
        return target;
    }

    /// <summary>
    /// Writes only the elements at <paramref name="picks"/> (ascending, repeats allowed), one after the other: the sums are the same, the
    /// divisions that nobody reads are saved.
    /// </summary>
    public static void RunPicked(
        float* source, nint stride, float* target, nint targetStride, int length, int window, ReadOnlySpan<int> picks)
    {
        var half = (window + 2) / 2;
        var left = source;
        var right = source;
        var end = source + length * stride;
        var sum = Vector512<float>.Zero;
        var size = 0;
        for (; size < half - 1; size++, right += stride)
            sum += Vector512.Load(right);

        // Output p needs the elements up to p + half - 1 added and those before p + half - window taken away, one step an output.
        var position = 0;
        foreach (var pick in picks)
        {
            while (position <= pick)
            {
                if (right < end)
                {
                    sum += Vector512.Load(right);
                    right += stride;
                    size++;
                }
                if (position + half > window)
                {
                    sum -= Vector512.Load(left);
                    left += stride;
                    size--;
                }
                position++;
            }
            (sum / Vector512.Create((float)size)).Store(target);
            target += targetStride;
        }
    }
}
