using System.Collections.Concurrent;
using System.Diagnostics;

namespace Moderation.MediaHash.Tests.Video;

/// <summary>Small videos, made by ffmpeg from its test pattern.</summary>
internal static class MadeVideos
{
    private static readonly ConcurrentDictionary<string, Task<byte[]>> Made = new();

    /// <summary>Three seconds of 10 frames, 160x120, its index at the end, as ffmpeg writes MP4.</summary>
    public static Task<byte[]> Mp4() => MakeAsync("mp4", "testsrc=size=160x120:rate=10:duration=3", "-c:v", "mpeg4");

    public static Task<byte[]> WebM() => MakeAsync("webm", "testsrc=size=160x120:rate=10:duration=3", "-c:v", "libvpx", "-deadline", "realtime");

    public static Task<byte[]> Avi() => MakeAsync("avi", "testsrc=size=160x120:rate=10:duration=3", "-c:v", "mpeg4");

    /// <summary>20 seconds at a frame a second.</summary>
    public static Task<byte[]> Long() => MakeAsync("mp4", "testsrc=size=64x64:rate=1:duration=20", "-c:v", "mpeg4");

    private static Task<byte[]> MakeAsync(string extension, string source, params string[] codec) =>
        Made.GetOrAdd(extension + source, _ => RunAsync(extension, source, codec));

    private static async Task<byte[]> RunAsync(string extension, string source, string[] codec)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + "." + extension);
        using var ffmpeg = Process.Start("ffmpeg", ["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", source, .. codec, path]);
        await ffmpeg.WaitForExitAsync();
        if (ffmpeg.ExitCode != 0)
            throw new InvalidOperationException($"ffmpeg could not make {path}; tests/prepare installs it.");
        var bytes = await File.ReadAllBytesAsync(path);
        File.Delete(path);
        return bytes;
    }
}
