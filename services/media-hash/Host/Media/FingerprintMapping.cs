using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;
using HashKind = Moderation.Contracts.V1.HashKind;

namespace Moderation.MediaHash.Host.Media;

/// <summary>From the contract's fingerprints to the core's.</summary>
internal static class FingerprintMapping
{
    public static MediaFingerprints ToCore(this HashMediaResponse media)
    {
        var byKind = media.Fingerprints.ToDictionary(fingerprint => fingerprint.Kind);
        string Digest(HashKind kind) => byKind.TryGetValue(kind, out var found) ? found.Value : "";
        return new MediaFingerprints(
            media.MediaId,
            new ExactDigests(Digest(HashKind.Sha256), Digest(HashKind.Sha1), Digest(HashKind.Md5)),
            byKind.TryGetValue(HashKind.Pdq, out var pdq) ? new PdqFingerprint(PdqHash.Parse(pdq.Value), pdq.Quality) : default,
            [.. media.Frames.Select(FrameMapping.ToCore)])
        {
            PictureFrames = [.. media.PictureFrames.Select(FrameMapping.ToCore)],
            Forms = [.. media.PdqForms.ToCore()],
        };
    }
}
