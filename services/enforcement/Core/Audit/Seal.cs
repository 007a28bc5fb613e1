using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Moderation.Enforcement.Audit;

/// <summary>Closes a range of entries of a chain, linked to the seal before and signed.</summary>
public sealed record Seal
{
    private const string Label = "moderation.audit.seal.v1";

    /// <summary>The chain.</summary>
    public required string Chain { get; init; }

    /// <summary>Its number in the chain, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>The first entry that it covers.</summary>
    public required long First { get; init; }

    /// <summary>The last entry that it covers.</summary>
    public required long Last { get; init; }

    /// <summary>Hash of the seal before; zeros for the first.</summary>
    public required ReadOnlyMemory<byte> PreviousHash { get; init; }

    /// <summary>SHA-256 over <see cref="PreviousHash"/> and each entry behind its number and length.</summary>
    public required ReadOnlyMemory<byte> EntriesHash { get; init; }

    /// <summary>The marks of the entries, one after the other.</summary>
    public required ReadOnlyMemory<byte> Marks { get; init; }

    /// <summary>When, Unix milliseconds.</summary>
    public required long TimeMs { get; init; }

    /// <summary>The key that signed.</summary>
    public required string KeyId { get; init; }

    /// <summary>Over <see cref="Canonical"/>.</summary>
    public ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>Closes <paramref name="entries"/>, which follow <paramref name="previous"/> without a gap.</summary>
    /// <exception cref="ArgumentException">They don't.</exception>
    public static Seal Close(ChainHead previous, IReadOnlyList<ChainEntry> entries, long timeMs, AuditSigner signer)
    {
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(signer);
        if (entries.Count == 0 || entries.Where((e, i) => e.Number != previous.LastEntry + 1 + i).Any())
        {
            throw new ArgumentException($"Entries of {previous.Chain} must follow {previous.LastEntry} without a gap.", nameof(entries));
        }

        var open = new Seal
        {
            Chain = previous.Chain,
            Number = previous.Seal + 1,
            First = entries[0].Number,
            Last = entries[^1].Number,
            PreviousHash = previous.SealHash,
            EntriesHash = HashOf(previous.SealHash.Span, entries),
            Marks = MarksOf(entries),
            TimeMs = timeMs,
            KeyId = signer.KeyId,
        };
        return open with { Signature = signer.Sign(open.Canonical()) };
    }

    /// <summary>What is signed.</summary>
    public byte[] Canonical() => new CanonicalBytes(Label)
        .Add(Chain).Add(Number).Add(First).Add(Last).Add(PreviousHash.Span).Add(EntriesHash.Span).Add(Marks.Span).Add(TimeMs).Add(KeyId).Span.ToArray();

    /// <summary>What the next seal is linked to.</summary>
    public byte[] Hash() => SHA256.HashData(Canonical());

    /// <summary>Where the chain stands after it.</summary>
    public ChainHead ToHead() => new(Chain, Number, Last, Hash());

    /// <summary>SHA-256 over the hash of the seal before and each entry behind its number and length, 8 bytes each, big-endian.</summary>
    public static byte[] HashOf(ReadOnlySpan<byte> previousHash, IEnumerable<ChainEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previousHash);
        Span<byte> prefix = stackalloc byte[2 * sizeof(long)];
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteInt64BigEndian(prefix, entry.Number);
            BinaryPrimitives.WriteInt64BigEndian(prefix[sizeof(long)..], entry.Bytes.Length);
            hash.AppendData(prefix);
            hash.AppendData(entry.Bytes.Span);
        }

        return hash.GetHashAndReset();
    }

    private static byte[] MarksOf(IReadOnlyList<ChainEntry> entries)
    {
        var marks = new byte[entries.Count * ChainEntry.MarkLength];
        for (var i = 0; i < entries.Count; i++)
        {
            entries[i].Mark().CopyTo(marks, i * ChainEntry.MarkLength);
        }

        return marks;
    }
}
