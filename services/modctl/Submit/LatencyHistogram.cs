namespace Moderation.ModCtl.Submit;

/// <summary>
/// Times in buckets whose bounds grow by 2 %, so that a quantile is right within 2 % and a run of any length takes 9 KB. From 10 µs to
/// about 1,400 s; what lies outside is counted in the first or last bucket.
/// </summary>
internal sealed class LatencyHistogram
{
    private const double Least = 1e-5;
    private const double Growth = 1.02;
    private readonly long[] _buckets = new long[950];
    private long _count;

    public void Add(TimeSpan time)
    {
        var bucket = time.TotalSeconds <= Least ? 0 : (int)Math.Ceiling(Math.Log(time.TotalSeconds / Least, Growth));
        Interlocked.Increment(ref _buckets[Math.Min(bucket, _buckets.Length - 1)]);
        Interlocked.Increment(ref _count);
    }

    /// <summary>The time that a share of all times do not exceed: the upper bound of its bucket (nearest rank).</summary>
    /// <param name="share">0..1, such as 0.99.</param>
    /// <returns>Null when nothing was counted.</returns>
    public TimeSpan? Quantile(double share)
    {
        var count = Interlocked.Read(ref _count);
        var rank = Math.Max(1, (long)Math.Ceiling(share * count));
        long seen = 0;
        for (var i = 0; i < _buckets.Length && count > 0; i++)
        {
            seen += Interlocked.Read(ref _buckets[i]);
            if (seen >= rank)
            {
                return TimeSpan.FromSeconds(Least * Math.Pow(Growth, i));
            }
        }

        return null;
    }
}
