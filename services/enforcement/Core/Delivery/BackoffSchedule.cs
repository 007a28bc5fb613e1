namespace Moderation.Enforcement.Delivery;

/// <summary>
/// When a failed delivery is tried again: exponentially later, up to a longest wait, until the waits add up to a total. The defaults try 14
/// times in about 25 hours: after 5 s, 15 s, 45 s, 2, 7, 20 and 61 minutes, 3 hours, and then every 4 hours.
/// </summary>
/// <param name="First">The wait after the first failure, above zero.</param>
/// <param name="Factor">By how much each wait is longer than the one before, 1 or more.</param>
/// <param name="Longest">No wait is longer.</param>
/// <param name="Total">The waits before the last attempt add up to this at most.</param>
public sealed record BackoffSchedule(TimeSpan First, double Factor, TimeSpan Longest, TimeSpan Total)
{
    /// <summary>The share of a wait that is left to chance, so that what failed together does not come back together.</summary>
    public const double Jitter = 0.25;

    /// <summary>About 25 hours.</summary>
    public static BackoffSchedule Default { get; } = new(TimeSpan.FromSeconds(5), 3, TimeSpan.FromHours(4), TimeSpan.FromHours(25));

    /// <summary>How often an event is tried before it is given up: the first attempt and one after each wait.</summary>
    public int Attempts
    {
        get
        {
            var attempts = 1;
            for (var sum = Full(1); sum <= Total; sum += Full(attempts))
            {
                attempts++;
            }

            return attempts;
        }
    }

    /// <summary>How long to wait after the <paramref name="attempts"/>th attempt failed, or null when that was the last.</summary>
    /// <param name="attempts">Attempts made, 1 or more.</param>
    /// <param name="chance">A random number, 0 up to 1: 0 waits in full, 1 waits <see cref="Jitter"/> less.</param>
    public TimeSpan? After(int attempts, double chance)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        return attempts < Attempts ? Full(attempts) * (1 - (Jitter * chance)) : null;
    }

    /// <summary>The wait after the <paramref name="attempts"/>th failure in full; never ends.</summary>
    public TimeSpan Full(int attempts)
    {
        var ticks = First.Ticks * Math.Pow(Factor, attempts - 1);
        return ticks < Longest.Ticks ? TimeSpan.FromTicks((long)ticks) : Longest;
    }
}
