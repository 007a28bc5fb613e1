using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Host.Models;
using Moderation.TextClassify.Host.Onnx;
using Moderation.TextClassify.Language;
using Moderation.TextClassify.Models;
using Xunit;

namespace Moderation.TextClassify.Tests.Onnx;

public sealed class OnnxTextModelTests
{
    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    private static async Task<TextFindings> ScoreAsync(OnnxTextModel model, string text, string language = "en")
    {
        var findings = new TextFindings();
        var prepared = TextUnderReview.Prepare(text, "") with { Language = new LanguageGuess(language, true) };
        Assert.Equal(ScoringOutcome.Done, await model.ScoreAsync(prepared, text, passages: true, findings, TestContext.Current.CancellationToken));
        return findings;
    }

    [Fact]
    public async Task WordPiece_cutsAsBertDoes_andScoresTheSum()
    {
        using var folder = OnnxFolder.WordPiece();
        await using var model = await folder.LoadAsync();
        var findings = await ScoreAsync(model, "You IDIOT");
        Assert.Equal(Sigmoid(-1 + 2 + 3), findings.Scores[(int)TextLabel.Harassment], 1e-5f);
        Assert.Equal(Sigmoid(-2), findings.Scores[(int)TextLabel.Violence], 1e-5f);
        Assert.False(findings.HasScore(TextLabel.Hate));
        Assert.Equal(Sigmoid(-1 - 0.5f), (await ScoreAsync(model, "zzz")).Scores[(int)TextLabel.Harassment], 1e-5f); // [UNK]
        Assert.Matches("^tiny@[0-9a-f]{8}$", model.Version);
    }

    [Fact]
    public async Task BytePairs_mergeAsRobertaDoes_andScoreTheSum()
    {
        using var folder = OnnxFolder.BytePairs();
        await using var model = await folder.LoadAsync();
        Assert.Equal(Sigmoid(-1 + 0.25f + 5), (await ScoreAsync(model, "you idiot")).Scores[(int)TextLabel.Harassment], 1e-5f);
        Assert.Equal(Sigmoid(-1), (await ScoreAsync(model, "idiot")).Scores[(int)TextLabel.Harassment], 1e-5f); // without the blank it is another token
    }

    [Theory]
    [InlineData(SentencePieceFile.Unigram)]
    [InlineData(SentencePieceFile.BytePairs)]
    public async Task SentencePiece_withTheIdsOfXlmR_scoresTheSum(int kind)
    {
        using var folder = OnnxFolder.SentencePiece(kind);
        await using var model = await folder.LoadAsync();
        Assert.Equal(Sigmoid(-1 + 0.25f + 2 + 3), (await ScoreAsync(model, "you idiot")).Scores[(int)TextLabel.Harassment], 1e-5f);
        Assert.Equal(Sigmoid(-2 - 0.5f), (await ScoreAsync(model, "you 漢")).Scores[(int)TextLabel.Violence], 1e-5f); // unknown
    }

    [Fact]
    public async Task Languages_thatLabelsDoNotName_andLabelsWithoutCalibration_areAbstainedFrom()
    {
        using var folder = OnnxFolder.WordPiece(labels: """
            labels:
              - {output: 0, label: harassment, calibration: {slope: 1, intercept: 0}}
              - {output: 1, label: violence}
            languages: {en: [harassment, violence], de: [violence]}
            """);
        await using var model = await folder.LoadAsync();
        var english = await ScoreAsync(model, "you idiot");
        Assert.True(english.HasScore(TextLabel.Harassment));
        Assert.False(english.HasScore(TextLabel.Violence));
        Assert.False((await ScoreAsync(model, "you idiot", "de")).Scored);
        Assert.False((await ScoreAsync(model, "you idiot", "fr")).Scored);
    }

    [Fact]
    public async Task Softmax_scoresAgainstAllOtherOutputs()
    {
        using var folder = OnnxFolder.WordPiece(activation: "softmax");
        await using var model = await folder.LoadAsync();
        var (a, b) = (4f, -2f); // you idiot, as above
        Assert.Equal(MathF.Exp(a) / (MathF.Exp(a) + MathF.Exp(b)), (await ScoreAsync(model, "you idiot")).Scores[(int)TextLabel.Harassment], 1e-5f);
    }

