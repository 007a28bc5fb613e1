using System.IO.Compression;
using System.Security.Cryptography;
using Moderation.Enforcement.Audit;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>Builds one segment in memory.</summary>
internal sealed class SegmentContent : IDisposable
{
    private readonly MemoryStream _file = new();
    private readonly GZipStream _text;
    private readonly Dictionary<string, ChainHead> _heads;
    private long _fromMs = long.MaxValue;
    private long _toMs;

    /// <param name="heads">Where the chains and the checkpoints stood before.</param>
    public SegmentContent(IReadOnlyDictionary<string, ChainHead> heads)
    {
        _heads = new Dictionary<string, ChainHead>(heads);
        _text = new GZipStream(_file, CompressionLevel.Fastest, leaveOpen: true); // most of it is encrypted, which nothing makes smaller
        _text.Write(new HeadsLine([.. heads.Values.OrderBy(h => h.Chain, StringComparer.Ordinal)]).ToJson());
    }

    /// <summary>Entries so far.</summary>
    public int Entries { get; private set; }

    /// <summary>Checkpoints so far.</summary>
    public int Checkpoints { get; private set; }

    /// <summary>Where the chains and the checkpoints stand after it.</summary>
    public IReadOnlyDictionary<string, ChainHead> Heads => _heads;

    public void Add(EntryLine entry)
    {
        _text.Write(entry.ToJson());
        Entries++;
        (_fromMs, _toMs) = (Math.Min(_fromMs, entry.TimeMs), Math.Max(_toMs, entry.TimeMs));
    }

    public void Add(Seal seal)
    {
        _text.Write(new SealLine(seal).ToJson());
        _heads[seal.Chain] = seal.ToHead();
    }

    /// <summary>Adds a checkpoint, if all seals that it names are in the archive by now.</summary>
    public bool TryAdd(Checkpoint checkpoint)
    {
        if (checkpoint.Heads.Any(h => h.Seal > _heads[h.Chain].Seal))
        {
            return false;
        }

        _text.Write(new CheckpointLine(checkpoint).ToJson());
        _heads[AuditChains.Checkpoints] = new ChainHead(AuditChains.Checkpoints, checkpoint.Number, checkpoint.Number, checkpoint.Hash());
        Checkpoints++;
        return true;
    }

    /// <summary>Ends it: the file, and the manifest behind the one before.</summary>
    public (SegmentManifest Manifest, byte[] File) Finish(SegmentManifest? before, long nowMs, AuditSigner signer)
    {
        _text.Dispose();
        var file = _file.ToArray();
        var hash = SHA256.HashData(file);
        var number = (before?.Number ?? 0) + 1;
        var manifest = new SegmentManifest
        {
            Number = number,
            File = ArchiveLayout.FileOf(number, hash),
            Bytes = file.Length,
            FileHash = hash,
            Entries = Entries,
            FromMs = Entries == 0 ? 0 : _fromMs,
            ToMs = _toMs,
            TimeMs = nowMs,
            PreviousHash = before?.Hash() ?? new byte[SHA256.HashSizeInBytes],
            KeyId = signer.KeyId,
        };
        return (manifest.SignedBy(signer), file);
    }

    public void Dispose()
    {
        _text.Dispose();
        _file.Dispose();
    }
}
