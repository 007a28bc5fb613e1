using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host.Audit;
using Xunit;

namespace Moderation.Enforcement.Tests.Audit;

/// <summary>An archive on the disk, damaged in every way.</summary>
public sealed class ArchiveVerifierTests : IDisposable
{
    private readonly AuditSample _audit = new();
    private readonly string _root = Directory.CreateTempSubdirectory("moderation-archive-").FullName;

    public ArchiveVerifierTests()
    {
        var archive = new DirectoryArchive(_root, 2);
        var heads = new Dictionary<string, ChainHead>(
            new[] { AuditSample.First, AuditSample.Second, AuditChains.Checkpoints }.ToDictionary(c => c, ChainHead.Start));
        SegmentManifest? before = null;
        foreach (var round in Enumerable.Range(1, 4))
        {
            using var content = new SegmentContent(heads);
            var lines = _audit.Lines.Skip((round - 1) * 13).Take(13).ToList();
            lines.OfType<EntryLine>().ToList().ForEach(content.Add);
            lines.OfType<SealLine>().ToList().ForEach(l => content.Add(l.Seal));
            Assert.True(content.TryAdd(lines.OfType<CheckpointLine>().Single().Checkpoint));
            var (manifest, file) = content.Finish(before, round * 1000, _audit.Signer);
            Assert.True(archive.TryWrite(manifest, file, () => { }));
            (before, heads) = (manifest, new Dictionary<string, ChainHead>(content.Heads));
        }
    }

    public void Dispose()
    {
        _audit.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private string[] Files => [.. Directory.EnumerateFiles(Path.Combine(_root, ArchiveLayout.Segments), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    [Fact]
    public void Archive_as_it_was_written_holds()
    {
        var report = Verify(_audit.Checkpoints[3]);
        Assert.Empty(report.Findings);
        Assert.Equal((40, 8, 4), (report.Entries, report.Seals, report.Checkpoints));
    }

    [Fact]
    public void Changed_byte_of_any_file_is_found_and_its_segment_named()
    {
        Assert.Equal(8, Files.Length);
        foreach (var file in Files)
        {
            var original = File.ReadAllBytes(file);
            var step = file.EndsWith(".json", StringComparison.Ordinal) ? 1 : 8; // a segment is under one hash as a whole
            for (var i = 0; i < original.Length; i += step)
            {
                var changed = original.ToArray();
                changed[i] ^= (byte)(1 << (i % 8));
                File.WriteAllBytes(file, changed);
                var report = Verify(null);
                Assert.False(report.Holds, $"{Path.GetFileName(file)} byte {i}");
                var number = long.Parse(Path.GetFileName(file).AsSpan(0, 11), System.Globalization.CultureInfo.InvariantCulture);
                Assert.Contains(report.Findings, f => f.Number == number);
            }

            File.WriteAllBytes(file, original);
        }

        Assert.True(Verify(null).Holds);
    }

    [Fact]
    public void Segment_taken_out_is_missing_and_the_first_entry_that_went_with_it_named()
    {
        Files.Where(f => Path.GetFileName(f).StartsWith("00000000002", StringComparison.Ordinal)).ToList().ForEach(File.Delete);
        var report = Verify(null);
        Assert.Contains(report.Findings, f => f is { Kind: FindingKind.Missing, Number: 2 } && f.Subject.StartsWith("segment", StringComparison.Ordinal));
        Assert.Contains(report.Findings, f => f is { Kind: FindingKind.Missing, Subject: AuditSample.First, Number: 6 });
    }

    [Fact]
    public void Beginning_taken_away_is_told_from_what_retention_dropped()
    {
        var archive = new DirectoryArchive(_root, 2);
        archive.Prune(PruneMark.Make(archive.Segment(3), 9000, _audit.Signer));
        Assert.Equal((3L, 4L), archive.Range());
        Assert.Empty(Verify(_audit.Checkpoints[3]).Findings);
        File.Delete(Path.Combine(_root, ArchiveLayout.Pruned));
        Assert.Contains(Verify(null).Findings, f => f is { Kind: FindingKind.Missing, Number: 1 });
    }

    [Fact]
    public void Old_copy_of_the_archive_shows_against_the_trusted_checkpoint()
    {
        Files.Where(f => string.CompareOrdinal(Path.GetFileName(f), "00000000003") >= 0).ToList().ForEach(File.Delete);
        Assert.True(Verify(null).Holds);
        Assert.All(Verify(_audit.Checkpoints[3]).Findings, f => Assert.Equal((FindingKind.RolledBack, 11L), (f.Kind, f.Number)));
        Assert.Equal(2, Verify(_audit.Checkpoints[3]).Findings.Count);
    }

    [Fact]
    public void Manifest_is_made_by_one_writer_only()
    {
        var archive = new DirectoryArchive(_root, 2);
        using var content = new SegmentContent(archive.HeadsAfter(archive.Segment(3)));
        var (manifest, file) = content.Finish(archive.Segment(3), 1, _audit.Signer);
        Assert.False(archive.TryWrite(manifest, file, () => { }));
        Assert.Empty(Verify(_audit.Checkpoints[3]).Findings);
    }

    [Fact]
    public void Archive_of_another_installation_is_refused()
        => Assert.Contains("number of shards", Assert.Throws<InvalidOperationException>(() => new DirectoryArchive(_root, 64)).Message, StringComparison.Ordinal);

    private AuditReport Verify(Checkpoint? trusted)
    {
        var verifier = new AuditVerifier(_audit.Keys, trusted);
        var archive = new ArchiveVerifier(verifier, _audit.Keys);
        var mark = Path.Combine(_root, ArchiveLayout.Pruned);
        if (File.Exists(mark))
        {
            archive.Pruned(File.ReadAllBytes(mark));
        }

        foreach (var file in Files.Where(f => f.EndsWith(".json", StringComparison.Ordinal)))
        {
            archive.Read(
                ArchiveLayout.NumberOf(Path.GetFileName(file))!.Value, File.ReadAllBytes(file),
                name => Path.Combine(Path.GetDirectoryName(file)!, name) is var path && File.Exists(path) ? File.OpenRead(path) : null);
        }

        return verifier.Finish();
    }
}
