using System.Buffers.Binary;
using System.Text;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>All that is wanted of a decoded picture.</summary>
/// <param name="Width">Width of the upright picture in pixels.</param>
/// <param name="Height">Height of the upright picture in pixels.</param>
/// <param name="Pdq">The perceptual hash.</param>
/// <param name="Forms">Those of its turned and mirrored forms.</param>
internal sealed record HashedPicture(int Width, int Height, PdqFingerprint Pdq, IReadOnlyList<PdqHash> Forms)
{
    private const byte Hashed = 0;
    private const byte Rejected = 1;
    private const int Fixed = 1 + (3 * sizeof(int));

    /// <summary>Decodes and hashes.</summary>
    /// <exception cref="MediaRejectedException">The bytes are not a picture we take.</exception>
    public static HashedPicture Of(PictureDecoder decoder, ReadOnlySpan<byte> bytes)
    {
        using var picture = decoder.Decode(bytes);
        var pdq = picture.Hash(out var forms);
        return new HashedPicture(picture.Width, picture.Height, pdq, forms);
    }

    /// <summary>The answer of a decoder process.</summary>
    public byte[] ToAnswer()
    {
        var answer = new byte[Fixed + ((1 + Forms.Count) * PdqHash.ByteLength)];
        answer[0] = Hashed;
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(1), Width);
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(5), Height);
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(9), Pdq.Quality);
        Pdq.Hash.WriteBytes(answer.AsSpan(Fixed));
        for (var i = 0; i < Forms.Count; i++)
            Forms[i].WriteBytes(answer.AsSpan(Fixed + ((1 + i) * PdqHash.ByteLength)));
        return answer;
    }

    /// <summary>The answer of a decoder process that refuses the picture.</summary>
    public static byte[] ToAnswer(MediaRejectedException rejected) => [Rejected, (byte)rejected.Detail, .. Encoding.UTF8.GetBytes(rejected.Message)];

    /// <summary>Reads an answer.</summary>
    /// <exception cref="MediaRejectedException">The process refused the picture.</exception>
    /// <exception cref="InvalidDataException">It is no answer.</exception>
    public static HashedPicture FromAnswer(ReadOnlySpan<byte> answer)
    {
        if (answer.Length >= 2 && answer[0] == Rejected && Enum.IsDefined((RejectionDetail)answer[1]))
            throw new MediaRejectedException((RejectionDetail)answer[1], Encoding.UTF8.GetString(answer[2..]));
        if (answer.Length < Fixed + PdqHash.ByteLength || answer[0] != Hashed || (answer.Length - Fixed) % PdqHash.ByteLength != 0)
            throw new InvalidDataException("A decoder process answered something else than a hash.");
        var hashes = new PdqHash[(answer.Length - Fixed) / PdqHash.ByteLength];
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = PdqHash.FromBytes(answer.Slice(Fixed + (i * PdqHash.ByteLength), PdqHash.ByteLength));
        return new HashedPicture(
            BinaryPrimitives.ReadInt32LittleEndian(answer[1..]), BinaryPrimitives.ReadInt32LittleEndian(answer[5..]),
            new PdqFingerprint(hashes[0], BinaryPrimitives.ReadInt32LittleEndian(answer[9..])), hashes[1..]);
    }
}
