using System.Buffers;
using System.Runtime.CompilerServices;

namespace Moderation.MediaHash.Hashing;

/// <summary>
/// Reduces a picture to 64x64: a box filter along rows, columns, rows and columns, then one value of each 64th. The third pass computes
/// only the columns and the fourth only the rows that are kept. Buffers are rented.
/// </summary>
internal static unsafe class PdqReduction
{
    private const int Side = PdqTransform.BlockSide;
    private const int CacheLine = 64;
    private const int FloatsPerLine = CacheLine / sizeof(float);

    public static void Reduce<TRows>(TRows rows, int width, int height, Span<float> block)
        where TRows : struct, ILumaRows, allows ref struct
    {
        Span<int> columns = stackalloc int[Side];
        Span<int> lines = stackalloc int[Side];
        FillPicks(columns, width);
        FillPicks(lines, height);
        Blur(rows, width, height, columns, lines, block);
    }

    /// <summary>
    /// Reduces a picture as <see cref="Reduce"/> does, to the bit, and with it its mirrored forms. All are read off one blurred picture: a
    /// mirrored one is the same but for the places that its values are taken from.
    /// </summary>
    /// <param name="rows">The picture.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="source">What the picture was sampled from.</param>
    /// <param name="blocks">
    /// Four blocks: the picture; mirrored left to right; mirrored top to bottom; both.
    /// </param>
    [SkipLocalsInit]
    public static void ReduceForms<TRows>(TRows rows, int width, int height, SampledFrom source, Span<float> blocks)
        where TRows : struct, ILumaRows, allows ref struct
    {
        var across = new MirroredAxis(width, source.Width, stackalloc int[MirroredAxis.PickCount], stackalloc int[MirroredAxis.PickCount]);
        var down = new MirroredAxis(height, source.Height, stackalloc int[MirroredAxis.PickCount], stackalloc int[MirroredAxis.PickCount]);
        var blurred = ArrayPool<float>.Shared.Rent(MirroredAxis.PickCount * MirroredAxis.PickCount);
        try
        {
            Blur(rows, width, height, across.Picks, down.Picks, blurred);
            for (var form = 0; form < PdqHasher.MirroredForms; form++)
                Pick(blurred, across, down, form, blocks.Slice(form * Side * Side, Side * Side));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(blurred);
        }
    }

    private static void Pick(ReadOnlySpan<float> blurred, in MirroredAxis across, in MirroredAxis down, int form, Span<float> block)
    {
        for (var y = 0; y < Side; y++)
        {
            var line = down.At(y, isMirrored: (form & 2) != 0);
            var upper = blurred.Slice(line.Index * MirroredAxis.PickCount, MirroredAxis.PickCount);
            var lower = blurred.Slice(line.Next * MirroredAxis.PickCount, MirroredAxis.PickCount);
            for (var x = 0; x < Side; x++)
            {
                var column = across.At(x, isMirrored: (form & 1) != 0);
                var above = Between(upper[column.Index], upper[column.Next], column.Share);
                var below = Between(lower[column.Index], lower[column.Next], column.Share);
                block[y * Side + x] = Between(above, below, line.Share);
            }
        }
    }

    private static float Between(float value, float next, float share) => value + share * (next - value);

    /// <summary>Writes the blurred picture's values at the columns and rows, both ascending and a multiple of 16 many, row by row.</summary>
    private static void Blur<TRows>(TRows rows, int width, int height, ReadOnlySpan<int> columns, ReadOnlySpan<int> lines, Span<float> values)
        where TRows : struct, ILumaRows, allows ref struct
    {
        // One cache line of padding keeps the rows of a power-of-two width out of each other's cache sets.
        var stride = RoundUp(width) + FloatsPerLine;
        var paddedHeight = RoundUp(height);
        var band = BoxFilter.Lines * Math.Max(stride, columns.Length);
        var plane = paddedHeight * stride;
        var buffer = ArrayPool<float>.Shared.Rent(checked(3 * band + 2 * plane + paddedHeight * columns.Length + FloatsPerLine));
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
                AlongRowsPicked(second, width, height, scratch, columns, narrow);
                fixed (float* target = values)
                {
                    for (var x = 0; x < columns.Length; x += BoxFilter.Lines)
                        BoxFilter.RunPicked(narrow + x, columns.Length, target + x, columns.Length, height, window, lines);
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

    private static void AlongRowsPicked(float* source, int width, int height, in Scratch scratch, ReadOnlySpan<int> columns, float* target)
    {
        var window = BoxFilter.WindowFor(width);
        for (var y = 0; y < height; y += BoxFilter.Lines)
        {
            Transposition.RowsToLines(source + (nint)y * scratch.Stride, scratch.Stride, scratch.Lines, width);
            BoxFilter.RunPicked(scratch.Lines, BoxFilter.Lines, scratch.Filtered, BoxFilter.Lines, width, window, columns);
            Transposition.LinesToRows(scratch.Filtered, target + y * columns.Length, columns.Length, columns.Length);
        }
    }

    /// <summary>The places along a side that the 64 values are taken from.</summary>
    public static void FillPicks(Span<int> picks, int length)
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
