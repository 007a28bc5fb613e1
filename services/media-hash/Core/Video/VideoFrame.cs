using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Video;

/// <summary>A hashed frame of a video.</summary>
/// <param name="Time">When it is shown, from the start of the video.</param>
/// <param name="Pdq">The hash of the whole frame and its quality.</param>
public readonly record struct VideoFrame(TimeSpan Time, PdqFingerprint Pdq);
