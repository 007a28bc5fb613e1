namespace Moderation.Enforcement.Delivery;

/// <summary>
/// Keeps a receiver that is down from being asked for every event: after three failures of the receiver in a row the gate closes, and
/// opens for one event at a time, 5 s later at first and at most 5 minutes later. So an outage holds few events, and the rest waits in
/// the outbox.
/// </summary>
public sealed class DeliveryGate(RetryRule rule)
{
    /// <summary>So many failures in a row may be chance.</summary>
    public const int Patience = 3;

    /// <summary>However long an outage lasts, the receiver is tried this often.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private int _failures;

    /// <summary>Nothing is sent before this time.</summary>
    public DateTimeOffset ClosedUntil { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Whether the last attempt failed for the receiver's sake, so that only what was tried before is worth trying.</summary>
    public bool IsTroubled => _failures > 0;

    /// <summary>Takes note of an attempt.</summary>
    public void Note(Attempt attempt, DateTimeOffset now)
    {
        if (!attempt.IsOfReceiver)
        {
            _failures = 0; // it answered, if only to refuse this event
            ClosedUntil = DateTimeOffset.MinValue;
            return;
        }

        _failures++;
        var pause = _failures < Patience ? TimeSpan.Zero : rule.Schedule.Full(_failures - Patience + 1);
        pause = pause < LongestPause ? pause : LongestPause;
        var asked = rule.Asked(attempt);
        ClosedUntil = now + (pause > asked ? pause : asked);
    }
}
