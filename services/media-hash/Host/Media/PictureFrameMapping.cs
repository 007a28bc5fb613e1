using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Host.Media;

/// <summary>Between the contract's frames of animated pictures and the core's.</summary>
internal static class PictureFrameMapping
{
    public static PictureFrameHash ToContract(this PictureFrame frame) => new()
    {
        Number = frame.Number,
        Time = Duration.FromTimeSpan(frame.Time),
        Pdq = UnsafeByteOperations.UnsafeWrap(frame.Pdq.Hash.ToByteArray()),
        Quality = frame.Pdq.Quality,
    };

    public static PictureFrame ToCore(this PictureFrameHash frame) =>
        new(frame.Number, frame.Time.ToTimeSpan(), new PdqFingerprint(PdqHash.FromBytes(frame.Pdq.Span), frame.Quality));
}
