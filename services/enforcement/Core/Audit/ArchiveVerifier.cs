using System.IO.Compression;
using System.Security.Cryptography;

namespace Moderation.Enforcement.Audit;

/// <summary>Recomputes an archive, segment after segment: each file against its manifest, each manifest against the one before, and all lines.</summary>
/// <param name="verifier">Takes the lines.</param>
/// <param name="keys">The keys that are trusted.</param>
public sealed class ArchiveVerifier(AuditVerifier verifier, AuditKeyRing keys)
{
    private const int LongestLine = 64 * 1024 * 1024;
    private SegmentManifest? _latest;
    private PruneMark? _pruned;
    private bool _afterUnreadable;

    /// <summary>Says what retention dropped; before the first segment.</summary>
    public void Pruned(ReadOnlySpan<byte> mark)
    {
        try
        {
            var pruned = PruneMark.Parse(mark);
            if (keys.Verify(pruned.KeyId, pruned.Canonical(), pruned.Signature.Span) == SignatureVerdict.Valid)
            {
                _pruned = pruned;
                return;
            }

            verifier.Report(new AuditFinding(FindingKind.WrongSignature, ArchiveLayout.Pruned, 0, "no trusted key signed it"));
        }
        catch (FormatException wrong)
        {
            verifier.Report(new AuditFinding(FindingKind.Unreadable, ArchiveLayout.Pruned, 0, wrong.Message));
        }
    }

    /// <summary>Takes the next segment.</summary>
    /// <param name="number">The number that its manifest has by its name.</param>
    /// <param name="manifest">The manifest's bytes.</param>
    /// <param name="open">Opens a file beside it, or gives null when there is none.</param>
    public void Read(long number, ReadOnlySpan<byte> manifest, Func<string, Stream?> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        var name = $"segment {ArchiveLayout.ManifestOf(number)}";
        SegmentManifest said;
        try
        {
            said = SegmentManifest.Parse(manifest);
        }
        catch (FormatException wrong)
        {
            verifier.Report(new AuditFinding(FindingKind.Unreadable, name, number, wrong.Message));
            (_latest, _afterUnreadable) = (null, true);
            return;
        }

        if (Check(number, said, name) is { } differs)
        {
            verifier.Report(differs);
        }

        (_latest, _afterUnreadable) = (said, false);
        using var file = open(said.File);
        if (file is null)
        {
            verifier.Report(new AuditFinding(FindingKind.Missing, name, number, $"its file {said.File} is not there"));
            return;
        }

        ReadFile(said, file);
    }

    private AuditFinding? Check(long number, SegmentManifest said, string name)
    {
        switch (keys.Verify(said.KeyId, said.Canonical(), said.Signature.Span))
        {
            case SignatureVerdict.UnknownKey:
                return new AuditFinding(FindingKind.UnknownKey, name, number, $"it was signed with {said.KeyId}");
            case SignatureVerdict.Wrong:
                return new AuditFinding(FindingKind.WrongSignature, name, number, "its signature does not hold");
        }

        if (said.Number != number)
        {
            return new AuditFinding(FindingKind.Moved, name, number, $"it is the manifest of segment {said.Number}");
        }

        if (_latest is { } before)
        {
            return number != before.Number + 1 ? new AuditFinding(FindingKind.Missing, name, before.Number + 1, $"the next segment is {number}")
                : !said.PreviousHash.Span.SequenceEqual(before.Hash())
                    ? new AuditFinding(FindingKind.Changed, name, number, "it was linked to another segment than the one before it")
                : null;
        }

        var dropped = _pruned is { } mark && mark.First == number && mark.PreviousHash.Span.SequenceEqual(said.PreviousHash.Span);
        return number == 1 || _afterUnreadable || dropped
            ? null
            : new AuditFinding(
                FindingKind.Missing, name, 1, $"the archive begins at segment {number}, and no signed mark says that retention dropped what was before");
    }

    private void ReadFile(SegmentManifest said, Stream file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var hashed = new HashingStream(file, hash);
        var (line, changed) = (0, false);
        try
        {
            using var text = new GZipStream(hashed, CompressionMode.Decompress, leaveOpen: true);
            foreach (var bytes in NdjsonLines.Read(text, LongestLine))
            {
                line++;
                verifier.Read(AuditLine.Parse(bytes.Span));
            }
        }
        catch (Exception wrong) when (wrong is InvalidDataException or FormatException or EndOfStreamException)
        {
            verifier.Report(new AuditFinding(FindingKind.Unreadable, said.File, said.Number, $"line {line + 1}: {wrong.Message}"));
            changed = true;
        }

        hashed.ReadToEnd();
        if (!changed && !hash.GetHashAndReset().AsSpan().SequenceEqual(said.FileHash.Span))
        {
            verifier.Report(new AuditFinding(FindingKind.Changed, said.File, said.Number, "its bytes are not those that its manifest was signed for"));
        }
    }
}
