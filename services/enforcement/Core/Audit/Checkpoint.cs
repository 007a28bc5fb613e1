using System.Security.Cryptography;

namespace Moderation.Enforcement.Audit;

/// <summary>Where all chains stood at one time, signed and linked to the checkpoint before.</summary>
public sealed record Checkpoint
{
    private const string Label = "moderation.audit.checkpoint.v1";

    /// <summary>Its number, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>When, Unix milliseconds.</summary>
    public required long TimeMs { get; init; }

    /// <summary>Hash of the checkpoint before; zeros for the first.</summary>
    public required ReadOnlyMemory<byte> PreviousHash { get; init; }

    /// <summary>The heads, by chain in ordinal order.</summary>
    public required IReadOnlyList<ChainHead> Heads { get; init; }

    /// <summary>The key that signed.</summary>
    public required string KeyId { get; init; }

    /// <summary>Over <see cref="Canonical"/>.</summary>
    public ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>Makes the one after <paramref name="previous"/>.</summary>
    public static Checkpoint Make(Checkpoint? previous, IEnumerable<ChainHead> heads, long timeMs, AuditSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var open = new Checkpoint
        {
            Number = (previous?.Number ?? 0) + 1,
            TimeMs = timeMs,
            PreviousHash = previous?.Hash() ?? new byte[SHA256.HashSizeInBytes],
            Heads = [.. heads.OrderBy(h => h.Chain, StringComparer.Ordinal)],
            KeyId = signer.KeyId,
        };
        return open with { Signature = signer.Sign(open.Canonical()) };
    }

    /// <summary>What is signed.</summary>
    public byte[] Canonical()
    {
        var bytes = new CanonicalBytes(Label).Add(Number).Add(TimeMs).Add(PreviousHash.Span).Add(Heads.Count);
        foreach (var head in Heads)
        {
            bytes.Add(head.Chain).Add(head.Seal).Add(head.LastEntry).Add(head.SealHash.Span);
        }

        return bytes.Add(KeyId).Span.ToArray();
    }

    /// <summary>What the next checkpoint is linked to.</summary>
    public byte[] Hash() => SHA256.HashData(Canonical());
}
