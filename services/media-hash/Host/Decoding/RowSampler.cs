using NetVips;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>
/// Pulls the rows that the hasher needs out of a decoding pipeline, top to bottom, and puts their pixels where they belong in the upright
/// picture. A 12-megapixel photograph passes through a few rows of memory.
/// </summary>
internal static class RowSampler
{
    /// <param name="region">8-bit RGB, read in sequence.</param>
    /// <param name="stored">Where in it the picture lies.</param>
    /// <param name="orientation">How it is stored.</param>
    /// <param name="picture">Takes the pixels.</param>
    public static void Sample(Region region, StoredPicture stored, Orientation orientation, DecodedPicture picture)
    {
        // Stored rows are upright columns where the picture is stored on its side.
        var (lines, columns) = orientation.Transposed
            ? (Indexes(picture.SampleWidth, picture.SourceColumn), Indexes(picture.SampleHeight, picture.SourceRow))
            : (Indexes(picture.SampleHeight, picture.SourceRow), Indexes(picture.SampleWidth, picture.SourceColumn));
        var (lineStep, columnStep) = orientation.Transposed ? (3, picture.SampleWidth * 3) : (picture.SampleWidth * 3, 3);
        if (orientation.ColumnsReversed)
            Mirror(columns, stored.Width);

        var strip = new Strip(region, stored);
        for (var i = 0; i < lines.Length; i++)
        {
            // The library decodes from top to bottom.
            var line = orientation.RowsReversed ? lines.Length - 1 - i : i;
            var row = orientation.RowsReversed ? stored.Height - 1 - lines[line] : lines[line];
            CopyPixels(strip.Row(row), columns, picture.Rgb[(line * lineStep)..], columnStep);
        }
        // Nothing of the last rows may be needed, but a file that breaks off in them is truncated all the same.
        strip.Row(stored.Height - 1);
    }

    private static void CopyPixels(ReadOnlySpan<byte> row, int[] columns, Span<byte> target, int step)
    {
        var to = 0;
        foreach (var column in columns)
        {
            var from = column * 3;
            // Written last to first: two bounds are checked, not six.
            target[to + 2] = row[from + 2];
            target[to] = row[from];
            target[to + 1] = row[from + 1];
            to += step;
        }
    }

    // Some rows at a time: a call into the library costs as much as a row.
    private sealed class Strip(Region region, StoredPicture stored)
    {
        private const int Rows = 16;

        private byte[] _bytes = [];
        private int _first;
        private int _end;

        public ReadOnlySpan<byte> Row(int row)
        {
            if (row < _first || row >= _end)
            {
                (_first, _end) = (row, Math.Min(row + Rows, stored.Height));
                _bytes = region.Fetch(0, stored.Top + _first, stored.Width, _end - _first);
            }
            return _bytes.AsSpan((row - _first) * stored.Width * 3, stored.Width * 3);
        }
    }

    private static int[] Indexes(int count, Func<int, int> source) => [.. Enumerable.Range(0, count).Select(source)];

    private static void Mirror(Span<int> indexes, int length)
    {
        foreach (ref var index in indexes)
            index = length - 1 - index;
    }
}

/// <summary>Where a picture lies among the rows that come out of a decoder.</summary>
/// <param name="Top">Its first row; frames lie one under the other.</param>
/// <param name="Width">Its width as it is stored.</param>
/// <param name="Height">Its height as it is stored.</param>
internal readonly record struct StoredPicture(int Top, int Width, int Height);
