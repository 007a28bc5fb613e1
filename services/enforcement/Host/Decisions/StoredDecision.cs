using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using Google.Protobuf;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>
/// A decision as Redis keeps it: one byte of format (3: <see cref="RecordCompression"/> with decision-1.dict; 1, plain, and 2, Brotli, were written by
/// earlier versions and are read), the lengths of notice and statement (2 bytes each, big-endian), then the record. The commit script reads the
/// lengths, so that no measure is stored without its explanation.
/// </summary>
internal static class StoredDecision
{
    private const int HeaderLength = 5;
    private const byte Plain = 1;
    private const byte Brotli = 2;
    private const byte WithDictionary = 3;

    /// <summary>The bytes of a record, and its SHA-256 as the audit keeps it.</summary>
    public static (byte[] Bytes, byte[] Hash) Pack(DecisionRecord record)
    {
        var decision = record.Decision;
        var payload = record.ToByteArray();
        var packed = new byte[HeaderLength + RecordCompression.MostOf(payload.Length)];
        packed[0] = WithDictionary;
        BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan(1), LengthOf(decision.Notice));
        BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan(3), LengthOf(decision.Statement));
        var length = RecordCompression.Compress(payload, packed.AsSpan(HeaderLength));
        return (packed.AsSpan(0, HeaderLength + length).ToArray(), SHA256.HashData(payload));
    }

    /// <summary>The record of such bytes.</summary>
    /// <exception cref="InvalidDataException">They are of a format that is not known here.</exception>
    public static DecisionRecord Unpack(byte[] packed) => packed[0] switch
    {
        Plain => DecisionRecord.Parser.ParseFrom(packed.AsSpan(HeaderLength)),
        Brotli => UnpackBrotli(packed),
        WithDictionary => DecisionRecord.Parser.ParseFrom(RecordCompression.Decompress(packed.AsSpan(HeaderLength))),
        _ => throw new InvalidDataException($"a stored decision has format {packed[0]}; this version knows {Plain}, {Brotli} and {WithDictionary}"),
    };

    /// <summary>The SHA-256 of the record, as the audit keeps it.</summary>
    public static byte[] Hash(DecisionRecord record) => SHA256.HashData(record.ToByteArray());

    private static DecisionRecord UnpackBrotli(byte[] packed)
    {
        using var compressed = new MemoryStream(packed, HeaderLength, packed.Length - HeaderLength);
        using var payload = new BrotliStream(compressed, CompressionMode.Decompress);
        return DecisionRecord.Parser.ParseFrom(payload);
    }

    private static ushort LengthOf(IMessage? part) => (ushort)Math.Min(part?.CalculateSize() ?? 0, ushort.MaxValue);
}
