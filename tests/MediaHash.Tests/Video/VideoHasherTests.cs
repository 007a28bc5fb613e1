using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Host.Video;
using Xunit;

namespace Moderation.MediaHash.Tests.Video;

public sealed class VideoHasherTests
{
    private const int FrameTolerance = 10;

    /// <summary>The sample videos: one a size and kind of edit, so that the run stays short. All eight are in the folder.</summary>
    public static TheoryData<string> Samples() => ["chair-19-sd-bar", "doorknob-hd-no-bar", "pattern-sd-with-small-logo-bar", "test-padded-dimensions"];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Hash_every_frame_of_a_published_video_agrees_with_its_published_hashes(string name)
    {
        if (SharedVectors.FindFolder("vpdq") is not { } folder)
            return;
        using var hasher = Hasher(options => options.TimeoutSeconds = 600);
        var video = await HashAsync(hasher, await File.ReadAllBytesAsync(Path.Combine(folder, name + ".mp4")), everyFrame: true);
        var published = File.ReadLines(Path.Combine(folder, name + ".txt")).Select(line => line.Split(',')).ToList();
        Assert.Equal(published.Count, video.Frames.Count);
        for (var i = 0; i < published.Count; i++)
        {
            var frame = video.Frames[i];
            Assert.Equal(double.Parse(published[i][3], CultureInfo.InvariantCulture), frame.Time.TotalSeconds, tolerance: 0.0015);
            if (int.Parse(published[i][1], CultureInfo.InvariantCulture) < PdqFingerprint.MinMatchQuality)
                continue;
            var distance = frame.Pdq.Hash.HammingDistance(PdqHash.Parse(published[i][2]));
            Assert.True(distance <= FrameTolerance, $"Frame {i} is {distance} bits from the published one.");
        }
    }

    [Fact]
    public async Task Hash_every_second_takes_the_first_frame_of_each()
    {
        using var hasher = Hasher();
        var bytes = await MadeVideos.Mp4();
        var sampled = await HashAsync(hasher, bytes, everyFrame: false);
        var all = await HashAsync(hasher, bytes, everyFrame: true);
        Assert.Equal((160, 120), (sampled.Width, sampled.Height));
        Assert.Equal(30, all.Frames.Count);
        Assert.Equal([all.Frames[0], all.Frames[10], all.Frames[20]], sampled.Frames);
        Assert.Equal([0, 1, 2], sampled.Frames.Select(frame => frame.Time.TotalSeconds));
    }

    [Fact]
    public async Task Hash_other_containers_gives_the_same_pictures()
    {
        using var hasher = Hasher();
        var mp4 = await HashAsync(hasher, await MadeVideos.Mp4(), everyFrame: false);
        foreach (var bytes in new[] { await MadeVideos.WebM(), await MadeVideos.Avi() })
        {
            var other = await HashAsync(hasher, bytes, everyFrame: false);
            Assert.Equal(mp4.Frames.Count, other.Frames.Count);
            Assert.All(mp4.Frames.Zip(other.Frames), pair => Assert.InRange(pair.First.Pdq.Hash.HammingDistance(pair.Second.Pdq.Hash), 0, 31));
        }
    }

    [Fact]
    public async Task Hash_damaged_file_is_rejected_with_its_reason()
    {
        using var hasher = Hasher();
        var bytes = await MadeVideos.Mp4();
        Assert.Equal(RejectionDetail.Truncated, await RejectionAsync(hasher, bytes[..(bytes.Length / 2)]));
        Assert.Equal(RejectionDetail.Corrupt, await RejectionAsync(hasher, [0x1A, 0x45, 0xDF, 0xA3, .. new byte[100]]));
    }

    [Fact]
    public async Task Hash_more_than_the_limits_is_rejected_with_the_limit()
    {
        var bytes = await MadeVideos.Long();
        using var seconds = Hasher(options => options.MaxSeconds = 10);
        Assert.Equal(RejectionDetail.TooLong, await RejectionAsync(seconds, bytes));
        using var frames = Hasher(options => options.MaxFrames = 5);
        Assert.Equal(RejectionDetail.TooLong, await RejectionAsync(frames, bytes));
        using var pixels = Hasher(options => options.MaxPixels = 1000);
        Assert.Equal(RejectionDetail.TooManyPixels, await RejectionAsync(pixels, bytes));
    }

    [Fact]
    public async Task Hash_without_the_program_is_unavailable()
    {
        using var missing = Hasher(options => options.Ffmpeg = "/nowhere/ffmpeg");
        await Assert.ThrowsAsync<VideoUnavailableException>(() => HashAsync(missing, [], everyFrame: false));
        using var off = Hasher(options => options.Ffmpeg = "");
        await Assert.ThrowsAsync<VideoUnavailableException>(() => HashAsync(off, [], everyFrame: false));
    }

    [Fact]
    public async Task Hash_decoder_that_crashes_is_a_damaged_file()
    {
        using var program = new Script("kill -SEGV $$");
        using var hasher = Hasher(options => options.Ffmpeg = program.Path);
        Assert.Equal(RejectionDetail.Corrupt, await RejectionAsync(hasher, [1]));
    }

    [Fact]
    public async Task Hash_decoder_that_hangs_is_ended_at_the_timeout()
    {
        using var program = new Script("mkdir \"$0.pid-$$\"; exec sleep 1000");
        var time = new FakeTimeProvider();
        using var hasher = Hasher(options => options.Ffmpeg = program.Path, time);
        var hashing = RejectionAsync(hasher, [1]);
        var pid = int.Parse(await program.WaitForDirectoryAsync(".pid-"), CultureInfo.InvariantCulture);
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(RejectionDetail.TooCostly, await hashing);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(pid));
    }

    [Fact]
    public async Task Hash_decoder_sees_no_environment_and_is_bounded()
    {
        // The script answers as a decoder that meets a limit, and only if it runs as it should.
        Environment.SetEnvironmentVariable("MEDIA_HASH_TEST_SECRET", "secret");
        using var program = new Script(
            "until [ \"$(ulimit -f)\" = 0 ] && [ \"$(ulimit -t)\" = 30 ] && [ \"$(ulimit -v)\" = 2097152 ]; do :; done\n"
            + "[ -z \"$MEDIA_HASH_TEST_SECRET\" ] && echo 'exceeds specified max pixel count' >&2; exit 1");
        using var hasher = Hasher(options => options.Ffmpeg = program.Path);
        Assert.Equal(RejectionDetail.TooManyPixels, await RejectionAsync(hasher, [1]));
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:1\nfile:///etc/passwd\n")]
    [InlineData("ffconcat version 1.0\nfile /etc/passwd\n")]
    public void Sniff_playlist_is_no_video(string text) => Assert.Null(VideoFormat.Sniff(System.Text.Encoding.ASCII.GetBytes(text)));

    private static VideoHasher Hasher(Action<VideoOptions>? change = null, TimeProvider? time = null)
    {
        var options = new VideoOptions();
        change?.Invoke(options);
        return new VideoHasher(Options.Create(options), time ?? TimeProvider.System);
    }

    private static Task<HashedVideo> HashAsync(VideoHasher hasher, byte[] bytes, bool everyFrame) =>
        hasher.HashAsync(bytes, VideoFormat.Sniff(bytes) ?? "mov", everyFrame, TestContext.Current.CancellationToken);

    private static async Task<RejectionDetail> RejectionAsync(VideoHasher hasher, byte[] bytes) =>
        (await Assert.ThrowsAsync<MediaRejectedException>(() => HashAsync(hasher, bytes, everyFrame: false))).Detail;
}
