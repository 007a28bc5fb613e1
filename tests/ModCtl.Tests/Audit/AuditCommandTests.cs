using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Moderation.Enforcement.Audit;
using Moderation.ModCtl.Tests.Fakes;

namespace Moderation.ModCtl.Tests.Audit;

public sealed class AuditCommandTests : IDisposable
{
    private const string Chain = "shard-0";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modctl-audit-");
    private readonly AuditSigner _signer = AuditSigner.FromPem(AuditSigner.CreatePem());
    private readonly List<AuditLine> _lines = [];
    private readonly List<Checkpoint> _checkpoints = [];

    public AuditCommandTests()
    {
        var head = ChainHead.Start(Chain);
        _lines.Add(new KeyLine(_signer.PublicKey));
        _lines.Add(new HeadsLine([head, ChainHead.Start(AuditChains.Checkpoints)]));
        for (var round = 1; round <= 3; round++)
        {
            var entry = new ChainEntry(round, Encoding.UTF8.GetBytes($"entry {round}"));
            var seal = Seal.Close(head, [entry], round, _signer);
            head = seal.ToHead();
            _checkpoints.Add(Checkpoint.Make(_checkpoints.LastOrDefault(), [head], round, _signer));
            _lines.AddRange([new EntryLine(Chain, entry, round, default, default), new SealLine(seal), new CheckpointLine(_checkpoints[^1])]);
        }

        File.WriteAllText(PathOf("key.pem"), AuditKeyRing.ToPem(_signer.PublicKey));
    }

