using CsCheck;
using Moderation.Enforcement.Audit;
using Xunit;

namespace Moderation.Enforcement.Tests.Audit;

public sealed class AuditVerifierTests : IDisposable
{
    private readonly AuditSample _audit = new();

    public void Dispose() => _audit.Dispose();

    [Fact]
    public void Audit_as_it_was_sealed_holds_and_everything_in_it_was_recomputed()
    {
        var report = _audit.Verify(trusted: _audit.Checkpoints[2]);
        Assert.Empty(report.Findings);
        Assert.Equal((40, 8, 4), (report.Entries, report.Seals, report.Checkpoints));
        Assert.Equal(4, report.Latest!.Number);
    }

    [Fact]
    public void Changed_byte_of_any_entry_is_found_and_the_entry_named()
        => Gen.Select(Gen.Int[0, 39], Gen.Int[0, 1000], Gen.Byte[1, 255]).Sample(change =>
        {
            var lines = _audit.Lines.ToList();
            var (index, line) = lines.Select((l, i) => (i, l)).Where(l => l.l is EntryLine).Select(l => (l.i, (EntryLine)l.l)).ElementAt(change.Item1);
            var bytes = line.Entry.Bytes.ToArray();
            bytes[change.Item2 % bytes.Length] ^= change.Item3;
            lines[index] = line with { Entry = line.Entry with { Bytes = bytes } };
            Expect(FindingKind.Changed, line.Chain, line.Entry.Number, _audit.Verify(lines));
        }, iter: 200);

    [Fact]
    public void Entry_dropped_is_missing()
    {
        foreach (var number in new long[] { 1, 3, 5, 12, 20 })
        {
            var lines = _audit.Lines.ToList();
            lines.RemoveAt(_audit.IndexOf(AuditSample.Second, number));
            Expect(FindingKind.Missing, AuditSample.Second, number, _audit.Verify(lines));
        }
    }

