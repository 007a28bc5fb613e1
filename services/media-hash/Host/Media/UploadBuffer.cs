using System.Buffers;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Host.Decoding;

namespace Moderation.MediaHash.Host.Media;

/// <summary>
/// A medium while it comes in: rented memory that grows with it and is wiped when it is disposed of, and the digests, taken as the bytes
/// pass.
/// </summary>
internal sealed class UploadBuffer(int maxBytes) : IDisposable
{
    private const int InitialBytes = 64 * 1024;

    private readonly DigestTrio _digests = new();
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialBytes);

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes so far.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <exception cref="MediaRejectedException">More bytes than are taken.</exception>
    public void Append(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length > maxBytes - Length)
            throw new MediaRejectedException(RejectionDetail.TooLarge, $"At most {maxBytes} bytes are taken.");
        if (Length + chunk.Length > _bytes.Length)
            Grow(Length + chunk.Length);
        chunk.CopyTo(_bytes.AsSpan(Length));
        Length += chunk.Length;
        _digests.Append(chunk);
    }

    /// <summary>The digests of all bytes.</summary>
    public ExactDigests Finish() => _digests.Finish();

    /// <inheritdoc/>
    public void Dispose()
    {
        _digests.Dispose();
        var bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
        Memory.Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);
        _bytes = larger;
    }
}
