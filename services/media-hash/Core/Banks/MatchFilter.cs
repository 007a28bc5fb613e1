namespace Moderation.MediaHash.Banks;

/// <summary>What is left of the pairs that are near enough: entries in force, within their own terms, and not taken away by known good ones.</summary>
public static class MatchFilter
{
    /// <summary>The matches that count, and how many known good entries took away.</summary>
    /// <param name="found">Pairs of one medium and entries of any terms.</param>
    /// <param name="tenantId">Whose medium it is.</param>
    /// <param name="now">The time.</param>
    public static (IReadOnlyList<BankMatch> Matches, int Vetoed) Apply(IEnumerable<BankMatch> found, string tenantId, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(found);
        return Veto(found.Where(match => Holds(match, tenantId, now) && match.Entry.Terms.Takes(match.MediaId, match.Entry.Key)).ToList());
    }

    /// <summary>The same for hashes without a medium: a share of traffic does not count, and an empty tenant stands for all.</summary>
    /// <inheritdoc cref="Apply"/>
    public static (IReadOnlyList<BankMatch> Matches, int Vetoed) ApplyToHashes(IEnumerable<BankMatch> found, string tenantId, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(found);
        return Veto(found.Where(match => Holds(match, tenantId, now)).ToList());
    }

    private static (IReadOnlyList<BankMatch> Matches, int Vetoed) Veto(List<BankMatch> standing)
    {
        var negatives = standing.Where(match => match.Entry.Terms.IsNegative).ToList();
        var positives = standing.Where(match => !match.Entry.Terms.IsNegative).ToList();
        var kept = positives.Where(match => !negatives.Exists(negative => Vetoes(negative.Entry, match.Entry))).ToList();
        return (kept, positives.Count - kept.Count);
    }

    private static bool Holds(BankMatch match, string tenantId, DateTimeOffset now)
    {
        var terms = match.Entry.Terms;
        return terms.IsInForce(now)
            && (tenantId.Length == 0 || terms.IsFor(tenantId))
            && match.Distance <= terms.MatchRadius
            && (match.Video is not { } video || video.Score.Reaches(terms.MinQueryPercent, terms.MinReferencePercent));
    }

    // That a picture looks like a harmless one does not make the very bytes of a known harmful one harmless.
    private static bool Vetoes(BankEntry negative, BankEntry positive) =>
        negative.Category == positive.Category && (negative.IsExact || !positive.IsExact);
}
