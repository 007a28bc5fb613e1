using CsCheck;
using Moderation.TextClassify.Onnx;
using Xunit;

namespace Moderation.TextClassify.Tests.Onnx;

/// <summary>A folder that can't be used says which file and which field.</summary>
public sealed class OnnxFolderErrorTests
{
    private static async Task<string> ErrorAsync(OnnxFolder folder)
    {
        using (folder) return (await Assert.ThrowsAsync<InvalidDataException>(() => folder.LoadAsync())).Message;
    }

    private static OnnxFolder With(string file, string content)
    {
        var folder = OnnxFolder.WordPiece();
        File.WriteAllText(folder[file], content);
        return folder;
    }

    private static OnnxFolder Without(string file)
    {
        var folder = OnnxFolder.WordPiece();
        File.Delete(folder[file]);
        return folder;
    }

    [Theory]
    [InlineData("labels.yaml")]
    [InlineData("model.onnx")]
    [InlineData("vocab.txt")]
    public async Task MissingFile_isNamed(string file) => Assert.Contains(file, await ErrorAsync(Without(file)), StringComparison.Ordinal);

    [Theory]
    [InlineData("model.onnx", "no model", "model.onnx can't be opened")]
    [InlineData("vocab.txt", "a\nb", "vocab.txt is no WordPiece vocabulary: it has no line [UNK]")]
    [InlineData("labels.yaml", "- a list", "labels.yaml: it must be one YAML document with a mapping at the top")]
    [InlineData("labels.yaml", "a: &x 1\nb: *x", "line 2: aliases are not supported")]
    public async Task WrongFile_isNamedWithWhatIsWrong(string file, string content, string expected) =>
        Assert.Contains(expected, await ErrorAsync(With(file, content)), StringComparison.Ordinal);

    [Fact]
    public async Task WrongFields_areAllNamedAtOnce_withTheirLines()
    {
        var error = await ErrorAsync(With("labels.yaml", """
            version: "no good"
            tokenizer: {kind: letters, vocabulary: ../../etc/passwd, offset: 1}
            activation: relu
            labels:
              - {output: -1, label: politics, calibration: {slope: -1}}
            languages: {English: [hate]}
            limits: {queue: 1}
            colour: red
            """));
        string[] expected =
        [
            "line 1: version must be of", "line 2: tokenizer.kind must be one of wordpiece, bpe, sentencepiece", "tokenizer.vocabulary must be the name of a file in the folder",
            "line 3: activation must be one of sigmoid, softmax, none", "line 5: labels[0].output must be a whole number", "labels[0].label must be one of violence,",
            "labels[0].calibration.slope must be above 0", "languages.English must be a BCP 47", "languages.English names hate, which labels does not have",
            "limits.queue must hold the windows of one text", "colour is not known",
        ];
        Assert.All(expected, e => Assert.Contains(e, error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task LabelBeyondTheOutputs_isNamed()
    {
        var folder = OnnxFolder.WordPiece(labels: "labels: [{output: 7, label: hate, calibration: {slope: 1}}]\nlanguages: {en: [hate]}");
        Assert.Contains("labels name the output 7; the model has 2", await ErrorAsync(folder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelOfOtherInputs_isNamed()
    {
        var folder = OnnxFolder.WordPiece();
        await File.WriteAllBytesAsync(folder["model.onnx"], SumClassifier.Write(13, 2, new Dictionary<int, float[]>(), inputName: "words"), TestContext.Current.CancellationToken);
        Assert.Contains("has no input input_ids; it has attention_mask, words", await ErrorAsync(folder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OutputOfAnotherName_isNamed() =>
        Assert.Contains("has no output scores; it has logits", await ErrorAsync(OnnxFolder.WordPiece(further: "output: scores")), StringComparison.Ordinal);

    [Fact]
    public void Calibration_ofKnots_isRead_andMustIncrease()
    {
        const string Rest = "version: a\ntokenizer: {kind: bpe}\nactivation: sigmoid\nlanguages: {}\nlabels:\n  - {output: 0, label: hate, calibration: ";
        var read = OnnxManifestReader.Read(Rest + "{scores: [-2, 0, 3], log_odds: [-4, -1, 2]}}");
        Assert.Equal(1 / (1 + MathF.Exp(1)), read.Labels[0].Calibration!.Probability(0), 1e-5f); // it was just given
        Assert.Contains("labels[0].calibration.scores", Assert.Throws<InvalidDataException>(() => OnnxManifestReader.Read(Rest + "{scores: [1, 0], log_odds: [0, 1]}}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyText_isReadOrRefused_withoutAnotherException() =>
        Gen.Select(Gen.Int[0, 400], Gen.Int[0, 400], Gen.String).Sample((from, length, put) =>
        {
            var yaml = "version: a\ntokenizer: {kind: bpe, max_tokens: 64}\nactivation: sigmoid\n" + OnnxFolder.Labels + "\nlimits: {queue: 300, threads: 2}\n";
            var start = Math.Min(from, yaml.Length);
            yaml = yaml[..start] + put + yaml[Math.Min(yaml.Length, start + length)..];
            try
            {
                Assert.NotNull(OnnxManifestReader.Read(yaml));
            }
            catch (InvalidDataException refused)
            {
                Assert.StartsWith("labels.yaml: ", refused.Message, StringComparison.Ordinal);
            }
        }, iter: 3000);
}
