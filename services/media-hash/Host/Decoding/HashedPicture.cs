using System.Buffers.Binary;
using System.Text;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>All that is wanted of a decoded picture.</summary>
/// <param name="Width">Width of the upright picture in pixels.</param>
/// <param name="Height">Height of the upright picture in pixels.</param>
/// <param name="Pdq">The perceptual hash.</param>
/// <param name="Forms">Those of its turned and mirrored forms, where they are matched.</param>
/// <param name="Frames">Those of sampled frames after the first, of an animated picture.</param>
internal sealed record HashedPicture(int Width, int Height, PdqFingerprint Pdq, IReadOnlyList<PdqHash> Forms, IReadOnlyList<PictureFrame> Frames)
{
    private const byte Hashed = 0;
    private const byte Rejected = 1;
    private const int Fixed = 2 + (3 * sizeof(int)) + PdqHash.ByteLength;
    private const int FrameBytes = sizeof(int) + sizeof(long) + sizeof(int) + PdqHash.ByteLength;

    /// <summary>Decodes and hashes.</summary>
    /// <exception cref="MediaRejectedException">The bytes are not a picture we take.</exception>
    public static HashedPicture Of(PictureDecoder decoder, ReadOnlySpan<byte> bytes)
    {
        using var picture = decoder.Decode(bytes);
        var pdq = picture.Hash(out var forms);
        return new HashedPicture(picture.Width, picture.Height, pdq, forms, picture.Frames);
    }

    /// <summary>The answer of a decoder process.</summary>
    public byte[] ToAnswer()
    {
        var answer = new byte[Fixed + (Forms.Count * PdqHash.ByteLength) + (Frames.Count * FrameBytes)];
        answer[0] = Hashed;
        answer[1] = (byte)Forms.Count;
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(2), Width);
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(6), Height);
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(10), Pdq.Quality);
        Pdq.Hash.WriteBytes(answer.AsSpan(14));
        var rest = answer.AsSpan(Fixed);
        foreach (var form in Forms)
        {
            form.WriteBytes(rest);
            rest = rest[PdqHash.ByteLength..];
        }
        foreach (var frame in Frames)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, frame.Number);
            BinaryPrimitives.WriteInt64LittleEndian(rest[4..], frame.Time.Ticks);
            BinaryPrimitives.WriteInt32LittleEndian(rest[12..], frame.Pdq.Quality);
            frame.Pdq.Hash.WriteBytes(rest[16..]);
            rest = rest[FrameBytes..];
        }
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
        var room = answer.Length >= Fixed ? answer.Length - Fixed - (answer[1] * PdqHash.ByteLength) : -1;
        if (room < 0 || answer[0] != Hashed || room % FrameBytes != 0)
            throw new InvalidDataException("A decoder process answered something else than a hash.");
        var forms = new PdqHash[answer[1]];
        for (var i = 0; i < forms.Length; i++)
            forms[i] = PdqHash.FromBytes(answer.Slice(Fixed + (i * PdqHash.ByteLength), PdqHash.ByteLength));
        var frames = new PictureFrame[room / FrameBytes];
        for (var i = 0; i < frames.Length; i++)
        {
            var frame = answer.Slice(answer.Length - room + (i * FrameBytes), FrameBytes);
            frames[i] = new PictureFrame(
                BinaryPrimitives.ReadInt32LittleEndian(frame), new TimeSpan(BinaryPrimitives.ReadInt64LittleEndian(frame[4..])),
                new PdqFingerprint(PdqHash.FromBytes(frame[16..]), BinaryPrimitives.ReadInt32LittleEndian(frame[12..])));
        }
        return new HashedPicture(
            BinaryPrimitives.ReadInt32LittleEndian(answer[2..]), BinaryPrimitives.ReadInt32LittleEndian(answer[6..]),
            new PdqFingerprint(PdqHash.FromBytes(answer.Slice(14, PdqHash.ByteLength)), BinaryPrimitives.ReadInt32LittleEndian(answer[10..])), forms, frames);
    }
}
