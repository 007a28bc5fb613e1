namespace Moderation.Enforcement;

/// <summary>
/// The 95 % interval of a share by Wilson's score (Wilson 1927, "Probable Inference"): right for small counts and shares near 0, where the
/// usual one reaches below nothing.
/// </summary>
/// <param name="Low">Its lower end, 0..1.</param>
/// <param name="High">Its upper end, 0..1.</param>
public readonly record struct WilsonInterval(double Low, double High)
{
    private const double Z = 1.959963984540054;

    /// <summary>The interval of a share of <paramref name="hits"/> among <paramref name="trials"/>; all of 0..1 when nothing was tried.</summary>
    public static WilsonInterval Of(long hits, long trials)
    {
        if (trials <= 0)
            return new WilsonInterval(0, 1);
        double n = trials, share = hits / n;
        var middle = share + (Z * Z / (2 * n));
        var spread = Z * Math.Sqrt((share * (1 - share) / n) + (Z * Z / (4 * n * n)));
        var whole = 1 + (Z * Z / n);
        return new WilsonInterval(Math.Max(0, (middle - spread) / whole), Math.Min(1, (middle + spread) / whole));
    }
}
