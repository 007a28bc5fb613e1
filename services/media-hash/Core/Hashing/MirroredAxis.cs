namespace Moderation.MediaHash.Hashing;

/// <summary>
/// Where along an axis of the blurred picture the values of the picture and of its mirrored form lie. The filter's windows of even size are
/// not symmetric, so that each of the two passes moves a mirrored picture by one. And nearest neighbours take other pixels of a mirrored
/// picture: the mirrored sample s lies at length - g / source - s, where g is the greatest common divisor of length and source (the mean over
/// the samples, each of which is rounded down by up to a pixel of the source); a value between two is interpolated. The last mirrored value of a side
/// of 129 to 256 is an approximation: its window would reach over the edge, which the first pass has already cut.
/// </summary>
internal readonly ref struct MirroredAxis
{
    /// <summary>Picks of the picture as it is, and two for each of the mirrored one.</summary>
    public const int PickCount = 3 * Side;

    private const int Side = PdqTransform.BlockSide;

    private readonly Span<int> _picks;
    private readonly Span<int> _places;
    private readonly float _share;

    /// <param name="length">Pixels along the axis.</param>
    /// <param name="source">Pixels that they were sampled from; the same number where they were not.</param>
    /// <param name="picks">Room for <see cref="PickCount"/> picks.</param>
    /// <param name="places">Room for as many places.</param>
    public MirroredAxis(int length, int source, Span<int> picks, Span<int> places)
    {
        _share = 1 - (float)GreatestCommonDivisor(source, length) / source;
        PdqReduction.FillPicks(picks[..Side], length);
        var mirror = length - 1 - (BoxFilter.WindowFor(length) % 2 == 0 ? 2 : 0);
        Span<int> order = stackalloc int[PickCount];
        for (var i = 0; i < Side; i++)
        {
            picks[Side + i] = mirror - picks[i];
            picks[2 * Side + i] = Math.Min(length - 1, picks[Side + i] + 1);
        }
        for (var i = 0; i < PickCount; i++)
            order[i] = i;
        picks.Sort(order);
        for (var i = 0; i < PickCount; i++)
            places[order[i]] = i;
        _picks = picks;
        _places = places;
    }

    /// <summary>All picks, ascending. The first may be -1, the value before the first.</summary>
    public ReadOnlySpan<int> Picks => _picks;

    /// <summary>Where among the picks a value lies: between two of them, by a share.</summary>
    public (int Index, int Next, float Share) At(int value, bool isMirrored) =>
        isMirrored ? (_places[Side + value], _places[2 * Side + value], _share) : (_places[value], _places[value], 0);

    private static int GreatestCommonDivisor(int one, int other) => other == 0 ? one : GreatestCommonDivisor(other, one % other);
}

/// <summary>The size of the picture that samples were taken from.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
public readonly record struct SampledFrom(int Width, int Height);
