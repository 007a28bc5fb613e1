using Microsoft.Extensions.Logging.Abstractions;
using Moderation.TextClassify.Host.Models;
using Moderation.TextClassify.Host.Onnx;
using Xunit;

namespace Moderation.TextClassify.Tests.Onnx;

/// <summary>A folder with a small ONNX model: harassment is output 0, violence output 1. It is removed afterwards.</summary>
internal sealed class OnnxFolder : IDisposable
{
    /// <summary>The labels that most tests use: log-odds as they come.</summary>
    public const string Labels = """
        labels:
          - {output: 0, label: harassment, calibration: {slope: 1, intercept: 0}}
          - {output: 1, label: violence, calibration: {slope: 1, intercept: 0}}
        languages: {en: [harassment, violence], de: [harassment]}
        """;

    private readonly string _parent = Directory.CreateTempSubdirectory("moderation-onnx-").FullName;

    public OnnxFolder(string name = "tiny-onnx") => Directory.CreateDirectory(FullName = Path.Combine(_parent, name));

    public string FullName { get; }

    public string this[string file] => Path.Combine(FullName, file);

    /// <summary>WordPiece: "you idiot" is [CLS] you idi ##ot [SEP], and weighs 2 + 3 for harassment.</summary>
    public static OnnxFolder WordPiece(string further = "", string tokenizer = "", string labels = Labels, string name = "tiny-onnx", string activation = "sigmoid")
    {
        var folder = new OnnxFolder(name);
        File.WriteAllLines(folder["vocab.txt"], ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "you", "idi", "##ot", "nice", "day", "kill", "a", "dear", "[MASK]"]);
        File.WriteAllBytes(folder["model.onnx"], SumClassifier.Write(13, 2, new Dictionary<int, float[]>
        {
            [1] = [-0.5f, -0.5f],
            [2] = [-1, -2],
            [5] = [2, 0],
            [6] = [3, 0],
            [7] = [-3, -3],
            [9] = [1, 4],
        }));
        folder.WriteLabels($"tokenizer: {{kind: wordpiece{tokenizer}}}\nactivation: {activation}\n{further}\n{labels}");
        return folder;
    }

    /// <summary>Byte pairs: "you idiot" is &lt;s&gt; y o u Ġidiot &lt;/s&gt;.</summary>
    public static OnnxFolder BytePairs()
    {
        var folder = new OnnxFolder();
        string[] tokens = ["<s>", "<pad>", "</s>", "<unk>", .. "abcdefghijklmnopqrstuvwxyz".Select(c => c.ToString()), "Ġ", "id", "idi", "idio", "idiot", "Ġidiot"];
        File.WriteAllText(folder["vocab.json"], System.Text.Json.JsonSerializer.Serialize(tokens.Select((t, i) => (t, i)).ToDictionary(t => t.t, t => t.i)));
        File.WriteAllLines(folder["merges.txt"], ["#version: 0.2", "i d", "id i", "idi o", "idio t", "Ġ idiot"]);
        File.WriteAllBytes(folder["model.onnx"], SumClassifier.Write(tokens.Length, 2, new Dictionary<int, float[]>
        {
            [0] = [-1, -2],
            [Array.IndexOf(tokens, "Ġidiot")] = [5, 0],
            [Array.IndexOf(tokens, "y")] = [0.25f, 0],
        }));
        folder.WriteLabels($"tokenizer: {{kind: bpe}}\nactivation: sigmoid\n{Labels}");
        return folder;
    }

    /// <summary>SentencePiece with the ids of XLM-R: begin 0, pad 1, end 2, unknown 3, a piece's own id and one more.</summary>
    public static OnnxFolder SentencePiece(int kind)
    {
        var folder = new OnnxFolder();
        (string, float)[] pieces = kind == SentencePieceFile.Unigram
            ? [("▁you", -2), ("▁idi", -3), ("ot", -3), ("▁", -5), .. "abcdefghijklmnopqrstuvwxyz".Select(c => (c.ToString(), -10f))]
            : [("▁idi", -1), ("ot", -2), ("▁you", -3), ("▁i", -4), ("di", -5), ("▁y", -6), ("ou", -7), ("▁", -20), .. "abcdefghijklmnopqrstuvwxyz".Select(c => (c.ToString(), -30f))];
        int IdOf(string piece) => Array.FindIndex(pieces, p => p.Item1 == piece) + 3 + 1;
        File.WriteAllBytes(folder["sentencepiece.model"], SentencePieceFile.Write(kind, pieces));
        File.WriteAllBytes(folder["model.onnx"], SumClassifier.Write(pieces.Length + 4, 2, new Dictionary<int, float[]>
        {
            [0] = [-1, -2],
            [3] = [-0.5f, -0.5f],
            [IdOf("▁you")] = [0.25f, 0],
            [IdOf("▁idi")] = [2, 0],
            [IdOf("ot")] = [3, 0],
        }));
        folder.WriteLabels($"tokenizer: {{kind: sentencepiece, offset: 1, begin_id: 0, pad_id: 1, end_id: 2, unknown_id: 3}}\nactivation: sigmoid\n{Labels}");
        return folder;
    }

    public void WriteLabels(string yaml) => File.WriteAllText(this["labels.yaml"], "version: tiny\n" + yaml);

    /// <summary>Loads it.</summary>
    public Task<OnnxTextModel> LoadAsync(TimeProvider? time = null) =>
        OnnxTextModel.LoadAsync("tiny-onnx", FullName, time ?? TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);

    public void Dispose() => Directory.Delete(_parent, recursive: true);
}
