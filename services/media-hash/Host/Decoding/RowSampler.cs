using NetVips;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>
/// Pulls the rows that the hasher needs out of a decoding pipeline, top to bottom, and puts their pixels where they belong in the planes of the upright
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
        var (rowAxis, columnAxis) = orientation.Transposed
            ? (picture.SampleWidth, picture.SampleHeight)
            : (picture.SampleHeight, picture.SampleWidth);
        var (rowStep, columnStep) = orientation.Transposed ? (3, picture.SampleWidth * 3) : (picture.SampleWidth * 3, 3);
        // Along each axis the picture and, for its mirrored forms, the mirrored one.
        var directions = picture.Planes == 1 ? 1 : 2;
        var columns = Enumerable.Range(0, directions).Select(mirrored => Indexes(picture, columnAxis, stored.Width, orientation.ColumnsReversed, mirrored == 1)).ToArray();
        var lines = Enumerable.Range(0, directions)
            .SelectMany(mirrored => Indexes(picture, rowAxis, stored.Height, orientation.RowsReversed, mirrored == 1).Select((row, line) => (Row: row, Line: line, Mirrored: mirrored)))
            .OrderBy(line => line.Row);

        var strip = new Strip(region, stored);
        foreach (var line in lines)
        {
            var row = strip.Row(line.Row);
            for (var mirrored = 0; mirrored < directions; mirrored++)
            {
                // Stored rows are upright columns where the picture is stored on its side.
                var plane = orientation.Transposed ? line.Mirrored | mirrored << 1 : mirrored | line.Mirrored << 1;
                CopyPixels(row, columns[mirrored], picture.Plane(plane)[(line.Line * rowStep)..], columnStep);
            }
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

    private static int[] Indexes(DecodedPicture picture, int count, int length, bool isReversed, bool mirrored) =>
        [.. Enumerable.Range(0, count).Select(sample => picture.SourceIndex(sample, length, isReversed != mirrored))];
}

/// <summary>Where a picture lies among the rows that come out of a decoder.</summary>
/// <param name="Top">Its first row; frames lie one under the other.</param>
/// <param name="Width">Its width as it is stored.</param>
/// <param name="Height">Its height as it is stored.</param>
internal readonly record struct StoredPicture(int Top, int Width, int Height);
