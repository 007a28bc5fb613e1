using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Moderation.Enforcement.Audit;

/// <summary>
/// Encrypts what the archive keeps of a decision under the key of its account: compressed, then AES-256-GCM, bound to the place of its entry. Without
/// the key nothing of it can be read, and the chain, which covers the entries alone, still verifies.
/// </summary>
public static class RecordCipher
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyLength = 32;

    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int Quality = 4; // records are a kilobyte or two: more costs time and saves next to nothing
    private const int Window = 16;
    private const int MaxLength = 16 * 1024 * 1024;

    /// <summary>Encrypts <paramref name="record"/>: nonce, tag, ciphertext.</summary>
    /// <param name="key">The account's key.</param>
    /// <param name="chain">The chain of the entry.</param>
    /// <param name="number">Its number.</param>
    /// <param name="record">The record.</param>
    public static byte[] Encrypt(ReadOnlySpan<byte> key, string chain, long number, ReadOnlySpan<byte> record)
    {
        var compressed = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(record.Length));
        try
        {
            if (!BrotliEncoder.TryCompress(record, compressed, out var length, Quality, Window))
            {
                throw new InvalidOperationException("The record could not be compressed into the most that it can take.");
            }

            var sealedRecord = new byte[NonceLength + TagLength + length];
            var nonce = sealedRecord.AsSpan(0, NonceLength);
            RandomNumberGenerator.Fill(nonce); // a key seals far fewer than 2^32 records, which random nonces of 96 bits allow
            using var aes = new AesGcm(key, TagLength);
            aes.Encrypt(
                nonce, compressed.AsSpan(0, length), sealedRecord.AsSpan(NonceLength + TagLength), sealedRecord.AsSpan(NonceLength, TagLength),
                Place(chain, number));
            return sealedRecord;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed, clearArray: true);
        }
    }

    /// <summary>Decrypts what <see cref="Encrypt"/> made for the same entry.</summary>
    /// <returns>Null when it was made with another key or for another entry, or was changed.</returns>
    public static byte[]? Decrypt(ReadOnlySpan<byte> key, string chain, long number, ReadOnlySpan<byte> sealedRecord)
    {
        if (key.Length != KeyLength || sealedRecord.Length < NonceLength + TagLength)
        {
            return null;
        }

        var compressed = new byte[sealedRecord.Length - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        try
        {
            aes.Decrypt(
                sealedRecord[..NonceLength], sealedRecord[(NonceLength + TagLength)..], sealedRecord.Slice(NonceLength, TagLength), compressed,
                Place(chain, number));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return Decompress(compressed);
    }

    private static byte[] Place(string chain, long number) => new CanonicalBytes("moderation.audit.record.v1").Add(chain).Add(number).Span.ToArray();

    // Authentic by now; bounded all the same.
    private static byte[]? Decompress(byte[] compressed)
    {
        for (var size = Math.Max(4096, compressed.Length * 4); size <= MaxLength * 2; size *= 2)
        {
            var record = new byte[size];
            if (BrotliDecoder.TryDecompress(compressed, record, out var length))
            {
                return record[..length];
            }
        }

        return null;
    }
}
