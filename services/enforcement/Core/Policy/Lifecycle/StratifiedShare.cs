namespace Moderation.Enforcement;

/// <summary>Posts that one thing became of, and what people found in a sample of them.</summary>
/// <param name="Posts">Posts.</param>
/// <param name="Sampled">Posts of the sample.</param>
/// <param name="Found">Of these, those in which something was found.</param>
public readonly record struct Stratum(long Posts, long Sampled, long Found)
{
    /// <summary>The 95 % interval of the share found.</summary>
    public WilsonInterval Interval => WilsonInterval.Of(Found, Sampled);
}

/// <summary>
/// A share estimated from samples of strata: their shares by their weights. The interval combines Wilson's of each stratum by the method of
/// variance estimates recovery (MOVER; Zou and Donner 2008, "Construction of confidence limits about effect measures"), which stays right for
/// small samples and shares near 0. Posts of a stratum without a sample are unknown: they widen the interval upwards by their whole weight.
/// </summary>
/// <param name="Share">The estimate, 0..1, over the strata that have a sample.</param>
/// <param name="Low">The lower end of the 95 % interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Unsampled">The share of posts in strata without a sample; 1 when nothing was sampled.</param>
public readonly record struct StratifiedShare(double Share, double Low, double High, double Unsampled)
{
    /// <summary>The estimate over strata; all of 0..1 when nothing was sampled.</summary>
    public static StratifiedShare Of(IReadOnlyCollection<Stratum> strata)
    {
        ArgumentNullException.ThrowIfNull(strata);
        double posts = strata.Sum(s => s.Posts);
        if (posts == 0 || strata.All(s => s.Posts == 0 || s.Sampled == 0))
            return new StratifiedShare(0, 0, 1, 1);
        double share = 0, below = 0, above = 0, unsampled = 0;
        foreach (var stratum in strata.Where(s => s.Posts > 0))
        {
            var weight = stratum.Posts / posts;
            if (stratum.Sampled == 0)
            {
                unsampled += weight;
                continue;
            }
            var (found, interval) = ((double)stratum.Found / stratum.Sampled, stratum.Interval);
            share += weight * found;
            below += Math.Pow(weight * (found - interval.Low), 2);
            above += Math.Pow(weight * (interval.High - found), 2);
        }
        return new StratifiedShare(share, Math.Max(0, share - Math.Sqrt(below)), Math.Min(1, share + Math.Sqrt(above) + unsampled), unsampled);
    }
}
