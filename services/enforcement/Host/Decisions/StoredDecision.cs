using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>
/// A decision as Redis keeps it: one byte of format (1: <see cref="RecordCompression"/> with decision-1.dict), the lengths of notice and statement
/// (2 bytes each, big-endian), then the record. The commit script reads the lengths, so that no measure is stored without its explanation.
/// </summary>
internal static class StoredDecision
{
    private const int HeaderLength = 5;
    private const byte Format = 1;

    /// <summary>The bytes of a record, and its SHA-256 as the audit keeps it.</summary>
    public static (byte[] Bytes, byte[] Hash) Pack(DecisionRecord record)
    {
        var decision = record.Decision;
        var payload = record.ToByteArray();
        var packed = new byte[HeaderLength + RecordCompression.MostOf(payload.Length)];
        packed[0] = Format;
        BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan(1), LengthOf(decision.Notice));
        BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan(3), LengthOf(decision.Statement));
        var length = RecordCompression.Compress(payload, packed.AsSpan(HeaderLength));
        return (packed.AsSpan(0, HeaderLength + length).ToArray(), SHA256.HashData(payload));
    }

    /// <summary>The record of such bytes.</summary>
    /// <exception cref="InvalidDataException">They are of a format that is not known here.</exception>
    public static DecisionRecord Unpack(byte[] packed)
        => packed[0] == Format
            ? DecisionRecord.Parser.ParseFrom(RecordCompression.Decompress(packed.AsSpan(HeaderLength)))
            : throw new InvalidDataException($"a stored decision has format {packed[0]}; this version knows {Format}");

    /// <summary>The SHA-256 of the record, as the audit keeps it.</summary>
    public static byte[] Hash(DecisionRecord record) => SHA256.HashData(record.ToByteArray());

    private static ushort LengthOf(IMessage? part) => (ushort)Math.Min(part?.CalculateSize() ?? 0, ushort.MaxValue);
}
