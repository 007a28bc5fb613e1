namespace Moderation.Enforcement;

/// <summary>
/// How long an automatic suspension may be, so that in no 30 days an account is suspended by the ladder for more than 7. What was reverted
/// counts until it was: the account was suspended until then. Suspensions at the same time count each.
/// </summary>
internal static class SuspensionBudget
{
    /// <summary>Durations are cut to whole minutes; less than an hour is no suspension.</summary>
    private static readonly TimeSpan Smallest = TimeSpan.FromHours(1);

    /// <summary>The longest duration that fits, at most the one wanted; zero when none does.</summary>
    /// <param name="ledger">The ledger; suspensions after the start count too.</param>
    /// <param name="start">When it would start.</param>
    /// <param name="wanted">The duration of the step.</param>
    public static TimeSpan Fit(IReadOnlyList<LedgerEntry> ledger, DateTimeOffset start, TimeSpan wanted)
    {
        var near = ledger
            .SelectMany(e => e.Measures.Where(m => m.FromLadder && m.Kind == MeasureKind.SuspendAccount).Select(m => Span.Of(e, m)))
            .Where(s => s.End > start - StrikeLadder.SuspensionWindow && s.Start < start + wanted + StrikeLadder.SuspensionWindow && s.End > s.Start)
            .ToList();
        if (Fits(near, new Span(start, start + wanted)))
            return wanted;
        // What fits is monotone in the duration.
        long fits = 0, tooLong = (long)wanted.TotalMinutes;
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            if (Fits(near, new Span(start, start.AddMinutes(middle))))
                fits = middle;
            else
                tooLong = middle;
        }
        var room = TimeSpan.FromMinutes(fits);
        return room >= Smallest ? room : TimeSpan.Zero;
    }

    /// <summary>
    /// The time within a window changes its slope only where an edge of the window meets an edge of a suspension, so these windows suffice.
    /// </summary>
    private static bool Fits(List<Span> others, Span added)
    {
        var edges = others.Append(added).SelectMany(s => new[] { s.Start, s.End });
        foreach (var begin in edges.SelectMany(e => new[] { e, e - StrikeLadder.SuspensionWindow }))
        {
            var window = new Span(begin, begin + StrikeLadder.SuspensionWindow);
            var share = added.Within(window);
            if (share > TimeSpan.Zero && others.Aggregate(share, (sum, s) => sum + s.Within(window)) > StrikeLadder.MaxAutomaticSuspension)
                return false;
        }
        return true;
    }

    private readonly record struct Span(DateTimeOffset Start, DateTimeOffset End)
    {
        // The stored end, though the fold may have shortened it later: until then it was in force.
        public static Span Of(LedgerEntry entry, LedgerMeasure measure)
        {
            var end = measure.End ?? DateTimeOffset.MaxValue;
            return new Span(entry.Time, measure.RevertTime < end ? measure.RevertTime.Value : end);
        }

        public TimeSpan Within(Span window)
        {
            var from = Start > window.Start ? Start : window.Start;
            var to = End < window.End ? End : window.End;
            return to > from ? to - from : TimeSpan.Zero;
        }
    }
}
