using System.Security.Cryptography;

namespace Moderation.Enforcement.Audit;

/// <summary>One entry of a chain.</summary>
/// <param name="Number">Its number in the chain, from 1 without gaps.</param>
/// <param name="Bytes">The entry as it was stored.</param>
public readonly record struct ChainEntry(long Number, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Bytes of a mark.</summary>
    public const int MarkLength = 8;

    /// <summary>The first bytes of its SHA-256, by which a change is located.</summary>
    public byte[] Mark() => SHA256.HashData(Bytes.Span)[..MarkLength];
}

/// <summary>Where a chain stands.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Seal">Its last seal; 0 when there is none.</param>
/// <param name="LastEntry">Its last sealed entry.</param>
/// <param name="SealHash">The hash of that seal; zeros when there is none.</param>
public sealed record ChainHead(string Chain, long Seal, long LastEntry, ReadOnlyMemory<byte> SealHash)
{
    /// <summary>Before the first seal.</summary>
    public static ChainHead Start(string chain) => new(chain, 0, 0, new byte[SHA256.HashSizeInBytes]);

    /// <summary>Whether both stand at the same seal.</summary>
    public bool IsSame(ChainHead other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Chain == other.Chain && Seal == other.Seal && LastEntry == other.LastEntry && SealHash.Span.SequenceEqual(other.SealHash.Span);
    }
}