    [Fact]
    public async Task LongText_isScoredInWindows_andTheHighestCounts()
    {
        using var folder = OnnxFolder.WordPiece(tokenizer: ", max_tokens: 8");
        await using var model = await folder.LoadAsync();
        var padding = string.Join(' ', Enumerable.Repeat("nice day", 30));
        Assert.True((await ScoreAsync(model, $"{padding} you idiot")).Scores[(int)TextLabel.Harassment] > 0.5f);
        Assert.True((await ScoreAsync(model, padding)).Scores[(int)TextLabel.Harassment] < 0.01f);
    }

    [Fact]
    public async Task TextOfMoreWindowsThanAllowed_isUnavailable()
    {
        using var folder = OnnxFolder.WordPiece(tokenizer: ", max_tokens: 8", further: "limits: {max_windows: 2}");
        await using var model = await folder.LoadAsync();
        var text = string.Join(' ', Enumerable.Repeat("nice", 50));
        var outcome = await model.ScoreAsync(TextUnderReview.Prepare(text, "en") with { Language = new LanguageGuess("en", true) }, text, false, new TextFindings(), TestContext.Current.CancellationToken);
        Assert.Equal(ScoringOutcome.Unavailable, outcome);
    }

    [Fact]
    public async Task ManyTextsAtOnce_eachGetsItsOwnScore()
    {
        using var folder = OnnxFolder.WordPiece(further: "limits: {queue: 2000}");
        await using var model = await folder.LoadAsync();
        var texts = Enumerable.Range(0, 500).Select(i => string.Join(' ', Enumerable.Repeat("kill", i % 4).Append("you"))).ToArray();
        var all = await Task.WhenAll(texts.Select(t => ScoreAsync(model, t)));
        for (var i = 0; i < all.Length; i++) Assert.Equal(Sigmoid(-2 + 4 * (i % 4)), all[i].Scores[(int)TextLabel.Violence], 1e-5f);
    }

    [Fact]
    public async Task ModelOfOneRowARun_isRunRowByRow()
    {
        using var folder = OnnxFolder.WordPiece();
        await File.WriteAllBytesAsync(folder["model.onnx"], SumClassifier.Write(13, 2, new Dictionary<int, float[]> { [9] = [1, 4] }, rows: 1), TestContext.Current.CancellationToken);
        await using var model = await folder.LoadAsync();
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => ScoreAsync(model, i % 2 == 0 ? "kill" : "day")));
        for (var i = 0; i < all.Length; i++) Assert.Equal(Sigmoid(i % 2 == 0 ? 4 : 0), all[i].Scores[(int)TextLabel.Violence], 1e-5f);
    }

    [Fact]
    public async Task Explain_namesTheWord_inCodePointsOfTheSubmittedText()
    {
        using var folder = OnnxFolder.WordPiece();
        await using var model = await folder.LoadAsync();
        const string text = "😀 you idiot";
        var words = await model.ExplainAsync(TextUnderReview.Prepare(text, "en"), text, TextLabel.Harassment, TestContext.Current.CancellationToken);
        Assert.NotNull(words);
        var word = words.MaxBy(w => w.Contribution);
        Assert.Equal((6, 11), (word.Start, word.End));
        Assert.Equal(5, word.Contribution, 1e-4f);
    }

    [Fact]
    public async Task RetiredModel_saysSo()
    {
        using var folder = OnnxFolder.WordPiece();
        var model = await folder.LoadAsync();
        await model.DisposeAsync();
        var outcome = await model.ScoreAsync(TextUnderReview.Prepare("you", "en"), "you", false, new TextFindings(), TestContext.Current.CancellationToken);
        Assert.Equal(ScoringOutcome.Retired, outcome);
    }

    [Fact]
    public async Task AnyFileOfTheFolder_changesTheVersion()
    {
        using var folder = OnnxFolder.WordPiece();
        var first = (await OnnxModelFolder.ReadAsync(folder.FullName, TestContext.Current.CancellationToken)).Version;
        await File.AppendAllLinesAsync(folder["vocab.txt"], ["more"], TestContext.Current.CancellationToken);
        Assert.NotEqual(first, (await OnnxModelFolder.ReadAsync(folder.FullName, TestContext.Current.CancellationToken)).Version);
    }
}
