using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Tests.Index;
using Moderation.MediaHash.Video;
using Xunit;

namespace Moderation.MediaHash.Tests.Video;

public sealed class VpdqScoreTests
{
    private static readonly Random Random = new(4);
    private static readonly PdqHash[] Scenes = Hashes.Centres(Random, 6);

    [Fact]
    public void Compare_counts_the_frames_of_each_side_that_have_any_counterpart()
    {
        // Three of the query's four frames are in the reference, as two of its five.
        var score = VpdqScore.Compare(Video(0, 0, 1, 5), Video(0, 1, 2, 3, 4));
        Assert.Equal(new VpdqScore(75, 40), score);
        Assert.True(score.Reaches(75, 40));
        Assert.False(score.Reaches(76, 40));
        Assert.False(score.Reaches(75, 41));
    }

    [Theory]
    [InlineData(31, 100)]
    [InlineData(32, 0)]
    public void Compare_frames_match_up_to_31_bits(int bits, double percent)
    {
        var near = new VideoFrame(TimeSpan.Zero, new PdqFingerprint(Hashes.Flip(Scenes[0], Random, bits), 100));
        Assert.Equal(new VpdqScore(percent, percent), VpdqScore.Compare([near], Video(0)));
    }

    [Fact]
    public void Compare_leaves_out_frames_of_low_quality()
    {
        var poor = Video(5).Single() with { Pdq = new PdqFingerprint(Scenes[5], 49) };
        Assert.Equal(new VpdqScore(100, 100), VpdqScore.Compare([.. Video(0), poor], [.. Video(0), poor]));
    }

    [Fact]
    public void Compare_nothing_is_no_match_at_any_threshold()
    {
        var score = VpdqScore.Compare([], Video(0));
        Assert.Equal(new VpdqScore(0, 0), score);
        Assert.False(score.Reaches(0, 0));
    }

    private static VideoFrame[] Video(params int[] scenes) =>
        [.. scenes.Select((scene, second) => new VideoFrame(TimeSpan.FromSeconds(second), new PdqFingerprint(Scenes[scene], 100)))];
}
