namespace Moderation.Enforcement.Audit;

/// <summary>Recomputes one chain as its entries and seals come by, up to the first thing that is wrong.</summary>
internal sealed class ChainVerifier(string chain, AuditKeyRing keys)
{
    // An honest seal covers far fewer; what is never closed must not fill the memory.
    private const int MostPending = 1_000_000;

    private readonly List<ChainEntry> _pending = [];

    // Hashes of the seals since the last checkpoint: a checkpoint may name any of them.
    private readonly SortedDictionary<long, byte[]> _recent = [];

    /// <summary>Where it stands.</summary>
    public ChainHead Head { get; private set; } = ChainHead.Start(chain);

    /// <summary>Where it began.</summary>
    public ChainHead Beginning { get; private set; } = ChainHead.Start(chain);

    /// <summary>The first thing that is wrong.</summary>
    public AuditFinding? Finding { get; private set; }

    public long Entries { get; private set; }

    public long Seals { get; private set; }

    /// <summary>Called with each seal that holds.</summary>
    public Action<ChainHead>? Passed { get; set; }

    /// <summary>Begins later than at the first seal.</summary>
    public void BeginAt(ChainHead head)
    {
        Head = Beginning = head;
        _recent[head.Seal] = head.SealHash.ToArray();
    }

    /// <summary>What a segment says about where this chain stood before it.</summary>
    public void Expect(ChainHead said)
    {
        if (Finding is null && !Head.IsSame(said))
        {
            Finding = said.LastEntry > Head.LastEntry
                ? new AuditFinding(FindingKind.Missing, chain, Head.LastEntry + 1, $"the archive goes on after entry {said.LastEntry}")
                : new AuditFinding(FindingKind.Changed, chain, said.LastEntry, "the archive goes on from another state than the one before it");
        }
    }

    public void Add(ChainEntry entry)
    {
        if (Finding is not null)
        {
            return;
        }

        if (_pending.Count >= MostPending)
        {
            Finding = new AuditFinding(FindingKind.Added, chain, _pending[0].Number, $"{MostPending} entries follow without a seal");
            return;
        }

        _pending.Add(entry);
    }

    public void Add(Seal seal)
    {
        if (Finding is not null)
        {
            return;
        }

        Finding = Check(seal);
        if (Finding is null)
        {
            Entries += _pending.Count;
            Seals++;
            Head = seal.ToHead();
            _recent[Head.Seal] = Head.SealHash.ToArray();
            Passed?.Invoke(Head);
        }

        _pending.Clear();
    }

    /// <summary>Holds the head of a checkpoint against what was recomputed.</summary>
    /// <returns>What is wrong, or null.</returns>
    public AuditFinding? Compare(ChainHead head, string who)
    {
        if (Finding is not null || head.Seal < Beginning.Seal)
        {
            return null; // told already, or from before what there is
        }

        if (head.Seal > Head.Seal)
        {
            return new AuditFinding(
                FindingKind.Cut, chain, Head.LastEntry + 1, $"the chain ends at entry {Head.LastEntry}, and {who} counted {head.LastEntry}");
        }

        if (head.Seal > 0 && _recent.TryGetValue(head.Seal, out var hash) && !head.SealHash.Span.SequenceEqual(hash))
        {
            return new AuditFinding(FindingKind.Changed, chain, head.LastEntry, $"up to this entry it is not what {who} says");
        }

        return null;
    }

    /// <summary>Forgets what no later checkpoint will name.</summary>
    public void ForgetBefore(long seal)
    {
        foreach (var old in _recent.Keys.TakeWhile(k => k < seal).ToList())
        {
            _recent.Remove(old);
        }
    }

    public void Finish()
    {
        if (Finding is null && _pending.Count > 0)
        {
            Finding = new AuditFinding(
                FindingKind.Added, chain, _pending[0].Number, "it stands behind the last seal and was never sealed, or its seal was cut off");
        }
    }

    private AuditFinding? Check(Seal seal)
    {
        switch (keys.Verify(seal.KeyId, seal.Canonical(), seal.Signature.Span))
        {
            case SignatureVerdict.UnknownKey:
                return new AuditFinding(FindingKind.UnknownKey, chain, seal.First, $"seal {seal.Number} was signed with {seal.KeyId}");
            case SignatureVerdict.Wrong:
                return new AuditFinding(FindingKind.WrongSignature, chain, seal.First, $"seal {seal.Number} over entries {seal.First}..{seal.Last}");
        }

        if (seal.Number > Head.Seal + 1 || seal.First > Head.LastEntry + 1)
        {
            return new AuditFinding(FindingKind.Missing, chain, Head.LastEntry + 1, $"the next seal, {seal.Number}, begins at entry {seal.First}");
        }

        if (seal.Number <= Head.Seal)
        {
            return new AuditFinding(FindingKind.Moved, chain, seal.First, $"seal {seal.Number} stands behind seal {Head.Seal}");
        }

        if (!seal.PreviousHash.Span.SequenceEqual(Head.SealHash.Span) || seal.First != Head.LastEntry + 1)
        {
            return new AuditFinding(FindingKind.Changed, chain, Head.LastEntry, $"seal {seal.Number} was linked to another seal than the one before it");
        }

        if (seal.Last < seal.First || seal.Marks.Length != (seal.Last - seal.First + 1) * ChainEntry.MarkLength)
        {
            return new AuditFinding(FindingKind.Changed, chain, seal.First, $"seal {seal.Number} has not one mark for each of its entries");
        }

        return SealComparison.FirstDifference(seal, _pending);
    }
}
