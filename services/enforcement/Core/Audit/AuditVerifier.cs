namespace Moderation.Enforcement.Audit;

/// <summary>
/// Recomputes an audit line by line: every entry against its seal, every seal against the one before and its signature, every checkpoint against the
/// chains, and all of it against a checkpoint that was kept outside.
/// </summary>
/// <param name="keys">The keys that are trusted.</param>
/// <param name="trusted">A checkpoint that was kept outside; null: only what contradicts itself is found.</param>
public sealed class AuditVerifier(AuditKeyRing keys, Checkpoint? trusted)
{
    private readonly Dictionary<string, ChainVerifier> _chains = [];
    private readonly List<AuditFinding> _others = [];
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, ChainHead> _trustedHeads = trusted?.Heads.ToDictionary(h => h.Chain) ?? [];
    private readonly HashSet<string> _met = [];
    private Checkpoint? _latest;
    private ChainHead _checkpointHead = ChainHead.Start(AuditChains.Checkpoints);
    private long _checkpoints;
    private bool _begun;

    /// <summary>Takes the next line.</summary>
    public void Read(AuditLine line)
    {
        switch (line)
        {
            case HeadsLine heads:
                Read(heads);
                break;
            case EntryLine entry:
                Of(entry.Chain).Add(entry.Entry);
                break;
            case SealLine seal:
                Of(seal.Seal.Chain).Add(seal.Seal);
                break;
            case CheckpointLine checkpoint:
                Read(checkpoint.Checkpoint);
                break;
        }
    }

    /// <summary>Adds what was found elsewhere: a file that can't be read, a segment that is missing.</summary>
    public void Report(AuditFinding finding) => _others.Add(finding);

    /// <summary>Adds a note.</summary>
    public void Note(string note) => _notes.Add(note);

    /// <summary>Ends, and says what it came to.</summary>
    public AuditReport Finish()
    {
        foreach (var chain in _chains.Values)
        {
            chain.Finish();
        }

        // An end that is missing is a hole when the chain turned out to go on.
        var ofChains = _chains.Values.Select(c => c.Finding).OfType<AuditFinding>().ToList();
        var findings = _others.Where(o => o.Kind != FindingKind.Cut || ofChains.TrueForAll(c => c.Subject != o.Subject)).Concat(ofChains).ToList();
        if (trusted is not null)
        {
            findings.AddRange(AgainstTrusted(trusted, findings.Select(f => f.Subject).ToHashSet()));
        }

        return new AuditReport(
            findings, _chains.Values.Sum(c => c.Entries), _chains.Values.Sum(c => c.Seals), _checkpoints, _latest,
            [.. _chains.Values.Select(c => c.Head).OrderBy(h => h.Chain, StringComparer.Ordinal)], _notes);
    }

    private void Read(HeadsLine line)
    {
        foreach (var head in line.Heads)
        {
            if (head.Chain == AuditChains.Checkpoints)
            {
                ReadCheckpointHead(head);
            }
            else if (_begun)
            {
                Of(head.Chain).Expect(head);
            }
            else
            {
                Of(head.Chain).BeginAt(head);
            }
        }

        if (!_begun && line.Heads.Count(h => h.Seal > 0) is > 0 and var later)
        {
            _notes.Add($"What there is begins behind the first seal in {later} chains: what was before is elsewhere, or was dropped by retention.");
        }

        _begun = true;
    }

    private void ReadCheckpointHead(ChainHead said)
    {
        if (_begun && !_checkpointHead.IsSame(said))
        {
            _others.Add(said.Seal > _checkpointHead.Seal
                ? new AuditFinding(FindingKind.Missing, said.Chain, _checkpointHead.Seal + 1, $"the archive goes on after checkpoint {said.Seal}")
                : new AuditFinding(FindingKind.Changed, said.Chain, said.Seal, "the archive goes on from another checkpoint than the one before"));
        }

        _checkpointHead = said;
    }

