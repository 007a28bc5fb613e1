namespace Moderation.Enforcement.Audit;

/// <summary>Finds the first entry that differs from what a seal says. The seal's marks are signed, so they tell which side was changed.</summary>
internal static class SealComparison
{
    /// <summary>The first difference, or null when the entries are those that were sealed.</summary>
    public static AuditFinding? FirstDifference(Seal seal, IReadOnlyList<ChainEntry> found)
    {
        var marks = found.Select(e => Convert.ToHexString(e.Mark())).ToList();
        var expected = Enumerable.Range(0, (int)(seal.Last - seal.First + 1))
            .Select(i => Convert.ToHexString(seal.Marks.Span.Slice(i * ChainEntry.MarkLength, ChainEntry.MarkLength))).ToList();
        for (var i = 0; i < Math.Max(expected.Count, found.Count); i++)
        {
            var number = seal.First + i;
            if (i >= found.Count)
            {
                return new AuditFinding(FindingKind.Missing, seal.Chain, number, $"seal {seal.Number} covers it, and it is not there");
            }

            if (i >= expected.Count)
            {
                return new AuditFinding(
                    FindingKind.Added, seal.Chain, found[i].Number, $"seal {seal.Number} ends at {seal.Last}, and this stands before it");
            }

            if (marks[i] != expected[i] || found[i].Number != number)
            {
                var (wantedComesLater, actualWasSealedLater) = (marks.IndexOf(expected[i], i) >= 0, expected.IndexOf(marks[i], i) >= 0);
                return Classify(seal, found[i], number, marks[i] == expected[i], wantedComesLater, actualWasSealedLater);
            }
        }

        return Seal.HashOf(seal.PreviousHash.Span, found).AsSpan().SequenceEqual(seal.EntriesHash.Span)
            ? null
            : new AuditFinding(
                FindingKind.Changed, seal.Chain, seal.First, $"entries {seal.First}..{seal.Last} do not hash to what seal {seal.Number} says");
    }

    private static AuditFinding Classify(Seal seal, ChainEntry actual, long number, bool same, bool wantedComesLater, bool actualWasSealedLater)
    {
        var (kind, text) = (same, wantedComesLater, actualWasSealedLater) switch
        {
            (true, _, _) => (FindingKind.Moved, $"it stands as entry {actual.Number}"),
            (_, true, true) => (FindingKind.Moved, "it comes later than it was sealed"),
            (_, true, false) => (FindingKind.Added, "what stands here was never sealed; the sealed entry comes later"),
            (_, false, true) => (FindingKind.Missing, $"seal {seal.Number} covers it, and what follows it stands in its place"),
            _ => (FindingKind.Changed, $"it is not what seal {seal.Number} covers"),
        };
        return new AuditFinding(kind, seal.Chain, kind == FindingKind.Added ? actual.Number : number, text);
    }
}
