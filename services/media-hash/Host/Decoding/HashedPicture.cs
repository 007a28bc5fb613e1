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
        var answer = new MemoryStream();
        using var writer = new BinaryWriter(answer);
        writer.Write(Hashed);
        writer.Write(Width);
        writer.Write(Height);
        Write(writer, Pdq, Forms);
        writer.Write((ushort)Frames.Count);
        foreach (var frame in Frames)
        {
            writer.Write(frame.Number);
            writer.Write(frame.Time.Ticks);
            Write(writer, frame.Pdq, frame.Forms);
        }
        return answer.ToArray();
    }

    /// <summary>The answer of a decoder process that refuses the picture.</summary>
    public static byte[] ToAnswer(MediaRejectedException rejected) => [Rejected, (byte)rejected.Detail, .. Encoding.UTF8.GetBytes(rejected.Message)];

    /// <summary>Reads an answer.</summary>
    /// <exception cref="MediaRejectedException">The process refused the picture.</exception>
    /// <exception cref="InvalidDataException">It is no answer.</exception>
    public static HashedPicture FromAnswer(byte[] answer)
    {
        if (answer.Length >= 2 && answer[0] == Rejected && Enum.IsDefined((RejectionDetail)answer[1]))
            throw new MediaRejectedException((RejectionDetail)answer[1], Encoding.UTF8.GetString(answer.AsSpan(2)));
        try
        {
            using var reader = new BinaryReader(new MemoryStream(answer, writable: false));
            return reader.ReadByte() == Hashed && Read(reader) is var picture && reader.BaseStream.Position == answer.Length ? picture : throw NoAnswer(null);
        }
        catch (EndOfStreamException cut)
        {
            throw NoAnswer(cut);
        }
    }

    private static HashedPicture Read(BinaryReader reader)
    {
        var (width, height) = (reader.ReadInt32(), reader.ReadInt32());
        var (pdq, forms) = ReadHashes(reader);
        var frames = new PictureFrame[reader.ReadUInt16()];
        for (var i = 0; i < frames.Length; i++)
        {
            var (number, ticks) = (reader.ReadInt32(), reader.ReadInt64());
            var (ofFrame, formsOfFrame) = ReadHashes(reader);
            frames[i] = new PictureFrame(number, new TimeSpan(ticks), ofFrame, formsOfFrame);
        }
        return new HashedPicture(width, height, pdq, forms, frames);
    }

    private static void Write(BinaryWriter writer, PdqFingerprint pdq, IReadOnlyList<PdqHash> forms)
    {
        writer.Write((byte)pdq.Quality);
        writer.Write((byte)forms.Count);
        writer.Write(pdq.Hash.ToByteArray());
        foreach (var form in forms)
            writer.Write(form.ToByteArray());
    }

    private static (PdqFingerprint Pdq, PdqHash[] Forms) ReadHashes(BinaryReader reader)
    {
        var quality = reader.ReadByte();
        var forms = new PdqHash[reader.ReadByte()];
        var pdq = ReadHash(reader);
        for (var i = 0; i < forms.Length; i++)
            forms[i] = ReadHash(reader);
        return (new PdqFingerprint(pdq, quality), forms);
    }

    private static PdqHash ReadHash(BinaryReader reader)
    {
        Span<byte> bytes = stackalloc byte[PdqHash.ByteLength];
        reader.BaseStream.ReadExactly(bytes);
        return PdqHash.FromBytes(bytes);
    }

    private static InvalidDataException NoAnswer(Exception? cause) => new("A decoder process answered something else than a hash.", cause);
}
