using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Host.Media;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.MediaHash.Host.Lookbacks;

/// <summary>Between fingerprints and the bytes that look-back keeps of them.</summary>
internal static class PostMediaMapping
{
    public static byte[] ToBytes(long revision, IEnumerable<MediaFingerprints> media) => new PostFingerprints
    {
        Revision = revision,
        Media = { media.Select(ToRecord) },
    }.ToByteArray();

    public static (long Revision, IReadOnlyList<MediaFingerprints> Media) Read(FingerprintedPost post)
    {
        var record = PostFingerprints.Parser.ParseFrom(post.Fingerprints);
        return (record.Revision, [.. record.Media.Select(Read)]);
    }

    private static PostMedium ToRecord(MediaFingerprints media) => new()
    {
        Sha256 = Bytes(media.Digests.Sha256),
        Sha1 = Bytes(media.Digests.Sha1),
        Md5 = Bytes(media.Digests.Md5),
        // A hash that is too poor to be matched is not worth its bytes.
        Pdq = media.Pdq.IsMatchable ? ByteString.CopyFrom([.. media.Forms.Prepend(media.Pdq.Hash).SelectMany(hash => hash.ToByteArray())]) : ByteString.Empty,
        Quality = media.Pdq.Quality,
        PictureFrames = { media.PictureFrames.Select(FrameMapping.ToContract) },
        Frames = { media.Frames.Where(frame => frame.Pdq.IsMatchable).Select(FrameMapping.ToContract) },
    };

    private static MediaFingerprints Read(PostMedium medium)
    {
        var sha256 = Convert.ToHexStringLower(medium.Sha256.Span);
        PdqHash[] hashes = [.. medium.Pdq.Chunk(PdqHash.ByteLength).Select(bytes => PdqHash.FromBytes(bytes))];
        return new MediaFingerprints(
            MediaFingerprints.MediaIdFor(sha256),
            new ExactDigests(sha256, Convert.ToHexStringLower(medium.Sha1.Span), Convert.ToHexStringLower(medium.Md5.Span)),
            hashes.Length > 0 ? new PdqFingerprint(hashes[0], medium.Quality) : default,
            [.. medium.Frames.Select(FrameMapping.ToCore)])
        {
            Forms = hashes.Length > 1 ? hashes[1..] : [],
            PictureFrames = [.. medium.PictureFrames.Select(FrameMapping.ToCore)],
        };
    }

    private static ByteString Bytes(string hex) => UnsafeByteOperations.UnsafeWrap(Convert.FromHexString(hex));
}
