using Moderation.MediaHash.Hashing;
using NetVips;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>
/// Pulls the rows that the hasher needs out of a decoding pipeline, top to bottom, and puts their pixels where they belong in the upright
/// picture. A 12-megapixel photograph passes through a few rows of memory.
/// </summary>
internal static class RowSampler
{
    /// <param name="image">8-bit RGB, read in sequence.</param>
    /// <param name="orientation">How it is stored.</param>
    /// <param name="picture">Takes the pixels.</param>
    public static void Sample(Image image, Orientation orientation, DecodedPicture picture)
    {
        var isSampled = NearestSampling.IsNeeded(picture.Width, picture.Height);
        var (rowAxis, columnAxis) = orientation.Transposed
            ? (picture.SampleWidth, picture.SampleHeight)
            : (picture.SampleHeight, picture.SampleWidth);
        var storedRows = Stored(rowAxis, image.Height, orientation.RowsReversed, isSampled);
        var storedColumns = Stored(columnAxis, image.Width, orientation.ColumnsReversed, isSampled);
        var (rowStep, columnStep) = orientation.Transposed ? (3, picture.SampleWidth * 3) : (picture.SampleWidth * 3, 3);

        using var region = Region.New(image);
        var rgb = picture.Rgb;
        var fetched = -1;
        byte[] row = [];
        for (var i = 0; i < rowAxis; i++)
        {
            var line = orientation.RowsReversed ? rowAxis - 1 - i : i;
            if (storedRows[line] != fetched)
            {
                fetched = storedRows[line];
                row = region.Fetch(0, fetched, image.Width, 1);
            }
            var to = line * rowStep;
            foreach (var column in storedColumns)
            {
                row.AsSpan(column * 3, 3).CopyTo(rgb[to..]);
                to += columnStep;
            }
        }
        // Nothing of the last rows may be needed, but a file that breaks off in them is truncated all the same.
        if (fetched != image.Height - 1)
            region.Fetch(0, image.Height - 1, image.Width, 1);
    }

    private static int[] Stored(int count, int length, bool reversed, bool isSampled)
    {
        var indexes = new int[count];
        for (var i = 0; i < count; i++)
        {
            var upright = isSampled ? NearestSampling.SourceIndex(i, length) : i;
            indexes[i] = reversed ? length - 1 - upright : upright;
        }
        return indexes;
    }
}
