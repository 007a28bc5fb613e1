using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Host.Video;
using HashKind = Moderation.Contracts.V1.HashKind;

namespace Moderation.MediaHash.Host.Media;

/// <summary>Turns bytes into fingerprints.</summary>
internal sealed class MediaFingerprinter(PictureHasher pictures, VideoHasher videos)
{
    /// <exception cref="MediaRejectedException">The bytes are neither a picture nor a video that is taken.</exception>
    /// <exception cref="VideoUnavailableException">They are a video, and there is no decoder for it.</exception>
    public async Task<HashMediaResponse> FingerprintAsync(UploadBuffer upload, VideoSampling sampling, CancellationToken cancellationToken)
    {
        if (VideoFormat.Sniff(upload.Memory.Span) is { } demuxer)
        {
            var video = await videos.HashAsync(upload.Memory, demuxer, sampling == VideoSampling.EveryFrame, cancellationToken);
            return OfVideo(upload, video);
        }
        return OfPicture(upload, await pictures.HashAsync(upload.Memory, cancellationToken));
    }

    private static HashMediaResponse OfPicture(UploadBuffer upload, HashedPicture picture)
    {
        var answer = Answer(upload, picture.Width, picture.Height);
        answer.Fingerprints.Insert(0, new Fingerprint { Kind = HashKind.Pdq, Value = picture.Pdq.Hash.ToString(), Quality = picture.Pdq.Quality });
        answer.PictureFrames.AddRange(picture.Frames.Select(FrameMapping.ToContract));
        answer.PdqForms.AddRange(picture.Forms.ToContract());
        return answer;
    }

    private static HashMediaResponse OfVideo(UploadBuffer upload, HashedVideo video)
    {
        var answer = Answer(upload, video.Width, video.Height);
        answer.Frames.AddRange(video.Frames.Select(FrameMapping.ToContract));
        return answer;
    }

    private static HashMediaResponse Answer(UploadBuffer upload, int width, int height)
    {
        var digests = upload.Finish();
        return new HashMediaResponse
        {
            MediaId = MediaFingerprints.MediaIdFor(digests.Sha256),
            ByteCount = upload.Length,
            Width = width,
            Height = height,
            Fingerprints =
            {
                new Fingerprint { Kind = HashKind.Sha256, Value = digests.Sha256, Quality = 100 },
                new Fingerprint { Kind = HashKind.Sha1, Value = digests.Sha1, Quality = 100 },
                new Fingerprint { Kind = HashKind.Md5, Value = digests.Md5, Quality = 100 },
            },
        };
    }
}
