using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Moderation.MediaHash.Hashing;

/// <summary>The digests of a file's bytes, in lower-case hexadecimal.</summary>
/// <param name="Sha256">SHA-256, 64 digits.</param>
/// <param name="Sha1">SHA-1, 40 digits.</param>
/// <param name="Md5">MD5, 32 digits.</param>
public sealed record ExactDigests(string Sha256, string Sha1, string Md5);

/// <summary>Computes the three digests that hash lists are exchanged in, chunk by chunk. Not safe for concurrent use.</summary>
public sealed class DigestTrio : IDisposable
{
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _sha1 = Create(HashAlgorithmName.SHA1);
    private readonly IncrementalHash _md5 = Create(HashAlgorithmName.MD5);

    /// <summary>Takes the next bytes of the file.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _sha256.AppendData(bytes);
        _sha1.AppendData(bytes);
        _md5.AppendData(bytes);
    }

    /// <summary>Gives the digests of all bytes so far and starts again from none.</summary>
    public ExactDigests Finish() => new(
        Convert.ToHexStringLower(_sha256.GetHashAndReset()),
        Convert.ToHexStringLower(_sha1.GetHashAndReset()),
        Convert.ToHexStringLower(_md5.GetHashAndReset()));

    /// <summary>The digests of <paramref name="bytes"/>.</summary>
    public static ExactDigests Compute(ReadOnlySpan<byte> bytes)
    {
        using var trio = new DigestTrio();
        trio.Append(bytes);
        return trio.Finish();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sha256.Dispose();
        _sha1.Dispose();
        _md5.Dispose();
    }

    [SuppressMessage("Security", "CA5350", Justification = "Hash lists are exchanged in SHA-1; nothing is secured by it.")]
    [SuppressMessage("Security", "CA5351", Justification = "Hash lists are exchanged in MD5; nothing is secured by it.")]
    private static IncrementalHash Create(HashAlgorithmName name) => IncrementalHash.CreateHash(name);
}
