using System.Security.Cryptography;
using System.Text.Json;

namespace Moderation.Enforcement.Audit;

/// <summary>
/// Says which file is a segment of the archive, and what it weighs and hashes to. Signed and linked to the manifest before, so that no byte of
/// a segment and no segment can be changed or left out. A segment is there once its manifest is.
/// </summary>
public sealed record SegmentManifest
{
    private const string Label = "moderation.audit.segment.v1";

    /// <summary>Number of the segment, from 1 without gaps.</summary>
    public required long Number { get; init; }

    /// <summary>Name of its file, beside the manifest.</summary>
    public required string File { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of the file.</summary>
    public required ReadOnlyMemory<byte> FileHash { get; init; }

    /// <summary>How many entries it holds; 0 for one of checkpoints alone.</summary>
    public required long Entries { get; init; }

    /// <summary>The earliest time of an entry, Unix milliseconds; 0 without entries.</summary>
    public required long FromMs { get; init; }

    /// <summary>The latest time of an entry, Unix milliseconds; 0 without entries.</summary>
    public required long ToMs { get; init; }

    /// <summary>When it was written, Unix milliseconds.</summary>
    public required long TimeMs { get; init; }

    /// <summary>Hash of the manifest before; zeros for the first.</summary>
    public required ReadOnlyMemory<byte> PreviousHash { get; init; }

    /// <summary>The key that signed.</summary>
    public required string KeyId { get; init; }

    /// <summary>Over <see cref="Canonical"/>.</summary>
    public ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>What is signed.</summary>
    public byte[] Canonical() => new CanonicalBytes(Label)
        .Add(Number).Add(File).Add(Bytes).Add(FileHash.Span).Add(Entries).Add(FromMs).Add(ToMs).Add(TimeMs)
        .Add(PreviousHash.Span).Add(KeyId).Span.ToArray();

    /// <summary>What the next manifest is linked to.</summary>
    public byte[] Hash() => SHA256.HashData(Canonical());

    /// <summary>This manifest, signed.</summary>
    public SegmentManifest SignedBy(AuditSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var open = this with { KeyId = signer.KeyId };
        return open with { Signature = signer.Sign(open.Canonical()) };
    }

    /// <summary>As one line of JSON. One value has exactly one form.</summary>
    public byte[] ToJson() => AuditJson.Write(json =>
    {
        json.WriteNumber("number", Number);
        json.WriteString("file", File);
        json.WriteNumber("bytes", Bytes);
        json.WriteString("sha256", AuditJson.Hex(FileHash));
        json.WriteNumber("entries", Entries);
        json.WriteNumber("from", FromMs);
        json.WriteNumber("to", ToMs);
        json.WriteNumber("time", TimeMs);
        json.WriteString("previous", AuditJson.Hex(PreviousHash));
        json.WriteString("key", KeyId);
        json.WriteBase64String("signature", Signature.Span);
    });

    /// <summary>Reads what <see cref="ToJson"/> wrote; another form of the same values is refused too.</summary>
    /// <exception cref="FormatException">It is not that.</exception>
    public static SegmentManifest Parse(ReadOnlySpan<byte> json)
    {
        using var document = AuditJson.Read(json);
        var root = document.RootElement;
        try
        {
            var manifest = new SegmentManifest
            {
                Number = root.GetProperty("number").GetInt64(),
                File = AuditJson.Text(root, "file"),
                Bytes = root.GetProperty("bytes").GetInt64(),
                FileHash = AuditJson.Hex(root, "sha256"),
                Entries = root.GetProperty("entries").GetInt64(),
                FromMs = root.GetProperty("from").GetInt64(),
                ToMs = root.GetProperty("to").GetInt64(),
                TimeMs = root.GetProperty("time").GetInt64(),
                PreviousHash = AuditJson.Hex(root, "previous"),
                KeyId = AuditJson.Text(root, "key"),
                Signature = root.GetProperty("signature").GetBytesFromBase64(),
            };
            return json.SequenceEqual(manifest.ToJson()) ? manifest : throw new FormatException("not as it was written");
        }
        catch (Exception wrong) when (wrong is KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException(wrong.Message, wrong);
        }
    }
}
