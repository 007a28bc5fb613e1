using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using Google.Protobuf;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>
/// A decision as Redis keeps it: one byte of format (1 plain, 2 Brotli), the lengths of notice and statement (2 bytes each, big-endian), then
/// the record. The commit script reads the lengths, so that no measure is stored without its explanation. Only restrictive decisions are
/// compressed: they are few, long, and kept for months.
/// </summary>
internal static class StoredDecision
{
    private const int HeaderLength = 5;
    private const byte Plain = 1;
    private const byte Compressed = 2;
    private const int Quality = 5;
    private const int Window = 16;

    /// <summary>The bytes of a record, and its SHA-256 as the audit keeps it.</summary>
    public static (byte[] Bytes, byte[] Hash) Pack(DecisionRecord record)
    {
        var decision = record.Decision;
        var payload = record.ToByteArray();
        var packed = new byte[HeaderLength + (decision.Measures.Count > 0 ? BrotliEncoder.GetMaxCompressedLength(payload.Length) : payload.Length)];
        int length;
        if (decision.Measures.Count > 0 && BrotliEncoder.TryCompress(payload, packed.AsSpan(HeaderLength), out length, Quality, Window))
        {
            packed[0] = Compressed;
        }
        else
        {
            packed[0] = Plain;
            payload.CopyTo(packed, HeaderLength);
            length = payload.Length;
        }

        BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan(1), LengthOf(decision.Notice));
        BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan(3), LengthOf(decision.Statement));
        return (packed.AsSpan(0, HeaderLength + length).ToArray(), SHA256.HashData(payload));
    }

    /// <summary>The record of such bytes.</summary>
    public static DecisionRecord Unpack(byte[] packed)
    {
        if (packed[0] == Plain)
        {
            return DecisionRecord.Parser.ParseFrom(packed, HeaderLength, packed.Length - HeaderLength);
        }

        using var compressed = new MemoryStream(packed, HeaderLength, packed.Length - HeaderLength);
        using var payload = new BrotliStream(compressed, CompressionMode.Decompress);
        return DecisionRecord.Parser.ParseFrom(payload);
    }

    /// <summary>The SHA-256 of the record, as the audit keeps it.</summary>
    public static byte[] Hash(DecisionRecord record) => SHA256.HashData(record.ToByteArray());

    private static ushort LengthOf(IMessage? part) => (ushort)Math.Min(part?.CalculateSize() ?? 0, ushort.MaxValue);
}
