using Moderation.MediaHash.Video;

namespace Moderation.MediaHash.Host.Video;

/// <summary>What is kept of a video.</summary>
/// <param name="Width">Width of a frame in pixels, upright.</param>
/// <param name="Height">Height of a frame in pixels, upright.</param>
/// <param name="Frames">The hashed frames by time, those of low quality included.</param>
internal sealed record HashedVideo(int Width, int Height, IReadOnlyList<VideoFrame> Frames);

/// <summary>This machine can't decode video. Pictures are not concerned.</summary>
internal sealed class VideoUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
