namespace Moderation.MediaHash.Host.Decoding;

/// <summary>
/// The eight EXIF orientations as a mapping from the upright picture back to the stored one. Rows are sampled through it while they are
/// decoded, so that turning a picture needs no second copy of it.
/// </summary>
/// <param name="Transposed">Stored rows are upright columns.</param>
/// <param name="RowsReversed">Stored rows run against the upright axis they lie on.</param>
/// <param name="ColumnsReversed">Stored columns run against the upright axis they lie on.</param>
internal readonly record struct Orientation(bool Transposed, bool RowsReversed, bool ColumnsReversed)
{
    /// <summary>From the EXIF tag 0x0112; values outside 1 to 8 are read as 1, upright.</summary>
    public static Orientation FromExif(int tag) => tag switch
    {
        2 => new Orientation(false, false, true),
        3 => new Orientation(false, true, true),
        4 => new Orientation(false, true, false),
        5 => new Orientation(true, false, false),
        6 => new Orientation(true, true, false),
        7 => new Orientation(true, true, true),
        8 => new Orientation(true, false, true),
        _ => default,
    };
}
