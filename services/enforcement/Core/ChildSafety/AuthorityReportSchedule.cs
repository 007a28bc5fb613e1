namespace Moderation.Enforcement;

/// <summary>
/// When a report to the authority's receiver is tried again: after half a minute, then twice as long each time, at most 6 hours, without end.
/// The duty to report does not end with a receiver's outage.
/// </summary>
public static class AuthorityReportSchedule
{
    /// <summary>The longest wait, before jitter.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromHours(6);

    private const int DoublingsToLongest = 10;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait after so many failed attempts.</summary>
    /// <param name="attempts">Failed attempts so far, from 1.</param>
    /// <param name="jitter">0..1, so that reports that failed together are not tried together.</param>
    /// <returns>The wait, 80..120 % of the schedule.</returns>
    public static TimeSpan WaitAfter(int attempts, double jitter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        var doubled = First * Math.Pow(2, Math.Min(attempts - 1, DoublingsToLongest));
        return (doubled < Longest ? doubled : Longest) * (0.8 + (0.4 * Math.Clamp(jitter, 0, 1)));
    }
}
