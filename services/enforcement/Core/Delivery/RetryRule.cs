namespace Moderation.Enforcement.Delivery;

/// <summary>What happens to an event after a failed attempt.</summary>
/// <param name="Schedule">The waits.</param>
/// <param name="RetryAfterCap">A receiver can ask for this much patience at most.</param>
public sealed record RetryRule(BackoffSchedule Schedule, TimeSpan RetryAfterCap)
{
    /// <summary>When to try again, or null when the event is given up.</summary>
    /// <param name="attempts">Attempts made, this one included.</param>
    /// <param name="attempt">How this one failed.</param>
    /// <param name="now">The time.</param>
    /// <param name="chance">A random number, 0 up to 1.</param>
    public DateTimeOffset? Next(int attempts, Attempt attempt, DateTimeOffset now, double chance)
    {
        if (attempt.Fault == DeliveryFault.Gone)
        {
            return now; // the webhook is disabled; whoever takes it up again wants the event
        }

        return Schedule.After(attempts, chance) is { } wait ? now + Longer(wait, Asked(attempt)) : null;
    }

    /// <summary>What the receiver asked for, within the cap; zero when nothing.</summary>
    public TimeSpan Asked(Attempt attempt)
        => attempt.RetryAfter is not { } asked || asked < TimeSpan.Zero ? TimeSpan.Zero : asked < RetryAfterCap ? asked : RetryAfterCap;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
