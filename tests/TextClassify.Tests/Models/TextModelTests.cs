using Moderation.TextClassify.Models;
using Xunit;

namespace Moderation.TextClassify.Tests.Models;

public sealed class TextModelTests
{
    [Theory]
    [InlineData(0, "does not start with MODTEXT1")]
    [InlineData(8, "version")]
    [InlineData(12, "buckets")]
    [InlineData(40, "SHA-256")]
    [InlineData(5_000_000, "SHA-256")]
    [InlineData(-1, "SHA-256")]
    public void Load_changedByte_saysWhatIsWrong(int at, string expected)
    {
        var file = (byte[])ShippedModel.File.Clone();
        file[at < 0 ? file.Length + at : at] ^= 0x40;
        var error = Assert.Throws<InvalidDataException>(() => TextModel.Load(file));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(60)]
    [InlineData(4_000_000)]
    public void Load_cutFile_isRefused(int length) =>
        Assert.Throws<InvalidDataException>(() => TextModel.Load(ShippedModel.File.AsMemory(0, length)));

    [Fact]
    public void Write_loadedModel_givesTheSameBytes() => Assert.Equal(ShippedModel.File, TextModelFile.Write(ShippedModel.Model));

    [Fact]
    public void Score_anyText_allocatesNothing()
    {
        const string text = "you are a wonderful person and i hope that you have a good day http @user";
        var scores = new float[TextLabels.Count];
        for (var i = 0; i < 200; i++) ShippedModel.Model.Score(text, scores);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) ShippedModel.Model.Score(text, scores);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.All(scores, s => Assert.InRange(s, 0f, 1f));
    }

    [Fact]
    public void Score_emptyText_isFinite()
    {
        var scores = new float[TextLabels.Count];
        ShippedModel.Model.Score("", scores);
        Assert.All(scores, s => Assert.InRange(s, 0f, 0.5f));
    }

    [Fact]
    public void Score_spanTooShort_isRefused() =>
        Assert.Throws<ArgumentException>(() => ShippedModel.Model.Score("text", new float[TextLabels.Count - 1]));

    [Fact]
    public void Probability_higherScore_isHigher()
    {
        foreach (var calibration in ShippedModel.Model.Calibrations)
        {
            var last = -1f;
            for (var score = calibration.Scores[0]; score <= calibration.Scores[^1]; score += 0.05f)
            {
                var probability = calibration.Probability(score);
                Assert.True(probability > last, $"{score}: {probability} after {last}");
                last = probability;
            }
        }
    }
}
