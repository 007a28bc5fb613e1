using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Video;

namespace Moderation.MediaHash.Host.Media;

/// <summary>Between the contract's frames of animated pictures and videos and the core's.</summary>
internal static class FrameMapping
{
    public static PictureFrameHash ToContract(this PictureFrame frame) => new()
    {
        Number = frame.Number,
        Time = Duration.FromTimeSpan(frame.Time),
        Pdq = UnsafeByteOperations.UnsafeWrap(frame.Pdq.Hash.ToByteArray()),
        Quality = frame.Pdq.Quality,
        PdqForms = { frame.Forms.ToContract() },
    };

    public static IEnumerable<ByteString> ToContract(this IEnumerable<PdqHash> forms) => forms.Select(form => UnsafeByteOperations.UnsafeWrap(form.ToByteArray()));

    public static VideoFrameHash ToContract(this VideoFrame frame) => new()
    {
        Time = Duration.FromTimeSpan(frame.Time),
        Pdq = UnsafeByteOperations.UnsafeWrap(frame.Pdq.Hash.ToByteArray()),
        Quality = frame.Pdq.Quality,
    };

    public static PictureFrame ToCore(this PictureFrameHash frame) => new(
        frame.Number, frame.Time.ToTimeSpan(), ToFingerprint(frame.Pdq, frame.Quality), [.. frame.PdqForms.ToCore()]);

    public static IEnumerable<PdqHash> ToCore(this IEnumerable<ByteString> forms) => forms.Select(form => PdqHash.FromBytes(form.Span));

    public static VideoFrame ToCore(this VideoFrameHash frame) => new(frame.Time.ToTimeSpan(), ToFingerprint(frame.Pdq, frame.Quality));

    private static PdqFingerprint ToFingerprint(ByteString pdq, int quality) => new(PdqHash.FromBytes(pdq.Span), quality);
}
