namespace Moderation.Enforcement.Host.Standing;

/// <summary>Takes a person's decision back as if it had never been, by a new entry: the ledger's own entries only ever gain reverts.</summary>
internal static class LedgerRestore
{
    /// <summary>
    /// What undoing a decision does: its own measures and strike end, and what it had ended is in force again, each measure until its own end and
    /// the strike from its own time, so that nothing lasts longer or weighs more than it would have.
    /// </summary>
    /// <param name="entering">The decision that undoes; its measures are not looked at.</param>
    /// <param name="ledger">The account's ledger.</param>
    /// <param name="undone">The decision that is undone.</param>
    public static LedgerChange Of(LedgerChange.Entering entering, AccountLedger ledger, string undone)
    {
        var (now, id) = (entering.Now, entering.DecisionId);
        var ended = ledger.Entries.OrderBy(e => e.Time).ThenBy(e => e.DecisionId, StringComparer.Ordinal).ToList();
        var measures = ended.SelectMany(e => e.Measures.Where(m => m.RevertedBy == undone).Select(m => Restored(e, m)))
            .Where(m => m.End is null || m.End > now)
            .OrderBy(m => MeasureMatrix.IsAccountMeasure(m.Kind)).ThenByDescending(m => MeasureMatrix.Strictness(m.Kind)).ToList();
        var strike = ended.Select(e => e.Strike).FirstOrDefault(s => s?.RevertedBy == undone) is { } lost ? lost with { RevertTime = null, RevertedBy = "" } : null;
        var changed = ledger.Entries.ToList();
        var writes = new List<(LedgerEntry Entry, string? Confirms)>();
        if (ledger.Find(undone) is { } own)
        {
            var edited = Ledger.Supersede(own, id, now, keepStrike: false);
            changed[changed.IndexOf(own)] = edited;
            writes.Add((edited, ledger.Confirms.GetValueOrDefault(undone)));
        }

        if (measures.Count > 0 || strike is not null)
        {
            var entry = new LedgerEntry(id, entering.PostId, entering.Revision, now, Decider.Person, [.. measures], strike);
            changed.Add(entry);
            // A strike that the undone decision had confirmed was never taken back; whoever ends this one later ends that too.
            writes.Add((entry, strike is null ? ledger.Confirms.GetValueOrDefault(undone) : null));
        }

        return new LedgerChange(
            writes, measures, [.. LedgerChange.EndedBetween(ledger.Entries, changed, now), .. LongerAgain(ledger.Entries, changed, id, now)], strike, null);
    }

    // The ladder's warning has no end of its own: it lasts as long as the strike, from when that was given.
    private static LedgerMeasure Restored(LedgerEntry entry, LedgerMeasure measure)
        => measure with { RevertTime = null, RevertedBy = "", End = measure.End ?? (measure.FromLadder ? entry.Strike?.Expiry : null) };

    // A strike that counts again lets what the ladder made of later ones last as long as it did: the platform has to hear of it.
    private static IEnumerable<EndedMeasure> LongerAgain(
        IReadOnlyList<LedgerEntry> before, IReadOnlyList<LedgerEntry> after, string id, DateTimeOffset now)
    {
        var was = LedgerChange.InForce(before, now).ToDictionary(m => m.MeasureId, StringComparer.Ordinal);
        return LedgerChange.InForce(after, now)
            .Where(m => m.DecisionId != id && m.End is not null && (!was.TryGetValue(m.MeasureId, out var known) || known.End < m.End))
            .Select(m => new EndedMeasure(m, m.End));
    }
}
