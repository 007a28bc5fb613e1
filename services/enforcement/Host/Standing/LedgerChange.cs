namespace Moderation.Enforcement.Host.Standing;

/// <summary>A measure of an earlier decision that ends before its time.</summary>
/// <param name="Measure">The measure as it was in force.</param>
/// <param name="End">When it ends now; null: at once.</param>
internal sealed record EndedMeasure(EffectiveMeasure Measure, DateTimeOffset? End);

/// <summary>What a decision does to the ledger of its account.</summary>
/// <param name="Writes">The entries that are new or changed, each with the decision whose strike it confirms.</param>
/// <param name="Measures">The measures of the decision, those of the ladder included.</param>
/// <param name="Reverted">Measures of earlier decisions that end with this one, or sooner.</param>
/// <param name="Strike">The strike that it gives; null when none, or when it confirms an earlier one.</param>
/// <param name="Step">What the ladder says to that strike.</param>
internal sealed record LedgerChange(
    IReadOnlyList<(LedgerEntry Entry, string? Confirms)> Writes, IReadOnlyList<LedgerMeasure> Measures, IReadOnlyList<EndedMeasure> Reverted,
    Strike? Strike, LadderStep? Step)
{
    /// <summary>The decision that is entered.</summary>
    /// <param name="DecisionId">Its id.</param>
    /// <param name="PostId">The post; empty when it is about the account alone.</param>
    /// <param name="Revision">Its revision.</param>
    /// <param name="Now">Its time.</param>
    /// <param name="By">Who decides.</param>
    /// <param name="Measures">Its measures.</param>
    /// <param name="Severity">1..4.</param>
    /// <param name="Fingerprint">The same for the same content; may be empty.</param>
    internal sealed record Entering(
        string DecisionId, string PostId, long Revision, DateTimeOffset Now, Decider By, IReadOnlyList<LedgerMeasure> Measures, int Severity, string Fingerprint)
    {
        /// <summary>The strike that it gives by itself.</summary>
        public Strike? Strike => StrikeLadder.StrikeOf(Measures, Severity, Now, Fingerprint);
    }

    /// <summary>A rule's decision. It ends what the decision about an earlier revision did to the post; strikes and account measures stand.</summary>
    /// <param name="entering">The decision.</param>
    /// <param name="ledger">The account's ledger.</param>
    /// <param name="earlier">The decision about the post that was in force; empty when there was none.</param>
    public static LedgerChange OfRule(Entering entering, AccountLedger ledger, string earlier)
    {
        var edits = ledger.Find(earlier) is { } entry ? [Ledger.EndPostMeasures(entry, entering.DecisionId, entering.Now)] : Array.Empty<LedgerEntry>();
        return Of(entering, ledger, edits, entering.Strike, null);
    }

    /// <summary>A person's decision, which takes the place of an earlier one about the same post.</summary>
    /// <param name="entering">The decision; its measures include those that it carries over.</param>
    /// <param name="ledger">The account's ledger.</param>
    /// <param name="earlier">The decision that it replaces; empty when there is none.</param>
    /// <param name="challenged">Numbers of the ladder's measures of the earlier decision that are to end even when the strike is confirmed.</param>
    public static LedgerChange OfPerson(Entering entering, AccountLedger ledger, string earlier, IReadOnlyCollection<int> challenged)
    {
        var chain = ledger.ChainOf(earlier).ToList();
        var strike = entering.Strike;
        var confirmed = strike is null ? null : chain.Find(e => e.Strike is { } s && !s.IsReverted(entering.Now));
        // The ladder's measures go first: once the post's measures have ended, nothing would hold the strike.
        var edits = chain.ConvertAll(e => challenged.Where(_ => e.DecisionId == earlier)
            .Aggregate(e, (entry, number) => Ledger.Revert(entry, entering.DecisionId, entering.Now, number)));
        edits = edits.ConvertAll(e => Ledger.Supersede(e, entering.DecisionId, entering.Now, keepStrike: confirmed is not null));
        return Of(entering, ledger, edits, confirmed is null ? strike : null, confirmed?.DecisionId);
    }

    /// <summary>A person's decision about the account alone: adds to what is in force, or, without measures, ends all that is in force about it.</summary>
    public static LedgerChange OfAccount(Entering entering, AccountLedger ledger)
    {
        var edits = entering.Measures.Count > 0
            ? []
            : ledger.Entries.Where(e => e.Measures.Any(m => MeasureMatrix.IsAccountMeasure(m.Kind) && m.IsOpen(entering.Now))).Select(e => e with
            {
                Measures = [.. e.Measures.Select(m => MeasureMatrix.IsAccountMeasure(m.Kind) && m.IsOpen(entering.Now)
                    ? m with { RevertTime = entering.Now, RevertedBy = entering.DecisionId }
                    : m)],
            }).ToList();
        return Of(entering, ledger, edits, entering.Strike, null);
    }

    private static LedgerChange Of(Entering entering, AccountLedger ledger, IReadOnlyList<LedgerEntry> edits, Strike? strike, string? confirms)
    {
        var edited = edits.ToDictionary(e => e.DecisionId, StringComparer.Ordinal);
        var changed = ledger.Entries.Select(e => edited.GetValueOrDefault(e.DecisionId, e)).ToList();
        var byPerson = entering.Measures.Any(m => MeasureMatrix.IsAccountMeasure(m.Kind));
        var step = strike is null || byPerson ? null : StrikeLadder.Next(changed, strike, entering.Now);
        var measures = entering.Measures.ToList();
        if (step is { NeedsPerson: false })
        {
            var clause = entering.Measures.First(StrikeLadder.GivesStrike).ClauseId;
            measures.Add(new LedgerMeasure(
                step.Kind, strike!.Category, strike.RuleId, clause, entering.Now + step.Duration, null, "", FromLadder: true)); // a step has its strike
        }

        List<(LedgerEntry, string?)> writes = [.. edits.Where(e => !ReferenceEquals(e, ledger.Find(e.DecisionId))).Select(e => (e, ledger.Confirms.GetValueOrDefault(e.DecisionId)))];
        if (measures.Count > 0)
        {
            var entry = new LedgerEntry(entering.DecisionId, entering.PostId, entering.Revision, entering.Now, entering.By, [.. measures], strike);
            changed.Add(entry);
            writes.Add((entry, confirms));
        }

        return new LedgerChange(writes, measures, [.. EndedBetween(ledger.Entries, changed, entering.Now)], strike, step);
    }

    // Whatever is in force before and not after, or not as long: also what followed from a strike that is taken back now.
    internal static IEnumerable<EndedMeasure> EndedBetween(IReadOnlyList<LedgerEntry> before, IReadOnlyList<LedgerEntry> after, DateTimeOffset now)
    {
        if (before.Count == 0)
        {
            yield break;
        }

        var left = InForce(after, now).ToDictionary(m => m.MeasureId, StringComparer.Ordinal);
        foreach (var measure in InForce(before, now))
        {
            var stands = left.GetValueOrDefault(measure.MeasureId);
            if (stands is null || stands.End != measure.End)
            {
                yield return new EndedMeasure(measure, stands?.End);
            }
        }
    }

    internal static IEnumerable<EffectiveMeasure> InForce(IReadOnlyList<LedgerEntry> ledger, DateTimeOffset now)
    {
        var standing = StandingFold.Fold(ledger, now);
        return standing.AccountMeasures.Concat(standing.PostMeasures);
    }
}