    [Fact]
    public void Entry_dropped_with_the_others_moved_up_is_missing_all_the_same()
    {
        var lines = _audit.Lines.ToList();
        lines.RemoveAt(_audit.IndexOf(AuditSample.First, 7));
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i] is EntryLine { Chain: AuditSample.First, Entry: { Number: > 7 and <= 10 } entry } line)
            {
                lines[i] = line with { Entry = entry with { Number = entry.Number - 1 } };
            }
        }

        Expect(FindingKind.Missing, AuditSample.First, 7, _audit.Verify(lines));
    }

    [Fact]
    public void Entries_swapped_are_moved_with_and_without_their_numbers()
    {
        var (third, fifth) = (_audit.IndexOf(AuditSample.First, 3), _audit.IndexOf(AuditSample.First, 5));
        var lines = _audit.Lines.ToList();
        (lines[third], lines[fifth]) = (lines[fifth], lines[third]);
        Expect(FindingKind.Moved, AuditSample.First, 3, _audit.Verify(lines));

        var (a, b) = ((EntryLine)_audit.Lines[third], (EntryLine)_audit.Lines[fifth]);
        lines[third] = a with { Entry = a.Entry with { Bytes = b.Entry.Bytes } };
        lines[fifth] = b with { Entry = b.Entry with { Bytes = a.Entry.Bytes } };
        Expect(FindingKind.Moved, AuditSample.First, 3, _audit.Verify(lines));
    }

    [Fact]
    public void Entry_inserted_is_added_wherever_it_stands()
    {
        var at = _audit.IndexOf(AuditSample.First, 8);
        var original = (EntryLine)_audit.Lines[at];
        var forged = original with { Entry = new ChainEntry(8, "forged"u8.ToArray()) };
        Expect(FindingKind.Added, AuditSample.First, 8, _audit.Verify([.. _audit.Lines.Take(at), forged, .. _audit.Lines.Skip(at)]));
        Expect(FindingKind.Added, AuditSample.First, 21, _audit.Verify([.. _audit.Lines, original with { Entry = new ChainEntry(21, "forged"u8.ToArray()) }]));
        Expect(FindingKind.Added, AuditSample.First, 8, _audit.Verify([.. _audit.Lines.Take(at), original, .. _audit.Lines.Skip(at)]), "a copy");
    }

    [Fact]
    public void Seal_dropped_names_the_first_entry_that_is_missing_with_it()
    {
        var lines = _audit.Lines.Where(l => l is not SealLine { Seal: { Chain: AuditSample.First, Number: 2 } }
            && l is not EntryLine { Chain: AuditSample.First, Entry.Number: > 5 and <= 10 }).ToList();
        Expect(FindingKind.Missing, AuditSample.First, 6, _audit.Verify(lines));
    }

    [Fact]
    public void Tail_cut_off_a_chain_shows_against_the_checkpoints_beside_it()
    {
        var lines = _audit.Lines.Where(l => l is not SealLine { Seal: { Chain: AuditSample.First, Number: 4 } }
            && l is not EntryLine { Chain: AuditSample.First, Entry.Number: > 15 }).ToList();
        Expect(FindingKind.Cut, AuditSample.First, 16, _audit.Verify(lines));
    }

    [Fact]
    public void Tail_cut_with_its_checkpoints_shows_against_the_trusted_one_only()
    {
        var older = _audit.Lines.TakeWhile(l => l is not CheckpointLine { Checkpoint.Number: 2 }).ToList();
        Assert.True(_audit.Verify(older).Holds, "an old state is whole in itself");
        var report = _audit.Verify(older, _audit.Checkpoints[3]);
        Assert.All(report.Findings, f => Assert.Equal(FindingKind.RolledBack, f.Kind));
        Assert.Equal([(AuditSample.First, 11L), (AuditSample.Second, 11L)], report.Findings.Select(f => (f.Subject, f.Number)).Order());
    }

    [Fact]
    public void History_written_anew_with_the_right_key_shows_against_the_trusted_checkpoint()
    {
        var head = ChainHead.Start(AuditSample.First);
        var lines = new List<AuditLine>();
        for (var i = 1; i <= 4; i++)
        {
            var entries = Enumerable.Range(1, 5).Select(k => new ChainEntry(head.LastEntry + k, "another"u8.ToArray())).ToList();
            var seal = Seal.Close(head, entries, 1000, _audit.Signer);
            lines.AddRange(entries.Select(e => new EntryLine(AuditSample.First, e, 1000, default, default)));
            lines.Add(new SealLine(seal));
            head = seal.ToHead();
        }

        Assert.True(_audit.Verify(lines).Holds);
        var report = _audit.Verify(lines, _audit.Checkpoints[1]);
        Assert.Contains(report.Findings, f => f is { Kind: FindingKind.Changed, Subject: AuditSample.First, Number: 10 });
    }

    [Fact]
    public void Signature_that_does_not_hold_is_found_in_seals_and_checkpoints()
    {
        var index = _audit.Lines.FindIndex(l => l is SealLine { Seal: { Chain: AuditSample.Second, Number: 3 } });
        var seal = ((SealLine)_audit.Lines[index]).Seal;
        var signature = seal.Signature.ToArray();
        signature[5] ^= 1;
        var lines = _audit.Lines.ToList();
        lines[index] = new SealLine(seal with { Signature = signature });
        Expect(FindingKind.WrongSignature, AuditSample.Second, 11, _audit.Verify(lines));

        lines = [.. _audit.Lines];
        lines[^1] = new CheckpointLine(_audit.Checkpoints[3] with { TimeMs = 1 });
        Expect(FindingKind.WrongSignature, AuditChains.Checkpoints, 4, _audit.Verify(lines));
    }

    [Fact]
    public void Key_that_is_not_trusted_is_named_even_when_all_it_signed_fits()
    {
        using var stranger = new AuditSample();
        var report = _audit.Verify(stranger.Lines);
        Assert.Contains(report.Findings, f => f.Kind == FindingKind.UnknownKey && f.Text.Contains(stranger.Signer.KeyId, StringComparison.Ordinal));
        Assert.Equal(0, report.Entries);
    }

    [Fact]
    public void Key_changed_for_another_verifies_with_both_public_keys()
    {
        using var next = AuditSigner.FromPem(AuditSigner.CreatePem());
        var last = ((SealLine)_audit.Lines.Last(l => l is SealLine { Seal.Chain: AuditSample.First })).Seal.ToHead();
        var entry = new ChainEntry(21, "after the change"u8.ToArray());
        List<AuditLine> lines = [.. _audit.Lines, new EntryLine(AuditSample.First, entry, 5000, default, default), new SealLine(Seal.Close(last, [entry], 5000, next))];
        Expect(FindingKind.UnknownKey, AuditSample.First, 21, _audit.Verify(lines));
        _audit.Keys.Add(next.PublicKey);
        Assert.True(_audit.Verify(lines).Holds);
    }

    [Fact]
    public void Checkpoint_dropped_or_out_of_place_is_found()
    {
        Expect(FindingKind.Missing, AuditChains.Checkpoints, 2, _audit.Verify([.. _audit.Lines.Where(l => l is not CheckpointLine { Checkpoint.Number: 2 })]));
        var again = new CheckpointLine(_audit.Checkpoints[0]);
        Expect(FindingKind.Moved, AuditChains.Checkpoints, 1, _audit.Verify([.. _audit.Lines, again]));
    }

    private static void Expect(FindingKind kind, string subject, long number, AuditReport report, string? because = null)
    {
        Assert.False(report.Holds, because ?? "a change must not hold");
        var first = report.Findings.First(f => f.Subject == subject);
        Assert.Equal((kind, number), (first.Kind, first.Number));
    }
}