    public void Dispose()
    {
        _signer.Dispose();
        _folder.Delete(recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    [Fact]
    public async Task Verify_of_an_export_that_holds_says_so_and_keeps_its_checkpoint()
    {
        Export(_lines);
        var run = await ModCtlProgram.RunAsync("audit", "verify", "--file", PathOf("audit.ndjson.gz"), "--key", PathOf("key.pem"), "--save-checkpoint", PathOf("trusted.json"));
        Assert.Equal((0, "Holds: 3 entries under 3 seals in 1 chains, 3 checkpoints.\n"), (run.Code, run.Output));
        run = await ModCtlProgram.RunAsync(
            "audit", "verify", "--file", PathOf("audit.ndjson.gz"), "--key", PathOf("key.pem"), "--checkpoint", PathOf("trusted.json"));
        Assert.Equal((0, "Holds: 3 entries under 3 seals in 1 chains, 3 checkpoints, against trusted checkpoint 3.\n"), (run.Code, run.Output));
        Assert.DoesNotContain("Note", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_of_an_older_export_says_what_is_missing_and_fails()
    {
        Export(_lines.TakeWhile(l => l is not CheckpointLine { Checkpoint.Number: 2 }));
        File.WriteAllBytes(PathOf("trusted.json"), new CheckpointLine(_checkpoints[2]).ToJson());
        var run = await ModCtlProgram.RunAsync(
            "audit", "verify", "--file", PathOf("audit.ndjson.gz"), "--key", PathOf("key.pem"), "--checkpoint", PathOf("trusted.json"));
        Assert.Equal(1, run.Code);
        Assert.StartsWith("ROLLEDBACK shard-0 3: the chain ends at entry 2, and trusted checkpoint 3 counted 3", run.Output, StringComparison.Ordinal);
        Assert.Contains("DOES NOT HOLD", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_with_another_key_names_the_one_that_signed()
    {
        Export(_lines);
        using var other = AuditSigner.FromPem(AuditSigner.CreatePem());
        File.WriteAllText(PathOf("other.pem"), AuditKeyRing.ToPem(other.PublicKey));
        var run = await ModCtlProgram.RunAsync("audit", "verify", "--file", PathOf("audit.ndjson.gz"), "--key", PathOf("other.pem"));
        Assert.Equal(1, run.Code);
        Assert.Contains($"UNKNOWNKEY shard-0 1: seal 1 was signed with {_signer.KeyId}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_without_a_key_or_a_checkpoint_says_what_that_leaves_open()
    {
        Export(_lines);
        var run = await ModCtlProgram.RunAsync("audit", "verify", "--file", PathOf("audit.ndjson.gz"));
        Assert.Equal(0, run.Code);
        Assert.Contains($"the audit's own keys ({_signer.KeyId[..12]})", run.Error, StringComparison.Ordinal);
        Assert.Contains("no --checkpoint was given", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_of_an_archive_names_the_entry_that_was_changed()
    {
        WriteArchive(_lines);
        var run = await ModCtlProgram.RunAsync("audit", "verify", "--archive", PathOf("archive"), "--key", PathOf("key.pem"));
        Assert.Equal((0, "Holds: 3 entries under 3 seals in 1 chains, 3 checkpoints.\n"), (run.Code, run.Output));

        var index = _lines.FindIndex(l => l is EntryLine { Entry.Number: 2 });
        WriteArchive([.. _lines.Select((l, i) => i == index ? ((EntryLine)l) with { Entry = new ChainEntry(2, "forged"u8.ToArray()) } : l)]);
        run = await ModCtlProgram.RunAsync("audit", "verify", "--archive", PathOf("archive"));
        Assert.Equal(1, run.Code);
        Assert.Contains("CHANGED shard-0 2: it is not what seal 2 covers", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--file", "absent.ndjson", "--file: there is no file")]
    [InlineData("--archive", ".", "is no archive, it has no archive.json")]
    [InlineData("--checkpoint", "key.pem", "modctl audit checkpoint prints one")]
    [InlineData("--key", "absent.pem", "--key: there is no file")]
    public async Task Verify_of_what_is_not_there_says_what_would_be_right(string option, string path, string message)
    {
        var run = await ModCtlProgram.RunAsync("audit", "verify", option, PathOf(path));
        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_create_writes_a_key_once_and_shows_its_public_part()
    {
        var created = await ModCtlProgram.RunAsync("audit", "key", "create", PathOf("new.pem"));
        Assert.Equal(0, created.Code);
        using var signer = AuditSigner.FromPem(File.ReadAllText(PathOf("new.pem")));
        Assert.Equal(AuditKeyRing.ToPem(signer.PublicKey), created.Output);
        Assert.Contains(signer.KeyId, created.Error, StringComparison.Ordinal);
        var shown = await ModCtlProgram.RunAsync("audit", "key", "show", PathOf("new.pem"));
        Assert.Equal((0, created.Output), (shown.Code, shown.Output));
        Assert.Equal(1, (await ModCtlProgram.RunAsync("audit", "key", "create", PathOf("new.pem"))).Code);
    }

    private void Export(IEnumerable<AuditLine> lines) => File.WriteAllBytes(PathOf("audit.ndjson.gz"), Compress(lines));

    private void WriteArchive(IReadOnlyList<AuditLine> lines)
    {
        var root = PathOf("archive");
        Directory.CreateDirectory(Path.Combine(root, ArchiveLayout.FolderOf(1)));
        Directory.CreateDirectory(Path.Combine(root, ArchiveLayout.Keys));
        File.WriteAllText(Path.Combine(root, ArchiveLayout.Description), """{"format":1,"shards":1}""");
        File.WriteAllText(Path.Combine(root, ArchiveLayout.KeyOf(_signer.KeyId)), AuditKeyRing.ToPem(_signer.PublicKey));
        var file = Compress(lines);
        var manifest = new SegmentManifest
        {
            Number = 1,
            File = ArchiveLayout.FileOf(1, SHA256.HashData(file)),
            Bytes = file.Length,
            FileHash = SHA256.HashData(file),
            Entries = 3,
            FromMs = 1,
            ToMs = 3,
            TimeMs = 3,
            PreviousHash = new byte[32],
            KeyId = _signer.KeyId,
        };
        File.WriteAllBytes(Path.Combine(root, ArchiveLayout.FolderOf(1), manifest.File), file);
        File.WriteAllBytes(Path.Combine(root, ArchiveLayout.ManifestOf(1)), manifest.SignedBy(_signer).ToJson());
    }

    private static byte[] Compress(IEnumerable<AuditLine> lines)
    {
        var file = new MemoryStream();
        using (var text = new GZipStream(file, CompressionLevel.Fastest))
        {
            foreach (var line in lines)
            {
                text.Write(line.ToJson());
            }
        }

        return file.ToArray();
    }
}
