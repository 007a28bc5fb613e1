using System.Buffers;

namespace Moderation.MediaHash.Hashing;

/// <summary>
/// Reduces a picture to 64x64: a box filter along rows, columns, rows and columns, then one value of each 64th. The third pass computes
/// only the 64 columns and the fourth only the 64 rows that are kept. Buffers are rented.
/// </summary>
internal static unsafe class PdqReduction
{
    private const int Side = PdqTransform.BlockSide;
    private const int CacheLine = 64;
    private const int FloatsPerLine = CacheLine / sizeof(float);

    public static void Reduce<TRows>(TRows rows, int width, int height, Span<float> block)
        where TRows : struct, ILumaRows, allows ref struct
    {
        // One cache line of padding keeps the rows of a power-of-two width out of each other's cache sets.
        var stride = RoundUp(width) + FloatsPerLine;
        var paddedHeight = RoundUp(height);
        var band = BoxFilter.Lines * stride;
        var plane = paddedHeight * stride;
        var buffer = ArrayPool<float>.Shared.Rent(checked(3 * band + 2 * plane + paddedHeight * Side + FloatsPerLine));
        try
        {
            fixed (float* start = buffer)
            {
                var aligned = (float*)(((nuint)start + CacheLine - 1) & ~(nuint)(CacheLine - 1));
                var scratch = new Scratch(aligned, aligned + band, aligned + 2 * band, stride);
                var first = aligned + 3 * band;
                var second = first + plane;
                var narrow = second + plane;
                AlongRows(rows, width, height, scratch, first);
                var window = BoxFilter.WindowFor(height);
                for (var x = 0; x < width; x += BoxFilter.Lines)
                    BoxFilter.Run(first + x, stride, second + x, stride, height, window);
                AlongRowsPicked(second, width, height, scratch, narrow);
                Span<int> picks = stackalloc int[Side];
                FillPicks(picks, height);
                fixed (float* target = block)
                {
                    for (var x = 0; x < Side; x += BoxFilter.Lines)
                        BoxFilter.RunPicked(narrow + x, Side, target + x, Side, height, window, picks);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private static void AlongRows<TRows>(TRows rows, int width, int height, in Scratch scratch, float* target)
        where TRows : struct, ILumaRows, allows ref struct
    {
        var window = BoxFilter.WindowFor(width);
        for (var y = 0; y < height; y += BoxFilter.Lines)
        {
            // Lanes past the last row work on what the buffer held before; nobody reads them.
            var count = Math.Min(BoxFilter.Lines, height - y);
            for (var i = 0; i < count; i++)
                rows.Fill(y + i, new Span<float>(scratch.Band + i * scratch.Stride, width));
            Transposition.RowsToLines(scratch.Band, scratch.Stride, scratch.Lines, width);
            BoxFilter.Run(scratch.Lines, BoxFilter.Lines, scratch.Filtered, BoxFilter.Lines, width, window);
            Transposition.LinesToRows(scratch.Filtered, target + (nint)y * scratch.Stride, scratch.Stride, width);
        }
    }

    private static void AlongRowsPicked(float* source, int width, int height, in Scratch scratch, float* target)
    {
        Span<int> picks = stackalloc int[Side];
        FillPicks(picks, width);
        var window = BoxFilter.WindowFor(width);
        for (var y = 0; y < height; y += BoxFilter.Lines)
        {
            Transposition.RowsToLines(source + (nint)y * scratch.Stride, scratch.Stride, scratch.Lines, width);
            BoxFilter.RunPicked(scratch.Lines, BoxFilter.Lines, scratch.Filtered, BoxFilter.Lines, width, window, picks);
            Transposition.LinesToRows(scratch.Filtered, target + y * Side, Side, Side);
        }
    }

    private static void FillPicks(Span<int> picks, int length)
    {
        for (var i = 0; i < picks.Length; i++)
            picks[i] = (int)((i + 0.5) * length / Side);
    }

    private static int RoundUp(int value) => (value + FloatsPerLine - 1) & ~(FloatsPerLine - 1);

    private readonly struct Scratch(float* band, float* lines, float* filtered, int stride)
    {
        /// <summary>16 rows of brightness as they come.</summary>
        public float* Band { get; } = band;

        /// <summary>The same, transposed.</summary>
        public float* Lines { get; } = lines;

        /// <summary>Transposed and filtered.</summary>
        public float* Filtered { get; } = filtered;

        /// <summary>Floats from one row of a plane to the next.</summary>
        public int Stride { get; } = stride;
    }
}
