namespace Moderation.MediaHash.Host.Video;

/// <summary>Registers video hashing.</summary>
internal static class VideoRegistration
{
    public static void AddVideo(this IServiceCollection services)
    {
        services.AddOptions<VideoOptions>().BindConfiguration(VideoOptions.Section)
            .Validate(o => o.MaxSeconds is > 0 and <= 86_400, "MediaHash:Video:MaxSeconds must be 1..86400.")
            .Validate(o => o.MaxPixels is > 0 and <= 8192 * 8192, "MediaHash:Video:MaxPixels must be 1..67108864.")
            .Validate(o => o.MaxFrames is > 0 and <= 100_000, "MediaHash:Video:MaxFrames must be 1..100000.")
            .Validate(o => o.TimeoutSeconds is > 0 and <= 600, "MediaHash:Video:TimeoutSeconds must be 1..600.")
            .Validate(o => o.MaxMemoryMegabytes is >= 64 and <= 65_536, "MediaHash:Video:MaxMemoryMegabytes must be 64..65536.")
            .Validate(o => o.MaxConcurrent is > 0 and <= 64, "MediaHash:Video:MaxConcurrent must be 1..64.")
            .ValidateOnStart();
        services.AddSingleton<VideoHasher>();
    }
}