    private void Read(Checkpoint checkpoint)
    {
        if (_others.Any(f => f.Subject == AuditChains.Checkpoints))
        {
            return;
        }

        if (Check(checkpoint) is { } wrong)
        {
            _others.Add(wrong);
            return;
        }

        foreach (var head in checkpoint.Heads)
        {
            if (Of(head.Chain).Compare(head, $"checkpoint {checkpoint.Number}") is { } differs && !_others.Any(f => f.Subject == head.Chain))
            {
                _others.Add(differs);
            }

            Of(head.Chain).ForgetBefore(head.Seal);
        }

        _checkpoints++;
        _latest = checkpoint;
        _checkpointHead = new ChainHead(AuditChains.Checkpoints, checkpoint.Number, checkpoint.Number, checkpoint.Hash());
    }

    private AuditFinding? Check(Checkpoint checkpoint)
    {
        switch (keys.Verify(checkpoint.KeyId, checkpoint.Canonical(), checkpoint.Signature.Span))
        {
            case SignatureVerdict.UnknownKey:
                return new AuditFinding(FindingKind.UnknownKey, AuditChains.Checkpoints, checkpoint.Number, $"it was signed with {checkpoint.KeyId}");
            case SignatureVerdict.Wrong:
                return new AuditFinding(FindingKind.WrongSignature, AuditChains.Checkpoints, checkpoint.Number, "its signature does not hold");
        }

        if (trusted is not null && trusted.Number == checkpoint.Number && !trusted.Hash().AsSpan().SequenceEqual(checkpoint.Hash()))
        {
            return new AuditFinding(FindingKind.Changed, AuditChains.Checkpoints, checkpoint.Number, "it is not the trusted one of this number");
        }

        var before = _checkpointHead.Seal;
        return checkpoint.Number > before + 1
                ? new AuditFinding(FindingKind.Missing, AuditChains.Checkpoints, before + 1, $"the next one is {checkpoint.Number}")
            : checkpoint.Number <= before
                ? new AuditFinding(FindingKind.Moved, AuditChains.Checkpoints, checkpoint.Number, $"it stands behind {before}")
            : !checkpoint.PreviousHash.Span.SequenceEqual(_checkpointHead.SealHash.Span)
                ? new AuditFinding(FindingKind.Changed, AuditChains.Checkpoints, before, $"checkpoint {checkpoint.Number} was linked to another one")
            : null;
    }

    private IEnumerable<AuditFinding> AgainstTrusted(Checkpoint checkpoint, HashSet<string> told)
    {
        if (keys.Verify(checkpoint.KeyId, checkpoint.Canonical(), checkpoint.Signature.Span) != SignatureVerdict.Valid)
        {
            yield return new AuditFinding(FindingKind.WrongSignature, "trusted checkpoint", checkpoint.Number, "no trusted key signed it");
            yield break;
        }

        var old = (_latest?.Number ?? 0) < checkpoint.Number;
        foreach (var head in checkpoint.Heads.Where(h => !_met.Contains(h.Chain) && !told.Contains(h.Chain)))
        {
            var chain = Of(head.Chain);
            if (head.Seal < chain.Beginning.Seal)
            {
                _notes.Add($"{head.Chain} begins after entry {chain.Beginning.LastEntry}, behind the trusted checkpoint: it can't be compared.");
            }
            else if (chain.Compare(head, $"trusted checkpoint {checkpoint.Number}") is { } differs)
            {
                yield return differs.Kind == FindingKind.Cut && old
                    ? differs with
                    {
                        Kind = FindingKind.RolledBack,
                        Text = $"{differs.Text}; the latest checkpoint here is {_latest?.Number ?? 0}: an older state was put back, or this copy was taken before the trusted checkpoint"
                            + " was written to it (an archive follows within minutes)",
                    }
                    : differs;
            }
        }
    }

    private ChainVerifier Of(string name)
    {
        if (!_chains.TryGetValue(name, out var chain))
        {
            chain = _chains[name] = new ChainVerifier(name, keys);
            if (_trustedHeads.TryGetValue(name, out var head))
            {
                chain.Passed = passed => Meet(chain, head, passed);
            }
        }

        return chain;
    }

    // Compared as it goes by: the hash of a seal is forgotten later.
    private void Meet(ChainVerifier chain, ChainHead wanted, ChainHead passed)
    {
        if (passed.Seal != wanted.Seal)
        {
            return;
        }

        if (chain.Compare(wanted, $"trusted checkpoint {trusted?.Number}") is { } differs)
        {
            _others.Add(differs);
        }

        _met.Add(wanted.Chain);
    }
}
