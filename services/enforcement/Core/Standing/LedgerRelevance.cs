namespace Moderation.Enforcement;

/// <summary>How long an entry of a ledger matters.</summary>
public static class LedgerRelevance
{
    /// <summary>
    /// From when on an entry changes nothing any more: its measures have ended or were reverted, and its strike has expired or was reverted. Null
    /// while a measure without an end is in force. A warning restricts nothing, so it matters as long as its strike.
    /// </summary>
    public static DateTimeOffset? EndOf(LedgerEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var end = entry.Time;
        foreach (var measure in entry.Measures.Where(m => m.Kind != MeasureKind.WarnAccount))
        {
            if ((measure.RevertTime is { } reverted && (measure.End is null || reverted < measure.End) ? reverted : measure.End) is not { } over)
                return null;
            end = over > end ? over : end;
        }
        if (entry.Strike is { } strike)
        {
            var over = strike.RevertTime < strike.Expiry ? strike.RevertTime.Value : strike.Expiry;
            end = over > end ? over : end;
        }
        return end;
    }
}
