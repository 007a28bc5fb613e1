using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>Between the audit's pure values and the contract's messages.</summary>
internal static class AuditMapping
{
    public static AuditSealRecord ToContract(this Seal seal) => new()
    {
        Chain = seal.Chain,
        Number = seal.Number,
        FirstEntry = seal.First,
        LastEntry = seal.Last,
        PreviousHash = Bytes(seal.PreviousHash),
        EntriesHash = Bytes(seal.EntriesHash),
        Marks = Bytes(seal.Marks),
        CreateTime = Time(seal.TimeMs),
        KeyId = seal.KeyId,
        Signature = Bytes(seal.Signature),
    };

    public static Seal ToSeal(this AuditSealRecord record) => new()
    {
        Chain = record.Chain,
        Number = record.Number,
        First = record.FirstEntry,
        Last = record.LastEntry,
        PreviousHash = record.PreviousHash.Memory,
        EntriesHash = record.EntriesHash.Memory,
        Marks = record.Marks.Memory,
        TimeMs = Ms(record.CreateTime),
        KeyId = record.KeyId,
        Signature = record.Signature.Memory,
    };

    public static AuditCheckpoint ToContract(this Checkpoint checkpoint) => new()
    {
        Number = checkpoint.Number,
        CreateTime = Time(checkpoint.TimeMs),
        PreviousHash = Bytes(checkpoint.PreviousHash),
        Heads =
        {
            checkpoint.Heads.Select(h => new AuditHead { Chain = h.Chain, Seal = h.Seal, LastEntry = h.LastEntry, SealHash = Bytes(h.SealHash) }),
        },
        KeyId = checkpoint.KeyId,
        Signature = Bytes(checkpoint.Signature),
    };

    public static Checkpoint ToCheckpoint(this AuditCheckpoint message) => new()
    {
        Number = message.Number,
        TimeMs = Ms(message.CreateTime),
        PreviousHash = message.PreviousHash.Memory,
        Heads = [.. message.Heads.Select(h => new ChainHead(h.Chain, h.Seal, h.LastEntry, h.SealHash.Memory))],
        KeyId = message.KeyId,
        Signature = message.Signature.Memory,
    };

    /// <summary>The time of an entry, Unix milliseconds.</summary>
    public static long TimeOf(string chain, ReadOnlyMemory<byte> entry)
    {
        var bytes = ByteString.CopyFrom(entry.Span);
        return Ms(chain == AuditChains.Admin ? AdminAuditEntry.Parser.ParseFrom(bytes).CreateTime : AuditEntry.Parser.ParseFrom(bytes).CreateTime);
    }

    private static ByteString Bytes(ReadOnlyMemory<byte> bytes) => ByteString.CopyFrom(bytes.Span);

    private static Timestamp Time(long ms) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(ms));

    private static long Ms(Timestamp? time) => time?.ToDateTimeOffset().ToUnixTimeMilliseconds() ?? 0;
}
