namespace Moderation.MediaHash.Hashing;

/// <summary>
/// A rotation or reflection of the picture is a transpose or a change of signs of its DCT block, so that one transform gives all eight
/// hashes. Each has its own median: negated values reorder.
/// </summary>
internal static class PdqDihedral
{
    private const int Side = PdqTransform.CoefficientSide;

    public static PdqDihedralFingerprint From(ReadOnlySpan<float> c, int quality) => new(
        PdqTransform.ToBits(c),
        Form(c, transpose: true, (_, j) => (j & 1) == 0),
        Form(c, transpose: false, (i, j) => ((i + j) & 1) != 0),
        Form(c, transpose: true, (i, _) => (i & 1) == 0),
        Form(c, transpose: false, (i, _) => (i & 1) == 0),
        Form(c, transpose: false, (_, j) => (j & 1) == 0),
        Form(c, transpose: true, (_, _) => false),
        Form(c, transpose: true, (i, j) => ((i + j) & 1) != 0),
        quality);

    /// <summary>The hash of the transposed picture: rows and columns are treated alike, so this is exact but for the rounding of sums.</summary>
    public static PdqHash Transposed(ReadOnlySpan<float> c) => Form(c, transpose: true, (_, _) => false);

    private static PdqHash Form(ReadOnlySpan<float> coefficients, bool transpose, Func<int, int, bool> negate)
    {
        Span<float> form = stackalloc float[PdqTransform.CoefficientCount];
        for (var i = 0; i < Side; i++)
        {
            for (var j = 0; j < Side; j++)
            {
                var value = coefficients[i * Side + j];
                form[transpose ? j * Side + i : i * Side + j] = negate(i, j) ? -value : value;
            }
        }
        return PdqTransform.ToBits(form);
    }
}
